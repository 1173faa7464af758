// SPDX-License-Identifier: GPL-2.0
/* The dumps of a census: SNAPSHOT, PAGES and SHARE. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pid_namespace.h>

#include "base/memory.h"
#include "base/result-memory.h"
#include "census/cache.h"
#include "census/collect.h"
#include "count/pages.h"
#include "netlink/dump.h"
#include "netlink/request.h"

#define DEFAULT_PARTS (MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | \
		       MEMCENSUS_PART_NODES | MEMCENSUS_PART_SYSTEM)

/* The records of a SNAPSHOT dump, in order. */
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
 * struct of_census - one SNAPSHOT, PAGES or SHARE dump
 * @dump: of all commands
 * @req: the request
 * @pids_bytes: of @req.pids, taken from the budget of results
 * @snap: a reference, after the census was taken
 * @vma: next VMA
 * @node: next node of a process
 * @pair: next pair
 * @part: next part of the bitmaps
 * @error: text of an extended ack that contains a number
 */
struct of_census {
	struct census_dump dump;
	struct census_request req;
	size_t pids_bytes;
	const struct census_snapshot *snap;
	const struct census_vma *vma;
	const struct census_task_node *node;
	const struct census_pair *pair;
	struct census_pages_part part;
	char error[80];
};

static struct of_census *of_census(struct census_dump *d)
{
	return container_of(d, struct of_census, dump);
}

static int refuse_pid(struct of_census *d, const struct nlattr *attr, u32 nr,
		      const char *why, struct netlink_ext_ack *extack)
{
	snprintf(d->error, sizeof(d->error), "PIDS: %u: %s", nr, why);
	if (extack) {
		extack->_msg = d->error;
		extack->bad_attr = attr;
	}
	return -EINVAL;
}

static int parse_pids(struct of_census *d, const struct nlattr *attr,
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
	if (!census_result_memory_take(nr * sizeof(*d->req.pids))) {
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
static int parse_file(struct of_census *d, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
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
static int parse_pages(struct of_census *d, struct nlattr **tb,
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
static int parse_share(struct of_census *d, struct nlattr **tb,
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

/* SNAPSHOT: all processes or some, on any basis. */
static int parse_snapshot(struct of_census *d, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	struct census_request *req = &d->req;
	int err;

	req->parts = DEFAULT_PARTS;
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

static int parse_request(struct census_dump *dump, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	struct of_census *d = of_census(dump);
	int err;

	d->req.pid_ns = dump->envelope.pid_ns;
	err = census_request_refuse(tb, OTHER_ATTRS,
				    "EVENT: only OOM takes it; ORDER and FILES: only PHYSICAL does",
				    extack);
	if (err)
		return err;
	switch (dump->envelope.cmd) {
	case MEMCENSUS_CMD_PAGES:
		census_dump_stages(dump, pages_stages, ARRAY_SIZE(pages_stages));
		err = parse_pages(d, tb, extack);
		break;
	case MEMCENSUS_CMD_SHARE:
		census_dump_stages(dump, share_stages, ARRAY_SIZE(share_stages));
		err = parse_share(d, tb, extack);
		break;
	default:
		census_dump_stages(dump, snapshot_stages, ARRAY_SIZE(snapshot_stages));
		err = parse_snapshot(d, tb, extack);
	}
	dump->envelope.parts = d->req.parts;
	return err;
}

static void release_request(struct of_census *d)
{
	census_request_release(&d->req);
	census_result_memory_give(d->pids_bytes);
	d->pids_bytes = 0;
}

static int take_census(struct census_dump *dump, struct netlink_ext_ack *extack)
{
	struct of_census *d = of_census(dump);
	int err = census_cache_request(&d->req, &d->snap);

	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack,
			       "not enough memory for the bitmaps: request a range of addresses, or raise max_mem");
	if (err == -EDQUOT)
		NL_SET_ERR_MSG(extack, CENSUS_RESULTS_FULL);
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack,
			       "not enough memory for the census: raise max_mem or free memory");
	if (!err)
		release_request(d);
	return err;
}

/*
 * Return: the next part of the bitmaps, or NULL after the last.  The first part starts at
 * the start of the request and the last ends where the walk ended, so there is at least
 * one.
 */
static const struct census_pages_part *next_part(struct of_census *d)
{
	const struct census_pages *p = d->snap->pages;
	struct census_pages_part *part = &d->part;
	u32 first = d->dump.index * CENSUS_PAGES_PART;
	const struct census_task *task = d->snap->tasks[0];

	if (task->state != MEMCENSUS_STATE_WALKED && task->state != MEMCENSUS_STATE_PARTIAL)
		return NULL;
	if (d->dump.index && first >= p->blocks.nr)
		return NULL;
	part->task = task;
	part->first = first;
	part->nr = min_t(u32, p->blocks.nr - first, CENSUS_PAGES_PART);
	part->start = d->dump.index ? census_page_block(p, first)->addr : p->start;
	part->end = p->walked;
	if (first + part->nr < p->blocks.nr)
		part->end = census_page_block(p, first + part->nr)->addr;
	return part;
}

/* Return: the next record of the current stage, or NULL after the last one. */
static const void *next_census_record(struct census_dump *dump)
{
	struct of_census *d = of_census(dump);
	const struct census_snapshot *snap = d->snap;
	unsigned int i = d->dump.index;
	u32 parts = d->req.parts;

	switch (census_dump_stage(&d->dump)) {
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

/* Checks whether a VMA overlaps the requested addresses. */
static bool is_requested(const struct of_census *d, const struct census_vma *vma)
{
	return !d->req.pages || (vma->start < d->req.end && vma->end > d->req.start);
}

/* A task without a process in the caller's PID namespace is not sent. */
static bool is_visible(const struct of_census *d, const void *record)
{
	const struct census_task *task;

	switch (census_dump_stage(&d->dump)) {
	case MEMCENSUS_A_TASK:
		task = record;
		if (d->req.share && !task->sent)
			return false;
		break;
	case MEMCENSUS_A_TASK_NODE:
		task = d->node->task;
		break;
	case MEMCENSUS_A_VMA:
		if (!is_requested(d, d->vma))
			return false;
		task = d->vma->task;
		break;
	case MEMCENSUS_A_PAGES:
		task = d->part.task;
		break;
	default:
		return true;
	}
	return census_task_pid(task, d->dump.envelope.pid_ns);
}

static int add_census_record(struct sk_buff *skb, struct census_dump *dump, const void *record)
{
	struct of_census *d = of_census(dump);

	if (is_visible(d, record) &&
	    census_message_add(skb, &dump->envelope, d->snap, census_dump_stage(dump), record))
		return -EMSGSIZE;
	if (record == d->vma)
		d->vma = list_next_entry(d->vma, link);
	if (record == d->node)
		d->node = list_next_entry(d->node, link);
	if (record == d->pair)
		d->pair = list_next_entry(d->pair, link);
	return 0;
}

static void release_census(struct census_dump *dump)
{
	struct of_census *d = of_census(dump);

	census_snapshot_put(d->snap);
	release_request(d);
}

const struct census_dump_ops census_dump_census = {
	.size = sizeof(struct of_census),
	.parse = parse_request,
	.take = take_census,
	.next = next_census_record,
	.add = add_census_record,
	.release = release_census,
};
