// SPDX-License-Identifier: GPL-2.0
/*
 * The first call of a dump runs in the caller's sendmsg(), with the family list of
 * generic netlink locked for reading.  A scan there would block every registration of a
 * family, and every request after that.  So the first call only checks the request and
 * sends INFO.  The second call takes the census in the caller's recvmsg(), with only the
 * caller's socket locked.  It uses the caller's CPU time, and a fatal signal ends it.
 *
 * The dump holds its snapshot until the core calls done(): at its end, or when the socket
 * is closed.  Until then the core holds a reference on the module, so rmmod is refused
 * and cannot race with a dump.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/results.h"
#include "census/cache.h"
#include "census/collect.h"
#include "count/pages.h"
#include "netlink/genl-oom.h"
#include "netlink/genl-physical.h"
#include "netlink/genl-policy.h"
#include "netlink/genl-request.h"
#include "netlink/genl.h"
#include "netlink/message.h"

static struct genl_family census_family;

#define DEFAULT_PARTS (MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | \
		       MEMCENSUS_PART_NODES | MEMCENSUS_PART_SYSTEM)

/* The records of a SNAPSHOT dump, in order, by the nests that contain them. */
static const u8 snapshot_stages[] = {
	MEMCENSUS_A_SCAN,
	MEMCENSUS_A_TASK,
	MEMCENSUS_A_TASK_NODE,
	MEMCENSUS_A_GROUP,
	MEMCENSUS_A_VMA,
	MEMCENSUS_A_ZONE,
	MEMCENSUS_A_NODE,
	MEMCENSUS_A_SYSTEM,
};

/* The records of a PAGES dump, in order. */
static const u8 pages_stages[] = {
	MEMCENSUS_A_SCAN,
	MEMCENSUS_A_TASK,
	MEMCENSUS_A_VMA,
	MEMCENSUS_A_PAGES,
};

/* The records of a SHARE dump, in order. */
static const u8 share_stages[] = {
	MEMCENSUS_A_SCAN,
	MEMCENSUS_A_TASK,
	MEMCENSUS_A_GROUP,
	MEMCENSUS_A_OWNERS,
	MEMCENSUS_A_PAIR,
	MEMCENSUS_A_PAYER,
};

/**
 * struct dump - one SNAPSHOT, PAGES or SHARE dump
 * @req: the request
 * @pids_bytes: of @req.pids, taken from the budget of results
 * @snap: a reference, after the census was taken
 * @envelope: holds references on both namespaces
 * @stages: the kinds of records, in order
 * @nr_stages: length of @stages
 * @stage: index of the next of @stages
 * @index: of the next record in @stage
 * @vma: next VMA
 * @node: next node of a process
 * @pair: next pair
 * @part: next part of the bitmaps
 * @error: text of an extended ack that contains a number
 */
struct dump {
	struct census_request req;
	size_t pids_bytes;
	const struct census_snapshot *snap;
	struct census_envelope envelope;
	const u8 *stages;
	unsigned int nr_stages;
	unsigned int stage;
	unsigned int index;
	const struct census_vma *vma;
	const struct census_task_node *node;
	const struct census_pair *pair;
	struct census_pages_part part;
	char error[80];
};

static int refuse_unprivileged(struct sk_buff *skb,
			       struct netlink_ext_ack *extack)
{
	if (netlink_capable(skb, CAP_SYS_PTRACE))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "the census needs CAP_SYS_PTRACE in the initial user namespace");
	return -EPERM;
}

static int refuse_pid(struct dump *d, const struct nlattr *attr, u32 nr,
		      const char *why, struct netlink_ext_ack *extack)
{
	snprintf(d->error, sizeof(d->error), "PIDS: %u: %s", nr, why);
	if (extack) {
		extack->_msg = d->error;
		extack->bad_attr = attr;
	}
	return -EINVAL;
}

static int parse_pids(struct dump *d, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	unsigned int nr = nla_len(attr) / sizeof(u32), i;
	const u32 *pids = nla_data(attr);

	if (!nr || nla_len(attr) % sizeof(u32)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "PIDS: not a whole number of u32, or none");
		return -EINVAL;
	}
	/* Kept until the census, which a caller may never ask for. */
	if (!census_results_take(nr * sizeof(*d->req.pids))) {
		NL_SET_ERR_MSG(extack, CENSUS_RESULTS_FULL);
		return -EDQUOT;
	}
	d->pids_bytes = nr * sizeof(*d->req.pids);
	d->req.pids = census_kvcalloc(nr, sizeof(*d->req.pids));
	if (!d->req.pids) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "PIDS: not enough memory: name fewer processes");
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++) {
		struct census_name *name = &d->req.pids[d->req.nr_pids++];

		*name = (struct census_name) {
			.number = pids[i], .pid = find_get_pid(pids[i]),
		};
		if (!pids[i])
			return refuse_pid(d, attr, 0, "not the number of a process", extack);
		if (census_pid_is_kthread(name->pid))
			return refuse_pid(d, attr, pids[i],
					  "a kernel thread has no address space", extack);
	}
	return 0;
}

/* Those that only one or two commands take. */
#define PAGES_ATTRS (CENSUS_REQ(START) | CENSUS_REQ(END))
#define SHARE_ATTRS (CENSUS_REQ(LIMIT) | CENSUS_REQ(CHARGED))
#define SNAPSHOT_ATTRS (CENSUS_REQ(BASIS) | CENSUS_REQ(PARTS))

/* Those that no census takes. */
#define OTHER_ATTRS (CENSUS_REQ(EVENT) | CENSUS_REQ(ORDER) | CENSUS_REQ(FILES))

static int refuse_share_attrs(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	return census_request_refuse(tb, SHARE_ATTRS,
				     "LIMIT and CHARGED: only SHARE takes them", extack);
}

/*
 * The reference is kept until the census, like an open file.  A regular file has none on this
 * socket, which would keep itself.
 */
static int parse_file(struct dump *d, const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	d->req.file = fget(nla_get_u32(attr));
	if (d->req.file && S_ISREG(file_inode(d->req.file)->i_mode))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "FILE: not an open descriptor of a regular file");
	return -EINVAL;
}

/* PAGES: one process, the frames basis, and a range of addresses. */
static int parse_pages(struct dump *d, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *start = tb[MEMCENSUS_REQ_START], *end = tb[MEMCENSUS_REQ_END];
	struct census_request *req = &d->req;
	int err;

	err = census_request_refuse(tb, SNAPSHOT_ATTRS | CENSUS_REQ(GROUP_BY),
				    "PAGES takes PIDS, START and END only", extack) ?:
	      refuse_share_attrs(tb, extack) ?:
	      census_request_refuse(tb, CENSUS_REQ(FILE),
				    "FILE: only SNAPSHOT and SHARE take it", extack);
	if (err)
		return err;
	req->pages = true;
	req->basis = MEMCENSUS_BASIS_FRAMES;
	req->parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS;
	req->start = start ? nla_get_u64(start) : 0;
	req->end = end ? nla_get_u64(end) : ~0ULL & PAGE_MASK;
	if (!PAGE_ALIGNED(req->start)) {
		NL_SET_ERR_MSG_ATTR(extack, start, "START: not a multiple of the page size");
		return -EINVAL;
	}
	if (!PAGE_ALIGNED(req->end) || req->end <= req->start) {
		NL_SET_ERR_MSG_ATTR(extack, end ?: start,
				    "END: not a multiple of the page size above START");
		return -EINVAL;
	}
	if (!tb[MEMCENSUS_REQ_PIDS] || nla_len(tb[MEMCENSUS_REQ_PIDS]) != sizeof(u32)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[MEMCENSUS_REQ_PIDS],
				    "PIDS: PAGES is of one process: name one");
		return -EINVAL;
	}
	return parse_pids(d, tb[MEMCENSUS_REQ_PIDS], extack);
}

/* SHARE: some processes, or all groups of a kind; always the frames basis. */
static int parse_share(struct dump *d, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *pids = tb[MEMCENSUS_REQ_PIDS], *by = tb[MEMCENSUS_REQ_GROUP_BY];
	struct nlattr *limit = tb[MEMCENSUS_REQ_LIMIT];
	struct census_request *req = &d->req;
	int err;

	err = census_request_refuse(tb, SNAPSHOT_ATTRS | PAGES_ATTRS,
				    "SHARE takes PIDS, GROUP_BY, LIMIT, CHARGED and FILE only",
				    extack);
	if (err)
		return err;
	req->together = by && nla_get_u32(by) == MEMCENSUS_BY_PIDS;
	if (!pids == (!by || req->together)) {
		NL_SET_ERR_MSG_ATTR(extack, by,
				    "SHARE: needs either PIDS or GROUP_BY, or PIDS and BY_PIDS: name the processes, or the kind of groups");
		return -EINVAL;
	}
	if (tb[MEMCENSUS_REQ_CHARGED] && (!by || nla_get_u32(by) != MEMCENSUS_BY_CGROUP)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[MEMCENSUS_REQ_CHARGED],
				    "CHARGED: needs GROUP_BY CGROUP: cgroups are charged");
		return -EINVAL;
	}
	req->share = true;
	if (tb[MEMCENSUS_REQ_CHARGED])
		req->charged = nla_get_u32(tb[MEMCENSUS_REQ_CHARGED]);
	req->basis = MEMCENSUS_BASIS_FRAMES;
	req->limit = limit ? nla_get_u32(limit) : MEMCENSUS_LIMIT_DEFAULT;
	err = parse_file(d, tb[MEMCENSUS_REQ_FILE], extack);
	if (err)
		return err;
	if (!pids) {
		req->parts = 0;
		req->group_by = nla_get_u32(by);
		return 0;
	}
	req->parts = MEMCENSUS_PART_TASKS;
	if (!req->together && nla_len(pids) > MEMCENSUS_SHARE_PIDS_MAX * sizeof(u32)) {
		NL_SET_ERR_MSG_ATTR(extack, pids,
				    "PIDS: SHARE compares at most 256 processes: name fewer, or compare them as one with BY_PIDS");
		return -EINVAL;
	}
	return parse_pids(d, pids, extack);
}

/* Answers a request whose subject is not in the module, see WITHOUT in Kbuild: -EOPNOTSUPP. */
#define BUILT_WITHOUT(subject, extack) ({						\
	NL_SET_ERR_MSG(extack,								\
		       "the module was built without " subject ": load one that has it"); \
	-EOPNOTSUPP;									\
})

static int parse_request(struct dump *d, u8 cmd, struct nlattr **attrs,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[MEMCENSUS_REQ_MAX + 1];
	struct census_request *req = &d->req;
	int err;

	if (!CENSUS_WITH_SHARE && cmd == MEMCENSUS_CMD_SHARE)
		return BUILT_WITHOUT("share", extack);
	req->parts = DEFAULT_PARTS;
	err = census_request_parse(attrs, tb, extack) ?:
	      census_request_refuse(tb, OTHER_ATTRS,
				    "EVENT: only OOM takes it; ORDER and FILES: only PHYSICAL does",
				    extack);
	if (err)
		return err;
	if (cmd == MEMCENSUS_CMD_PAGES)
		return parse_pages(d, tb, extack);
	if (cmd == MEMCENSUS_CMD_SHARE)
		return parse_share(d, tb, extack);
	err = census_request_refuse(tb, PAGES_ATTRS, "START and END: only PAGES takes them",
				    extack) ?:
	      refuse_share_attrs(tb, extack);
	if (err)
		return err;
	req->basis = tb[MEMCENSUS_REQ_PIDS] ? MEMCENSUS_BASIS_MAPCOUNT :
					      MEMCENSUS_BASIS_FRAMES;
	if (tb[MEMCENSUS_REQ_BASIS])
		req->basis = nla_get_u32(tb[MEMCENSUS_REQ_BASIS]);
	if (tb[MEMCENSUS_REQ_PARTS])
		req->parts = nla_get_u32(tb[MEMCENSUS_REQ_PARTS]);
	if (req->parts & MEMCENSUS_PART_VMAS && !tb[MEMCENSUS_REQ_PIDS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[MEMCENSUS_REQ_PARTS],
				    "PARTS: VMAS needs PIDS: name the processes");
		return -EINVAL;
	}
	if (tb[MEMCENSUS_REQ_GROUP_BY])
		req->group_by = nla_get_u32(tb[MEMCENSUS_REQ_GROUP_BY]);
	if (req->group_by && req->basis != MEMCENSUS_BASIS_FRAMES) {
		NL_SET_ERR_MSG_ATTR(extack, tb[MEMCENSUS_REQ_GROUP_BY],
				    "GROUP_BY: needs BASIS FRAMES");
		return -EINVAL;
	}
	if (tb[MEMCENSUS_REQ_FILE] && req->basis != MEMCENSUS_BASIS_FRAMES) {
		NL_SET_ERR_MSG_ATTR(extack, tb[MEMCENSUS_REQ_FILE], "FILE: needs BASIS FRAMES");
		return -EINVAL;
	}
	err = parse_file(d, tb[MEMCENSUS_REQ_FILE], extack);
	if (err)
		return err;
	if (req->group_by == MEMCENSUS_BY_PIDS && !tb[MEMCENSUS_REQ_PIDS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[MEMCENSUS_REQ_GROUP_BY],
				    "GROUP_BY: BY_PIDS needs PIDS: name the processes");
		return -EINVAL;
	}
	if (tb[MEMCENSUS_REQ_PIDS])
		return parse_pids(d, tb[MEMCENSUS_REQ_PIDS], extack);
	return 0;
}

static void set_stages(struct dump *d, const u8 *stages, unsigned int nr)
{
	d->stages = stages;
	d->nr_stages = nr;
}

static struct dump *new_dump(struct netlink_callback *cb)
{
	struct dump *d = kzalloc(sizeof(*d), CENSUS_GFP | __GFP_ACCOUNT);

	if (!d)
		return NULL;
	d->envelope = (struct census_envelope) {
		.family = &census_family,
		.portid = NETLINK_CB(cb->skb).portid,
		.nlseq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.pid_ns = get_pid_ns(task_active_pid_ns(current)),
		.user_ns = get_user_ns(current_user_ns()),
	};
	return d;
}

/* The first call, in sendmsg(): checks the request and sends INFO. */
static int begin_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	u8 cmd = ((struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd;
	struct dump *d;
	int err;

	err = refuse_unprivileged(cb->skb, cb->extack);
	if (err)
		return err;
	d = new_dump(cb);
	if (!d) {
		NL_SET_ERR_MSG(cb->extack, "not enough memory for the request: try again");
		return -ENOMEM;
	}
	cb->args[0] = (long)d;
	d->req.pid_ns = d->envelope.pid_ns;
	err = parse_request(d, cmd, census_dump_attrs(cb), cb->extack);
	if (err)
		return err;
	d->envelope.parts = d->req.parts;
	d->envelope.cmd = cmd;
	if (d->req.pages)
		set_stages(d, pages_stages, ARRAY_SIZE(pages_stages));
	else if (d->req.share)
		set_stages(d, share_stages, ARRAY_SIZE(share_stages));
	else
		set_stages(d, snapshot_stages, ARRAY_SIZE(snapshot_stages));
	return census_message_begin(skb, cb, &d->envelope, d->stages, d->nr_stages);
}

/*
 * Return: the next part of the bitmaps, or NULL after the last.  The first part starts at
 * the start of the request and the last ends where the walk ended, so there is at least
 * one.
 */
static const struct census_pages_part *next_part(struct dump *d)
{
	const struct census_pages *p = d->snap->pages;
	struct census_pages_part *part = &d->part;
	u32 first = d->index * CENSUS_PAGES_PART;
	const struct census_task *task;

	/* A process that exits after it was found, and before its peers are, has none. */
	if (!d->snap->nr_tasks)
		return NULL;
	task = d->snap->tasks[0];
	if (task->state != MEMCENSUS_STATE_WALKED && task->state != MEMCENSUS_STATE_PARTIAL)
		return NULL;
	if (d->index && first >= p->blocks.nr)
		return NULL;
	part->task = task;
	part->first = first;
	part->nr = min_t(u32, p->blocks.nr - first, CENSUS_PAGES_PART);
	part->start = d->index ? census_page_block(p, first)->addr : p->start;
	part->end = p->walked;
	if (first + part->nr < p->blocks.nr)
		part->end = census_page_block(p, first + part->nr)->addr;
	return part;
}

/* Return: the next record of the current stage, or NULL after the last one. */
static const void *next_record(struct dump *d)
{
	const struct census_snapshot *snap = d->snap;
	unsigned int i = d->index;
	u32 parts = d->req.parts;

	switch (d->stages[d->stage]) {
	case MEMCENSUS_A_TASK:
		return parts & MEMCENSUS_PART_TASKS && i < snap->nr_tasks ?
		       snap->tasks[i] : NULL;
	case MEMCENSUS_A_GROUP:
		/* Group 0 contains tasks that are in no group. */
		return i + 1 < snap->nr_groups ? &snap->groups[i + 1] : NULL;
	case MEMCENSUS_A_VMA:
		d->vma = i ? d->vma : list_first_entry(&snap->vmas, struct census_vma, link);
		return list_entry_is_head(d->vma, &snap->vmas, link) ? NULL : d->vma;
	case MEMCENSUS_A_TASK_NODE:
		if (!(parts & MEMCENSUS_PART_TASK_NODES))
			return NULL;
		d->node = i ? d->node : list_first_entry(&snap->task_nodes,
							 struct census_task_node, link);
		return list_entry_is_head(d->node, &snap->task_nodes, link) ? NULL : d->node;
	case MEMCENSUS_A_ZONE:
		return parts & (MEMCENSUS_PART_ZONES | MEMCENSUS_PART_TYPES) &&
		       i < snap->nr_zones ? &snap->zones[i] : NULL;
	case MEMCENSUS_A_NODE:
		return parts & MEMCENSUS_PART_NODES && i < snap->nr_nodes ?
		       &snap->nodes[i] : NULL;
	case MEMCENSUS_A_SYSTEM:
		return parts & MEMCENSUS_PART_SYSTEM && !i ? snap : NULL;
	case MEMCENSUS_A_PAGES:
		return next_part(d);
	case MEMCENSUS_A_OWNERS:
		return i < snap->nr_owned ? &snap->owned[i] : NULL;
	case MEMCENSUS_A_PAIR:
		d->pair = i ? d->pair : list_first_entry(&snap->pairs, struct census_pair, link);
		return list_entry_is_head(d->pair, &snap->pairs, link) ? NULL : d->pair;
	case MEMCENSUS_A_PAYER:
		return i < snap->nr_payers ? &snap->payers[i] : NULL;
	default:
		return i ? NULL : snap;
	}
}

/* Checks whether the next VMA overlaps the requested addresses. */
static bool is_requested(const struct dump *d)
{
	return !d->req.pages || (d->vma->start < d->req.end && d->vma->end > d->req.start);
}

/* A task without a process in the caller's PID namespace is not sent. */
static bool is_visible(const struct dump *d, const void *record)
{
	const struct census_task *task = record;

	if (d->stages[d->stage] == MEMCENSUS_A_VMA)
		return is_requested(d) && census_task_pid(d->vma->task, d->envelope.pid_ns);
	if (d->stages[d->stage] == MEMCENSUS_A_TASK_NODE)
		task = d->node->task;
	else if (d->stages[d->stage] == MEMCENSUS_A_PAGES)
		task = d->part.task;
	else if (d->stages[d->stage] != MEMCENSUS_A_TASK)
		return true;
	return (!d->req.share || task->sent) && census_task_pid(task, d->envelope.pid_ns);
}

static void release_request(struct dump *d)
{
	census_request_release(&d->req);
	census_results_give(d->pids_bytes);
	d->pids_bytes = 0;
}

static int snapshot_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *d = (struct dump *)cb->args[0];
	const void *record;
	int err;

	if (!d)
		return begin_dump(skb, cb);
	if (!d->snap) {
		err = census_cache_request(&d->req, &d->snap);
		if (err == -ENOSPC)
			NL_SET_ERR_MSG(cb->extack,
				       "not enough memory for the bitmaps: request a range of addresses, or raise max_mem");
		if (err == -EDQUOT)
			NL_SET_ERR_MSG(cb->extack, CENSUS_RESULTS_FULL);
		if (err == -ENOMEM)
			NL_SET_ERR_MSG(cb->extack,
				       "not enough memory for the census: raise max_mem or free memory");
		if (err)
			return err;
		release_request(d);
	}
	for (; d->stage < d->nr_stages; d->stage++, d->index = 0) {
		for (; (record = next_record(d)); d->index++) {
			/* Buffer full: continue in the next call; an error if it is empty. */
			if (is_visible(d, record) &&
			    census_message_add(skb, &d->envelope, d->snap,
					       d->stages[d->stage], record))
				return skb->len ?: -EMSGSIZE;
			if (record == d->vma)
				d->vma = list_next_entry(d->vma, link);
			if (record == d->node)
				d->node = list_next_entry(d->node, link);
			if (record == d->pair)
				d->pair = list_next_entry(d->pair, link);
			err = census_message_pause();
			if (err)
				return err;
		}
	}
	return skb->len;
}

static int snapshot_done(struct netlink_callback *cb)
{
	struct dump *d = (struct dump *)cb->args[0];

	if (!d)
		return 0;
	census_snapshot_put(d->snap);
	release_request(d);
	put_pid_ns(d->envelope.pid_ns);
	put_user_ns(d->envelope.user_ns);
	kfree(d);
	return 0;
}

static int info_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct census_envelope e = {
		.family = &census_family,
		.portid = info->snd_portid,
		.nlseq = info->snd_seq,
		.cmd = MEMCENSUS_CMD_INFO,
	};
	struct sk_buff *reply;
	int err;

	err = refuse_unprivileged(skb, info->extack);
	if (err)
		return err;
	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, CENSUS_GFP);
	if (!reply)
		return -ENOMEM;
	err = census_message_add(reply, &e, NULL, MEMCENSUS_A_INFO, NULL);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

static int physical_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	int err;

	if (CENSUS_WITH_PHYSICAL && cb->args[0])
		return census_physical_dumpit(skb, cb);
	err = refuse_unprivileged(cb->skb, cb->extack);
	if (err)
		return err;
	return CENSUS_WITH_PHYSICAL ? census_physical_start(skb, cb, &census_family) :
	       BUILT_WITHOUT("physical", cb->extack);
}

static int oom_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	int err;

	if (CENSUS_WITH_OOM && cb->args[0])
		return census_oom_dumpit(skb, cb);
	err = refuse_unprivileged(cb->skb, cb->extack);
	if (err)
		return err;
	return CENSUS_WITH_OOM ? census_oom_start(skb, cb, &census_family) :
	       BUILT_WITHOUT("oom", cb->extack);
}

static const struct genl_ops census_ops[] = {
	{
		.cmd = MEMCENSUS_CMD_INFO,
		.doit = info_doit,
	},
	{
		.cmd = MEMCENSUS_CMD_SNAPSHOT,
		.dumpit = snapshot_dumpit,
		.done = snapshot_done,
	},
	{
		.cmd = MEMCENSUS_CMD_PAGES,
		.dumpit = snapshot_dumpit,
		.done = snapshot_done,
	},
	{
		.cmd = MEMCENSUS_CMD_SHARE,
		.dumpit = snapshot_dumpit,
		.done = snapshot_done,
	},
	{
		.cmd = MEMCENSUS_CMD_PHYSICAL,
		.dumpit = physical_dumpit,
		.done = CENSUS_WITH_PHYSICAL ? census_physical_done : NULL,
	},
	{
		.cmd = MEMCENSUS_CMD_OOM,
		.dumpit = oom_dumpit,
		.done = CENSUS_WITH_OOM ? census_oom_done : NULL,
	},
};

/* Without parallel_ops a scan would hold the global mutex of generic netlink. */
static struct genl_family census_family = {
	.name = MEMCENSUS_GENL_NAME,
	.version = MEMCENSUS_GENL_VERSION,
	.maxattr = MEMCENSUS_A_MAX,
	.policy = census_policy,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = census_ops,
	.n_ops = ARRAY_SIZE(census_ops),
	.resv_start_op = MEMCENSUS_CMD_UNSPEC + 1,
};

int census_genl_init(void)
{
	return genl_register_family(&census_family);
}

/* No request is running afterwards. */
void census_genl_exit(void)
{
	genl_unregister_family(&census_family);
}
