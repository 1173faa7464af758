// SPDX-License-Identifier: GPL-2.0
/*
 * The first call of a dump runs in the caller's sendmsg(), unless the receive buffer is full,
 * with the family list of generic netlink locked for reading.  A scan there would block every
 * registration of a family, and every request after that.  So the first call only checks the
 * request and sends INFO.  The second call takes the census in the caller's recvmsg(), with only
 * the caller's socket locked.  It uses the caller's CPU time, and a fatal signal ends it.  Another
 * thread that requests a dump on that socket then waits with the family list locked: a reader
 * must not.
 *
 * The dump holds its snapshot until the core calls done(): at its end, also if the first
 * call failed, or when the socket is closed.  Until then the core holds a reference on the
 * module, so rmmod is refused and cannot race with a dump.
 */
#include <linux/build_bug.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/result-memory.h"
#include "netlink/dump.h"

/**
 * census_request_refuse() - refuse attributes that a command does not take
 * @tb: the attributes of a request by number
 * @refused: mask of CENSUS_REQ()
 * @why: what is said about the first one; static
 * @extack: to be filled on failure
 *
 * Return: 0, or -EINVAL.
 */
int census_request_refuse(struct nlattr **tb, u64 refused, const char *why,
			  struct netlink_ext_ack *extack)
{
	unsigned int i;

	BUILD_BUG_ON(MEMCENSUS_REQ_MAX >= 64);
	for (i = 0; i <= MEMCENSUS_REQ_MAX; i++) {
		if (!tb[i] || !(refused & BIT_ULL(i)))
			continue;
		if (extack) {
			extack->_msg = why;
			extack->bad_attr = tb[i];
		}
		return -EINVAL;
	}
	return 0;
}

/**
 * census_put_known() - add a nest of u64
 * @skb: the buffer
 * @nest: attribute
 * @known: a bit for each of @values
 * @values: by attribute number
 * @max: the last number
 *
 * Return: 0, or -EMSGSIZE.
 */
int census_put_known(struct sk_buff *skb, int nest, u64 known, const u64 *values,
		     unsigned int max)
{
	struct nlattr *start = nla_nest_start(skb, nest);
	unsigned int i;

	if (!start)
		return -EMSGSIZE;
	for (i = 0; i <= max; i++)
		if (known >> i & 1 && census_put_u64(skb, i, values[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, start);
	return 0;
}

static int put_row(struct sk_buff *skb, const struct census_record_row *row, const void *record)
{
	const void *at = record + row->offset;

	switch (row->type) {
	case CENSUS_ROW_u32:
		return nla_put_u32(skb, row->attr, *(const u32 *)at);
	case CENSUS_ROW_s32:
		return nla_put_s32(skb, row->attr, *(const s32 *)at);
	case CENSUS_ROW_string:
		return *(const char *)at ? nla_put_string(skb, row->attr, at) : 0;
	default:
		return *(const u64 *)at == CENSUS_UNKNOWN ? 0 :
			census_put_u64(skb, row->attr, *(const u64 *)at);
	}
}

/* Adds the rows of @record that are known and below @end.  Return: 0, or -EMSGSIZE. */
int census_put_rows_below(struct sk_buff *skb, const struct census_record_row *row,
			  const void *record, u8 end)
{
	for (; row->name; row++)
		if (row->attr < end && put_row(skb, row, record))
			return -EMSGSIZE;
	return 0;
}

/*
 * Adds one message with a nest to a buffer.  Return: 0, also if the reader may not see the record;
 * or -EMSGSIZE with the buffer unchanged.
 */
int census_dump_add(struct sk_buff *skb, const struct census_dump *d, u8 nest,
		    census_fill_fn *fill, const void *record)
{
	void *header = genlmsg_put(skb, d->portid, d->nlseq, d->family, d->flags, d->cmd);
	struct nlattr *attr;
	int err = -EMSGSIZE;

	if (!header)
		return err;
	if (d->seq && census_put_u64(skb, MEMCENSUS_A_SEQ, d->seq))
		goto cancel;
	attr = nla_nest_start(skb, nest);
	if (attr)
		err = fill(skb, d, record);
	if (err)
		goto cancel;
	nla_nest_end(skb, attr);
	genlmsg_end(skb, header);
	return 0;
cancel:
	genlmsg_cancel(skb, header);
	return err == CENSUS_HIDDEN ? 0 : -EMSGSIZE;
}

/* The most that a record needs that does not fit in a page of 4 KiB: it has a path. */
#define LARGE (PATH_MAX + 2048)

/* Checks whether a record of kind @nest may be larger than a page of 4 KiB with its headers. */
static bool is_large(const struct census_dump *d, u8 nest)
{
	BUILD_BUG_ON(MEMCENSUS_BLOCK_RECORDS_MAX * sizeof(u64) + 512 > 3072);
	switch (nest) {
	case MEMCENSUS_A_VMA:
		return d->parts & CENSUS_PARTS_OF_VMAS;
	case MEMCENSUS_A_FRAME_FILE:
		return d->frames.files;
	default:
		return false;
	}
}

static struct census_dump *dump_of(const struct netlink_callback *cb)
{
	return (struct census_dump *)cb->args[0];
}

/* Sets @tb, of MEMCENSUS_REQ_MAX + 1, to the attributes of a request.  Return: 0 or -EINVAL. */
static int parse_request(struct nlattr **attrs, struct nlattr **tb, struct netlink_ext_ack *extack)
{
	memset(tb, 0, (MEMCENSUS_REQ_MAX + 1) * sizeof(*tb));
	if (!attrs || !attrs[MEMCENSUS_A_REQUEST])
		return 0;
	return nla_parse_nested(tb, MEMCENSUS_REQ_MAX, attrs[MEMCENSUS_A_REQUEST],
				census_request_policy, extack);
}

/**
 * census_dump_begin() - the first call of a dump: check the request and send INFO
 * @skb: of the reply
 * @cb: of the dump; the caller may use it
 * @family: of the census
 * @ops: of the command
 * @frame_numbers: the caller may see frame numbers
 *
 * States the most that a record of the dump needs.  Without it the kernel allocates a page if it
 * has no more at once or the reader offers a small buffer, and a record that does not fit ends the
 * dump.
 *
 * Return: length of @skb, or an error.
 */
int census_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct genl_family *family, const struct census_dump_ops *ops,
		      bool frame_numbers)
{
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);
	struct census_dump *d = kzalloc(sizeof(*d), CENSUS_GFP | __GFP_ACCOUNT);
	struct nlattr *tb[MEMCENSUS_REQ_MAX + 1];
	const u8 *stage;
	int err;

	if (!d) {
		NL_SET_ERR_MSG(cb->extack, "not enough memory for the request: try again");
		return -ENOMEM;
	}
	d->ops = ops;
	d->family = family;
	d->portid = NETLINK_CB(cb->skb).portid;
	d->nlseq = cb->nlh->nlmsg_seq;
	d->flags = NLM_F_MULTI;
	d->cmd = request->cmd;
	d->frame_numbers = frame_numbers;
	d->pid_ns = get_pid_ns(task_active_pid_ns(current));
	d->user_ns = get_user_ns(current_user_ns());
	d->reader = CENSUS_NO_READER;
	cb->args[0] = (long)d;
	err = parse_request(census_dump_attrs(cb), tb, cb->extack) ?:
	      ops->parse(d, tb, cb->extack);
	for (stage = d->stage; !err && *stage; stage++)
		if (is_large(d, *stage))
			cb->min_dump_alloc = LARGE;
	return err ?: census_dump_add(skb, d, MEMCENSUS_A_INFO, census_fill_info, NULL) ?: skb->len;
}

/* Calls after the first: take what is sent, and send it. */
int census_dump_continue(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct census_dump *d = dump_of(cb);
	int err;

	if (!d->taken) {
		err = d->ops->take ? d->ops->take(d, cb->extack) : 0;
		if (err)
			return err;
		d->taken = true;
	}
	for (; *d->stage; d->stage++, d->index = 0) {
		if (!d->index)
			d->record = d->ops->next(d, NULL);
		while (d->record) {
			/* Buffer full: continue in the next call; an error if it is empty. */
			if (census_dump_add(skb, d, *d->stage, d->ops->fill[*d->stage], d->record))
				return skb->len ?: -EMSGSIZE;
			d->index++;
			d->record = d->ops->next(d, d->record);
			/* One call may skip all records of a large census, as not visible. */
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
		}
	}
	return skb->len;
}

int census_dump_done(struct netlink_callback *cb)
{
	struct census_dump *d = dump_of(cb);

	if (!d)
		return 0;
	d->ops->release(d);
	census_results_leave(d->held);
	put_pid_ns(d->pid_ns);
	put_user_ns(d->user_ns);
	kfree(d);
	return 0;
}
