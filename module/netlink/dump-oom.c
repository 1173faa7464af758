// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/user_namespace.h>
#include <net/netlink.h>

#include "census/oom.h"
#include "netlink/dump.h"

/**
 * struct oom_dump - one OOM dump
 * @dump: of all commands; its census is the one before @chosen
 * @ooms: the events, copied in the first call
 * @chosen: the one that is sent with all that is known; NULL: none is kept
 */
struct oom_dump {
	struct census_dump dump;
	struct census_ooms *ooms;
	const struct census_oom *chosen;
};

static struct oom_dump *oom_dump(struct census_dump *d)
{
	return container_of(d, struct oom_dump, dump);
}

/* Of a process that the reader may not learn of, nothing is sent. */
static int put_caller(struct sk_buff *skb, const struct census_dump *d,
		      const struct census_oom_task *caller)
{
	pid_t pid = census_oom_pid(caller, d->pid_ns);

	return pid && (nla_put_u32(skb, MEMCENSUS_OOM_CALLER_PID, pid) ||
		       nla_put_string(skb, MEMCENSUS_OOM_CALLER_COMM, caller->comm));
}

static int put_bytes(struct sk_buff *skb, int attr, const struct census_system *s)
{
	return census_put_known(skb, attr, s->bytes_known, s->bytes, MEMCENSUS_S_MAX);
}

/* A cgroup is told to those who may learn of its victim. */
static int put_cgroup(struct sk_buff *skb, const struct census_dump *d,
		      const struct census_oom *oom)
{
	const struct census_oom_cgroup *c = &oom->cgroup;

	if (!c->id || !census_oom_pid(&oom->victims[0].task, d->pid_ns))
		return 0;
	return census_put_u64(skb, MEMCENSUS_OOM_CGROUP, c->id) ||
	       census_put_pages(skb, MEMCENSUS_OOM_LIMIT, c->limit) ||
	       census_put_pages(skb, MEMCENSUS_OOM_CHARGED, c->charged) ||
	       (c->listed && (census_put_pages(skb, MEMCENSUS_OOM_CHARGED_ANON, c->anon) ||
			      census_put_pages(skb, MEMCENSUS_OOM_CHARGED_FILE, c->file) ||
			      census_put_pages(skb, MEMCENSUS_OOM_CHARGED_UNEVICTABLE,
					       c->unevictable)));
}

static int fill_oom(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_oom *oom = record;
	const struct census_snapshot *before = oom->before;

	return census_put_u64(skb, MEMCENSUS_OOM_NUMBER, oom->number) ||
	       census_put_u64(skb, MEMCENSUS_OOM_REALTIME_NS, oom->realtime) ||
	       census_put_u64(skb, MEMCENSUS_OOM_BOOTTIME_NS, oom->boottime) ||
	       nla_put_u32(skb, MEMCENSUS_OOM_SCOPE, oom->scope) ||
	       (oom->nr_victims && nla_put_u32(skb, MEMCENSUS_OOM_VICTIMS, oom->nr_victims)) ||
	       put_caller(skb, d, &oom->caller) || put_cgroup(skb, d, oom) ||
	       (before && (census_put_u64(skb, MEMCENSUS_OOM_CENSUS, before->seq) ||
			   census_put_u64(skb, MEMCENSUS_OOM_CENSUS_REALTIME_NS,
					  before->cost.realtime))) ||
	       put_bytes(skb, MEMCENSUS_OOM_BYTES, &oom->system) ||
	       (oom->delay && (census_put_u64(skb, MEMCENSUS_OOM_DELAY_NS, oom->delay) ||
			       put_bytes(skb, MEMCENSUS_OOM_AFTER, &oom->after)));
}

static const struct census_record_row victim_rows[] = { CENSUS_OOM_VICTIM_ROWS(CENSUS_ROW) {} };

static int fill_victim(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_oom_victim *v = record;
	pid_t pid = census_oom_pid(&v->task, d->pid_ns);

	if (!pid)
		return CENSUS_HIDDEN;
	return nla_put_u32(skb, MEMCENSUS_OOM_VICTIM_PID, pid) ||
	       nla_put_string(skb, MEMCENSUS_OOM_VICTIM_COMM, v->task.comm) ||
	       nla_put_u32(skb, MEMCENSUS_OOM_VICTIM_UID, from_kuid_munged(d->user_ns, v->uid)) ||
	       (IS_ENABLED(CONFIG_CGROUPS) &&
		census_put_u64(skb, MEMCENSUS_OOM_VICTIM_CGROUP, v->cgroup)) ||
	       census_put_u64(skb, MEMCENSUS_OOM_VICTIM_START_NS, v->task.start) ||
	       census_put_rows(skb, victim_rows, v);
}

static const struct census_stage stages[] = {
	{ MEMCENSUS_A_OOM, fill_oom },
	{ MEMCENSUS_A_OOM_VICTIM, fill_victim },
	{ MEMCENSUS_A_OOM_ZONE, census_fill_zone },
	{ MEMCENSUS_A_OOM_NODE, census_fill_node },
	{ MEMCENSUS_A_SCAN, census_fill_scan },
	{ MEMCENSUS_A_TASK, census_fill_task },
	{ MEMCENSUS_A_ZONE, census_fill_zone },
	{ MEMCENSUS_A_NODE, census_fill_node },
	{ MEMCENSUS_A_SYSTEM, census_fill_system },
};

static const struct census_oom_victim *find_victim(const struct census_ooms *ooms, unsigned int i)
{
	const struct census_oom *oom;

	for (oom = ooms->event; oom < ooms->event + ooms->nr; oom++) {
		if (i < census_oom_nr_victims(oom))
			return &oom->victims[i];
		i -= census_oom_nr_victims(oom);
	}
	return NULL;
}

static const void *next_oom_record(struct census_dump *dump, const void *before)
{
	struct oom_dump *d = oom_dump(dump);
	const struct census_oom *oom = d->chosen;
	unsigned int i = dump->index;

	switch (census_dump_stage(dump)) {
	case MEMCENSUS_A_OOM:
		return i < d->ooms->nr ? &d->ooms->event[i] : NULL;
	case MEMCENSUS_A_OOM_VICTIM:
		return find_victim(d->ooms, i);
	case MEMCENSUS_A_OOM_ZONE:
		return oom && i < oom->nr_zones ? &oom->zones[i] : NULL;
	case MEMCENSUS_A_OOM_NODE:
		return oom && i < oom->nr_nodes ? &oom->nodes[i] : NULL;
	default:
		/* Only these messages have the number of a census. */
		dump->seq = dump->snap ? dump->snap->seq : 0;
		return census_next_record(dump, before);
	}
}

/* Finds the event of the request.  Return: 0, or -EINVAL. */
static int choose_event(struct oom_dump *d, const struct nlattr *event,
			struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = 0; i < d->ooms->nr && !d->chosen; i++)
		if (!event || nla_get_u64(event) == d->ooms->event[i].number)
			d->chosen = &d->ooms->event[i];
	if (event && !d->chosen) {
		NL_SET_ERR_MSG_ATTR(extack, event,
				    "EVENT: no OOM event of this number is kept: leave EVENT out to get all that are");
		return -EINVAL;
	}
	if (d->chosen && d->chosen->before) {
		d->dump.snap = d->chosen->before;
		d->dump.parts = d->dump.snap->parts & ~MEMCENSUS_PART_TYPES;
	}
	return 0;
}

/* Copies the events too: what a reader asks for is what is kept when it asks. */
static int parse_oom(struct census_dump *dump, struct nlattr **tb, struct netlink_ext_ack *extack)
{
	struct oom_dump *d = oom_dump(dump);
	struct census_ooms *ooms;
	int err;

	census_dump_stages(dump, stages, ARRAY_SIZE(stages));
	err = census_request_refuse(tb, ~CENSUS_REQ(EVENT), "OOM takes EVENT only", extack);
	if (err)
		return err;
	ooms = census_ooms_get();
	if (IS_ERR(ooms)) {
		NL_SET_ERR_MSG(extack,
			       "not enough memory for a copy of the events: close sockets and files that hold a census, then try again");
		return PTR_ERR(ooms);
	}
	d->ooms = ooms;
	return choose_event(d, tb[MEMCENSUS_REQ_EVENT], extack);
}

static void release_oom(struct census_dump *dump)
{
	census_ooms_put(oom_dump(dump)->ooms);
}

const struct census_dump_ops census_dump_oom = {
	.size = sizeof(struct oom_dump),
	.parse = parse_oom,
	.next = next_oom_record,
	.release = release_oom,
};
