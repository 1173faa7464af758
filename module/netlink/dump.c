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
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "base/compat.h"
#include "base/memory.h"
#include "netlink/dump.h"
#include "netlink/request.h"

static struct census_dump *dump_of(const struct netlink_callback *cb)
{
	return (struct census_dump *)cb->args[0];
}

/**
 * census_dump_begin() - the first call of a dump: check the request and send INFO
 * @skb: of the reply
 * @cb: of the dump; the caller may use it
 * @family: of the census
 * @ops: of the command
 *
 * Return: length of @skb, or an error.
 */
int census_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct genl_family *family, const struct census_dump_ops *ops)
{
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);
	struct census_dump *d = kzalloc(ops->size, CENSUS_GFP | __GFP_ACCOUNT);
	struct nlattr *tb[MEMCENSUS_REQ_MAX + 1];
	int err;

	if (!d) {
		NL_SET_ERR_MSG(cb->extack, "not enough memory for the request: try again");
		return -ENOMEM;
	}
	d->ops = ops;
	d->envelope = (struct census_envelope) {
		.family = family,
		.portid = NETLINK_CB(cb->skb).portid,
		.nlseq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = request->cmd,
		.pid_ns = get_pid_ns(task_active_pid_ns(current)),
		.user_ns = get_user_ns(current_user_ns()),
	};
	cb->args[0] = (long)d;
	err = census_request_parse(census_dump_attrs(cb), tb, cb->extack) ?:
	      ops->parse(d, tb, cb->extack);
	return err ?: census_message_begin(skb, cb, &d->envelope, d->stages, d->nr_stages);
}

/*
 * After each record, sent or not: one call may skip all records of a large census that the reader
 * may not see.  Return: 0, or -EINTR if the reader was killed.
 */
static int pause_dump(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* Calls after the first: take what is sent, and send it. */
int census_dump_continue(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct census_dump *d = dump_of(cb);
	const void *record;
	int err;

	if (!d->taken) {
		err = d->ops->take ? d->ops->take(d, cb->extack) : 0;
		if (err)
			return err;
		d->taken = true;
	}
	for (; d->stage < d->nr_stages; d->stage++, d->index = 0) {
		for (; (record = d->ops->next(d)); d->index++) {
			/* Buffer full: continue in the next call; an error if it is empty. */
			if (d->ops->add(skb, d, record))
				return skb->len ?: -EMSGSIZE;
			err = pause_dump();
			if (err)
				return err;
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
	put_pid_ns(d->envelope.pid_ns);
	put_user_ns(d->envelope.user_ns);
	kfree(d);
	return 0;
}
