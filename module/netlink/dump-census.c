// SPDX-License-Identifier: GPL-2.0
/* The dumps of a census: SNAPSHOT and SHARE. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/pid_namespace.h>

#include "base/memory.h"
#include "base/result-memory.h"
#include "census/census.h"
#include "census/collect.h"
#include "netlink/dump.h"

#define DEFAULT_PARTS (MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | \
		       MEMCENSUS_PART_NODES | MEMCENSUS_PART_OWNERS)

static int refuse_pid(struct census_dump *d, const struct nlattr *attr, u32 nr,
		      const char *why, struct netlink_ext_ack *extack)
{
	snprintf(d->error, sizeof(d->error), "PIDS: %u: %s", nr, why);
	if (extack) {
		extack->_msg = d->error;
		extack->bad_attr = attr;
	}
	return -EINVAL;
}

static int parse_pids(struct census_dump *d, const struct nlattr *attr,
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
	if (census_budget_take(&census_results, nr * sizeof(*d->req.pids)))
		d->pids_bytes = nr * sizeof(*d->req.pids);
	if (!d->pids_bytes ||
	    !census_results_hold(d->pid_ns, d->pids_bytes, &d->held)) {
		NL_SET_ERR_MSG(extack, CENSUS_RESULTS_FULL);
		return -EDQUOT;
	}
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
#define SHARE_ATTRS (CENSUS_REQ(LIMIT) | CENSUS_REQ(CHARGED))
#define SNAPSHOT_ATTRS (CENSUS_REQ(PARTS) | CENSUS_REQ(READER_UID) | \
			CENSUS_REQ(READER_GID) | CENSUS_REQ(MAX_AGE_MS) | CENSUS_REQ(TREE))

/* Those that no census takes. */
#define OTHER_ATTRS (CENSUS_REQ(ORDER) | CENSUS_REQ(FILES))

static int refuse_share_attrs(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	return census_request_refuse(tb, SHARE_ATTRS,
				     "LIMIT and CHARGED: only SHARE takes them", extack);
}

/*
 * The reference is kept until the census, like an open file.  Neither a regular file nor a
 * block device has one on this socket, which would keep itself.
 */
static int parse_file(struct census_dump *d, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	umode_t mode;

	if (!attr)
		return 0;
	d->req.file = fget(nla_get_u32(attr));
	mode = d->req.file ? file_inode(d->req.file)->i_mode : 0;
	if (S_ISREG(mode) || S_ISBLK(mode))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "FILE: not an open descriptor of a regular file or block device");
	return -EINVAL;
}

/* SHARE: some processes, or all groups of a kind; always with owners. */
static int parse_share(struct census_dump *d, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *pids = tb[MEMCENSUS_REQ_PIDS], *by = tb[MEMCENSUS_REQ_GROUP_BY];
	struct nlattr *limit = tb[MEMCENSUS_REQ_LIMIT];
	struct census_request *req = &d->req;
	int err;

	err = census_request_refuse(tb, SNAPSHOT_ATTRS,
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
	if (by && nla_get_u32(by) == MEMCENSUS_BY_TREE) {
		NL_SET_ERR_MSG_ATTR(extack, by,
				    "GROUP_BY: SHARE does not compare trees: name processes");
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

/* Both IDs or none. */
static int parse_reader(struct census_dump *d, struct nlattr **tb, struct netlink_ext_ack *extack)
{
	struct nlattr *uid = tb[MEMCENSUS_REQ_READER_UID], *gid = tb[MEMCENSUS_REQ_READER_GID];
	struct census_reader *reader = &d->reader;

	if (!uid && !gid)
		return 0;
	if (uid && gid) {
		reader->uid = make_kuid(d->user_ns, nla_get_u32(uid));
		reader->gid = make_kgid(d->user_ns, nla_get_u32(gid));
		if (uid_valid(reader->uid) && gid_valid(reader->gid))
			return 0;
	}
	NL_SET_ERR_MSG_ATTR(extack, uid ?: gid,
			    "READER_UID and READER_GID: need each other, and valid IDs");
	return -EINVAL;
}

/*
 * Whoever limits the age of a census wants to share it, so it has all parts that others may want:
 * they cannot make a new one by asking for others in turn.
 */
static void parse_max_age(struct census_request *req, const struct nlattr *attr)
{
	if (!attr)
		return;
	req->max_age = (u64)nla_get_u32(attr) * NSEC_PER_MSEC;
	if (!req->nr_pids)
		req->parts |= DEFAULT_PARTS;
}

/* SNAPSHOT: all processes or some. */
static int parse_snapshot(struct census_dump *d, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	struct census_request *req = &d->req;
	int err;

	req->parts = DEFAULT_PARTS;
	err = refuse_share_attrs(tb, extack);
	if (err)
		return err;
	err = parse_reader(d, tb, extack);
	if (err)
		return err;
	if (tb[MEMCENSUS_REQ_PARTS])
		req->parts = nla_get_u32(tb[MEMCENSUS_REQ_PARTS]);
	if (req->parts & CENSUS_PARTS_OF_PIDS && !tb[MEMCENSUS_REQ_PIDS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[MEMCENSUS_REQ_PARTS],
				    "PARTS: VMAS, MEMORY_VMAS and FLAGS need PIDS: name the processes");
		return -EINVAL;
	}
	if (!tb[MEMCENSUS_REQ_PIDS])
		req->parts |= MEMCENSUS_PART_OWNERS;
	if (tb[MEMCENSUS_REQ_GROUP_BY])
		req->group_by = nla_get_u32(tb[MEMCENSUS_REQ_GROUP_BY]);
	if (req->group_by && !(req->parts & MEMCENSUS_PART_OWNERS)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[MEMCENSUS_REQ_GROUP_BY],
				    "GROUP_BY: needs OWNERS in PARTS");
		return -EINVAL;
	}
	if (tb[MEMCENSUS_REQ_TREE]) {
		d->tree = nla_get_u32(tb[MEMCENSUS_REQ_TREE]);
		if (!d->tree || req->group_by != MEMCENSUS_BY_TREE) {
			NL_SET_ERR_MSG_ATTR(extack, tb[MEMCENSUS_REQ_TREE],
					    "TREE: needs a PID, and GROUP_BY TREE");
			return -EINVAL;
		}
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

static const u8 snapshot_stages[] = {
	MEMCENSUS_A_SCAN, MEMCENSUS_A_TASK, MEMCENSUS_A_GROUP, MEMCENSUS_A_VMA, MEMCENSUS_A_ZONE,
	MEMCENSUS_A_NODE, 0,
};

static const u8 share_stages[] = {
	MEMCENSUS_A_SCAN, MEMCENSUS_A_TASK, MEMCENSUS_A_GROUP, MEMCENSUS_A_OWNERS, MEMCENSUS_A_PAIR,
	MEMCENSUS_A_PAYER, 0,
};

static int parse_request(struct census_dump *d, struct nlattr **tb, struct netlink_ext_ack *extack)
{
	int err;

	d->req.pid_ns = d->pid_ns;
	err = census_request_refuse(tb, OTHER_ATTRS,
				    "ORDER and FILES: only PHYSICAL takes them",
				    extack);
	if (err)
		return err;
	switch (d->cmd) {
	case MEMCENSUS_CMD_SHARE:
		d->stage = share_stages;
		err = parse_share(d, tb, extack);
		break;
	default:
		d->stage = snapshot_stages;
		err = parse_snapshot(d, tb, extack);
	}
	d->parts = d->req.parts;
	if (!err)
		parse_max_age(&d->req, tb[MEMCENSUS_REQ_MAX_AGE_MS]);
	return err;
}

static void release_request(struct census_dump *d)
{
	census_request_release(&d->req);
	census_budget_give(&census_results, d->pids_bytes);
	d->pids_bytes = 0;
}

/* Groups in a group have the next numbers. */
static void find_tree(struct census_dump *d)
{
	const struct census_snapshot *snap = d->snap;
	u32 i;

	for (i = 1; i < snap->nr_groups && snap->groups[i].key.pid != d->tree; i++)
		cond_resched();
	d->tree_begin = i;
	for (d->tree_end = i; i < snap->nr_groups; d->tree_end = ++i) {
		if (i != d->tree_begin && snap->groups[i].parent < d->tree_begin)
			break;
		cond_resched();
	}
}

static int take_census(struct census_dump *d, struct netlink_ext_ack *extack)
{
	int err = census_get(&d->req, &d->snap);

	if (!err && !census_results_hold(d->pid_ns, census_snapshot_bytes(d->snap), &d->held))
		err = -EDQUOT;
	if (err == -EDQUOT)
		NL_SET_ERR_MSG(extack, CENSUS_RESULTS_FULL);
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack,
			       "not enough memory for the census: raise max_mem or free memory");
	if (err)
		return err;
	d->seq = d->snap->seq;
	if (d->tree)
		find_tree(d);
	release_request(d);
	return 0;
}

static void release_census(struct census_dump *d)
{
	census_snapshot_put(d->snap);
	release_request(d);
}

const struct census_dump_ops census_dump_census = {
	.parse = parse_request,
	.fill = census_fill,
	.take = take_census,
	.next = census_next_record,
	.release = release_census,
};
