// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/netlink.h>

#include "base/compat.h"
#include "base/memory.h"
#include "census/oom.h"
#include "netlink/genl-oom.h"
#include "netlink/genl-request.h"
#include "netlink/message.h"

#define PAD MEMCENSUS_A_PAD

/* The records of the dump, in order, by the nests that contain them. */
static const u8 stages[] = {
	MEMCENSUS_A_OOM,
	MEMCENSUS_A_OOM_VICTIM,
	MEMCENSUS_A_OOM_ZONE,
	MEMCENSUS_A_OOM_NODE,
	MEMCENSUS_A_SCAN,
	MEMCENSUS_A_TASK,
	MEMCENSUS_A_ZONE,
	MEMCENSUS_A_NODE,
	MEMCENSUS_A_SYSTEM,
};

/**
 * struct oom_dump - one OOM dump
 * @envelope: holds references on both namespaces
 * @ooms: the events, copied in the first call
 * @chosen: the one that is sent with all that is known; NULL: none is kept
 * @stage: index of the next of @stages
 * @index: of the next record in @stage
 */
struct oom_dump {
	struct census_envelope envelope;
	struct census_ooms *ooms;
	const struct census_oom *chosen;
	unsigned int stage;
	unsigned int index;
};

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, PAD);
}

/* Of a process that the reader may not learn of, nothing is sent. */
static int put_caller(struct sk_buff *skb, const struct census_envelope *e,
		      const struct census_oom_task *caller)
{
	pid_t pid = census_oom_pid(caller, e->pid_ns);

	return pid && (nla_put_u32(skb, MEMCENSUS_OOM_CALLER_PID, pid) ||
		       nla_put_string(skb, MEMCENSUS_OOM_CALLER_COMM, caller->comm));
}

static int put_bytes(struct sk_buff *skb, int attr, const struct census_system *s)
{
	return census_message_known(skb, attr, s->bytes_known, s->bytes, MEMCENSUS_S_MAX);
}

static int fill_oom(struct sk_buff *skb, const struct census_envelope *e,
		    const struct census_snapshot *snap, const void *record)
{
	const struct census_oom *oom = record;
	const struct census_snapshot *before = oom->before;

	return put_u64(skb, MEMCENSUS_OOM_NUMBER, oom->number) ||
	       put_u64(skb, MEMCENSUS_OOM_REALTIME_NS, oom->realtime) ||
	       put_u64(skb, MEMCENSUS_OOM_BOOTTIME_NS, oom->boottime) ||
	       nla_put_u32(skb, MEMCENSUS_OOM_SCOPE, oom->scope) ||
	       (oom->nr_victims && nla_put_u32(skb, MEMCENSUS_OOM_VICTIMS, oom->nr_victims)) ||
	       put_caller(skb, e, &oom->caller) ||
	       (before && (put_u64(skb, MEMCENSUS_OOM_CENSUS, before->seq) ||
			   put_u64(skb, MEMCENSUS_OOM_CENSUS_REALTIME_NS,
				   before->cost.realtime))) ||
	       put_bytes(skb, MEMCENSUS_OOM_BYTES, &oom->system) ||
	       (oom->delay && (put_u64(skb, MEMCENSUS_OOM_DELAY_NS, oom->delay) ||
			       put_bytes(skb, MEMCENSUS_OOM_AFTER, &oom->after)));
}

/* What fill_victim() gets as its record. */
struct victim_of {
	const struct census_oom *oom;
	const struct census_oom_victim *victim;
};

static int fill_victim(struct sk_buff *skb, const struct census_envelope *e,
		       const struct census_snapshot *snap, const void *record)
{
	const struct victim_of *of = record;
	const struct census_oom_victim *v = of->victim;

	return put_u64(skb, MEMCENSUS_OOM_VICTIM_OOM, of->oom->number) ||
	       nla_put_u32(skb, MEMCENSUS_OOM_VICTIM_PID, census_oom_pid(&v->task, e->pid_ns)) ||
	       nla_put_string(skb, MEMCENSUS_OOM_VICTIM_COMM, v->task.comm) ||
	       nla_put_u32(skb, MEMCENSUS_OOM_VICTIM_UID,
			   from_kuid_munged(e->user_ns, v->uid)) ||
	       (IS_ENABLED(CONFIG_CGROUPS) &&
		put_u64(skb, MEMCENSUS_OOM_VICTIM_CGROUP, v->cgroup)) ||
	       put_u64(skb, MEMCENSUS_OOM_VICTIM_START_NS, v->task.start) ||
	       nla_put_s32(skb, MEMCENSUS_OOM_VICTIM_OOM_SCORE_ADJ, v->oom_score_adj) ||
	       put_u64(skb, MEMCENSUS_OOM_VICTIM_VSS, v->vss) ||
	       put_u64(skb, MEMCENSUS_OOM_VICTIM_ANON, v->anon) ||
	       put_u64(skb, MEMCENSUS_OOM_VICTIM_FILE, v->file) ||
	       put_u64(skb, MEMCENSUS_OOM_VICTIM_SHMEM, v->shmem) ||
	       put_u64(skb, MEMCENSUS_OOM_VICTIM_SWAP, v->swap) ||
	       put_u64(skb, MEMCENSUS_OOM_VICTIM_PAGETABLES, v->pagetables) ||
	       nla_put_u32(skb, MEMCENSUS_OOM_VICTIM_DYING, v->dying);
}

/* The records of the stage; @of: for those that are no struct. */
static const void *next_record(const struct oom_dump *d, struct victim_of *of)
{
	const struct census_oom *oom = d->chosen;
	const struct census_snapshot *before = oom ? oom->before : NULL;
	unsigned int i = d->index, n;

	switch (stages[d->stage]) {
	case MEMCENSUS_A_OOM:
		return i < d->ooms->nr ? &d->ooms->event[i] : NULL;
	case MEMCENSUS_A_OOM_VICTIM:
		for (n = 0; n < d->ooms->nr; n++) {
			of->oom = &d->ooms->event[n];
			if (i < census_oom_nr_victims(of->oom)) {
				of->victim = &of->oom->victims[i];
				return of;
			}
			i -= census_oom_nr_victims(of->oom);
		}
		return NULL;
	case MEMCENSUS_A_OOM_ZONE:
		return oom && i < oom->nr_zones ? &oom->zones[i] : NULL;
	case MEMCENSUS_A_OOM_NODE:
		return oom && i < oom->nr_nodes ? &oom->nodes[i] : NULL;
	case MEMCENSUS_A_TASK:
		return before && i < before->nr_tasks ? before->tasks[i] : NULL;
	case MEMCENSUS_A_ZONE:
		return before && i < before->nr_zones ? &before->zones[i] : NULL;
	case MEMCENSUS_A_NODE:
		return before && i < before->nr_nodes ? &before->nodes[i] : NULL;
	case MEMCENSUS_A_SYSTEM:
		return before && before->parts & MEMCENSUS_PART_SYSTEM && !i ? before : NULL;
	default:
		return i ? NULL : before;
	}
}

/* Return: 0, or -EMSGSIZE with the buffer unchanged. */
static int add_record(struct sk_buff *skb, const struct oom_dump *d, const void *record)
{
	const struct census_envelope *e = &d->envelope;
	const struct victim_of *of = record;

	switch (stages[d->stage]) {
	case MEMCENSUS_A_OOM:
		return census_message_put(skb, e, 0, MEMCENSUS_A_OOM, fill_oom, NULL, record);
	case MEMCENSUS_A_OOM_VICTIM:
		if (!census_oom_pid(&of->victim->task, e->pid_ns))
			return 0;
		return census_message_put(skb, e, 0, MEMCENSUS_A_OOM_VICTIM, fill_victim, NULL,
					  record);
	case MEMCENSUS_A_OOM_ZONE:
	case MEMCENSUS_A_OOM_NODE:
		return census_message_add(skb, e, NULL, stages[d->stage], record);
	case MEMCENSUS_A_TASK:
		if (!census_task_pid(record, e->pid_ns))
			return 0;
		fallthrough;
	default:
		return census_message_add(skb, e, d->chosen->before, stages[d->stage], record);
	}
}

/* Finds the event of the request.  Return: 0, or -EINVAL. */
static int choose(struct oom_dump *d, struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[MEMCENSUS_REQ_MAX + 1], *event;
	unsigned int i;
	int err;

	err = census_request_parse(attrs, tb, extack) ?:
	      census_request_refuse(tb, ~CENSUS_REQ(EVENT), "OOM takes EVENT only", extack);
	if (err)
		return err;
	event = tb[MEMCENSUS_REQ_EVENT];
	for (i = 0; i < d->ooms->nr && !d->chosen; i++)
		if (!event || nla_get_u64(event) == d->ooms->event[i].number)
			d->chosen = &d->ooms->event[i];
	if (event && !d->chosen) {
		NL_SET_ERR_MSG_ATTR(extack, event,
				    "EVENT: no OOM event of this number is kept: leave EVENT out to get all that are");
		return -EINVAL;
	}
	return 0;
}

/**
 * census_oom_start() - check the request, copy the events and send INFO
 * @skb: of the reply
 * @cb: of the dump; the caller may use it
 * @family: of the census
 *
 * Return: length of @skb, or an error.
 */
int census_oom_start(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct genl_family *family)
{
	struct oom_dump *d = kzalloc(sizeof(*d), CENSUS_GFP | __GFP_ACCOUNT);
	struct census_ooms *ooms;
	int err;

	if (!d) {
		NL_SET_ERR_MSG(cb->extack, "not enough memory for the request: try again");
		return -ENOMEM;
	}
	ooms = census_ooms_get();
	if (IS_ERR(ooms)) {
		kfree(d);
		NL_SET_ERR_MSG(cb->extack,
			       "not enough memory for a copy of the events: close sockets and files that hold a census, then try again");
		return PTR_ERR(ooms);
	}
	d->ooms = ooms;
	d->envelope = (struct census_envelope) {
		.family = family,
		.portid = NETLINK_CB(cb->skb).portid,
		.nlseq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = MEMCENSUS_CMD_OOM,
		.pid_ns = get_pid_ns(task_active_pid_ns(current)),
		.user_ns = get_user_ns(current_user_ns()),
	};
	cb->args[0] = (long)d;
	err = choose(d, census_dump_attrs(cb), cb->extack);
	return err ?: census_message_begin(skb, cb, &d->envelope, stages, ARRAY_SIZE(stages));
}

/* Calls after the first: send the records. */
int census_oom_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct oom_dump *d = (struct oom_dump *)cb->args[0];
	struct victim_of of;
	const void *record;
	int err;

	for (; d->stage < ARRAY_SIZE(stages); d->stage++, d->index = 0) {
		for (; (record = next_record(d, &of)); d->index++) {
			if (add_record(skb, d, record))
				return skb->len ?: -EMSGSIZE;
			err = census_message_pause();
			if (err)
				return err;
		}
	}
	return skb->len;
}

int census_oom_done(struct netlink_callback *cb)
{
	struct oom_dump *d = (struct oom_dump *)cb->args[0];

	if (!d)
		return 0;
	census_ooms_put(d->ooms);
	put_pid_ns(d->envelope.pid_ns);
	put_user_ns(d->envelope.user_ns);
	kfree(d);
	return 0;
}
