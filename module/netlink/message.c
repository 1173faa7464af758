// SPDX-License-Identifier: GPL-2.0
/*
 * The records of a census as messages: which there are, in what order, and what each has.
 *
 * A dump has stages, one for each kind of record.  census_next_record() finds the record after the
 * last one of a stage, and a fill function of the stage adds its attributes to a message, or says
 * that the reader may not see it (%CENSUS_HIDDEN).  What rows.h names is added by these names; all
 * else, what is optional above all, by hand.  An attribute is absent if its value is unknown.
 */
#include <linux/build_bug.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/netlink.h>

#include "base/params.h"
#include "base/visible.h"
#include "census/vma.h"
#include "netlink/dump.h"

static int put_figures(struct sk_buff *skb, int nest, const struct census_figures *figures)
{
	return census_put_known(skb, nest, figures->known, figures->value, MEMCENSUS_F_MAX);
}

static int put_number(struct sk_buff *skb, int attr, u32 number)
{
	return number ? nla_put_u32(skb, attr, number) : 0;
}

/* Those that WITHOUT in Kbuild may leave out, and did not. */
static u32 subjects(void)
{
	return (CENSUS_WITH_PHYSICAL ? MEMCENSUS_SUBJECT_PHYSICAL : 0) |
	       (CENSUS_WITH_SHARE ? MEMCENSUS_SUBJECT_SHARE : 0);
}

int census_fill_info(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	return nla_put_u32(skb, MEMCENSUS_INFO_ABI, MEMCENSUS_ABI) ||
	       nla_put_string(skb, MEMCENSUS_INFO_VERSION, THIS_MODULE->version) ||
	       nla_put_string(skb, MEMCENSUS_INFO_KERNEL, init_utsname()->release) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_PAGE_SIZE, PAGE_SIZE) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_ORDERS, CENSUS_ORDERS) ||
	       census_put_u64(skb, MEMCENSUS_INFO_MAX_AGE_NS, census_params.max_age) ||
	       census_put_u64(skb, MEMCENSUS_INFO_LOCK_HOLD_NS, census_params.lock_hold) ||
	       census_put_u64(skb, MEMCENSUS_INFO_BUSY_BUDGET_NS, census_params.busy_budget) ||
	       census_put_u64(skb, MEMCENSUS_INFO_MAX_MEM, census_params.max_mem) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_SUBJECTS, subjects()) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_RULE, READ_ONCE(census_rule)) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_KERNEL_TESTED, CENSUS_KERNEL_TESTED) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_LOCK,
			   CENSUS_VMA_LOCKS ? MEMCENSUS_LOCK_VMA : MEMCENSUS_LOCK_MMAP);
}

/* Checks whether the answer may have what belongs to @reader. */
static bool may_read(const struct census_dump *d, const struct census_reader *reader)
{
	return !uid_valid(d->reader.uid) || census_reader_equal(&d->reader, reader);
}

/* Checks whether @group is the tree that was requested, or in it. */
static bool is_in_tree(const struct census_dump *d, u32 group)
{
	return !d->tree || (group >= d->tree_begin && group < d->tree_end);
}

/* Return: PID of an address space in the caller's namespace; 0: it is not sent. */
static u32 sent_pid(const struct census_dump *d, const struct census_task *task)
{
	/* Of a number that no process has there is nothing to read. */
	if ((task->pid && !may_read(d, &task->reader)) || !is_in_tree(d, task->group))
		return 0;
	return census_task_pid(task, d->pid_ns);
}

/* Return: @group, or 0 if it is not sent. */
static u32 visible_group(const struct census_dump *d, u32 group)
{
	if (d->tree)
		group = is_in_tree(d, group) ? d->tree_begin : 0;
	return group && d->req.group_by && may_read(d, &d->snap->groups[group].reader) ? group : 0;
}

static int fill_scan(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	/* From there on: sums over all processes. */
	const u8 end = uid_valid(d->reader.uid) ? MEMCENSUS_SCAN_PTES : U8_MAX;

	return nla_put_u32(skb, MEMCENSUS_SCAN_PARTS, d->snap->parts) ||
	       census_put_rows_below(skb, census_scan_rows, &d->snap->cost, end);
}

/* Return: PID of @peer in the caller's namespace; 0 if none or if it is @pid. */
static u32 peer_pid(const struct census_dump *d,
		    const struct census_peer *peer, u32 pid)
{
	u32 nr = census_visible_pid(peer->pid, d->pid_ns);

	return nr == pid ? 0 : nr;
}

static int put_peers(struct sk_buff *skb, const struct census_dump *d,
		     const struct census_task *task, u32 record)
{
	const struct census_peer *peer;
	unsigned int nr = 0;
	struct nlattr *attr;
	u32 *pids;

	/* As many as a user started. */
	for (peer = task->peers; peer; peer = peer->next) {
		nr += !!peer_pid(d, peer, record);
		cond_resched();
	}
	if (nla_put_u32(skb, MEMCENSUS_TASK_NR_PEERS, nr))
		return -EMSGSIZE;
	if (!nr)
		return 0;
	nr = min_t(unsigned int, nr, MEMCENSUS_PEERS_MAX);
	attr = nla_reserve(skb, MEMCENSUS_TASK_PEERS, nr * sizeof(u32));
	if (!attr)
		return -EMSGSIZE;
	pids = nla_data(attr);
	/* Skip peers outside of the caller's namespace, which were not counted above. */
	for (peer = task->peers; peer && nr; peer = peer->next) {
		u32 pid = peer_pid(d, peer, record);

		if (pid) {
			*pids++ = pid;
			nr--;
		}
		cond_resched();
	}
	return 0;
}

static int fill_task(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_task *task = record;
	u32 pid = sent_pid(d, task);

	if (!pid || (d->cmd == MEMCENSUS_CMD_SHARE && !task->sent))
		return CENSUS_HIDDEN;
	if (nla_put_u32(skb, MEMCENSUS_TASK_PID, pid) ||
	    nla_put_u32(skb, MEMCENSUS_TASK_STATE, task->state))
		return -EMSGSIZE;
	if (!task->pid)
		return 0;
	if (put_peers(skb, d, task, pid) ||
	    (task->mappings && nla_put_u32(skb, MEMCENSUS_TASK_MAPPINGS, task->mappings)) ||
	    put_figures(skb, MEMCENSUS_TASK_FIGURES, &task->figures))
		return -EMSGSIZE;
	/* @pid is a peer: the rest is of a process that the caller may not learn of. */
	if (!census_visible_pid(task->pid, d->pid_ns))
		return 0;
	return (task->parent && nla_put_u32(skb, MEMCENSUS_TASK_PPID,
					    census_visible_pid(task->parent, d->pid_ns))) ||
	       nla_put_string(skb, MEMCENSUS_TASK_COMM, task->comm) ||
	       nla_put_u32(skb, MEMCENSUS_TASK_UID,
			   from_kuid_munged(d->user_ns, task->uid)) ||
	       (IS_ENABLED(CONFIG_CGROUPS) &&
		census_put_u64(skb, MEMCENSUS_TASK_CGROUP, task->cgroup)) ||
	       census_put_u64(skb, MEMCENSUS_TASK_START_NS, task->start) ||
	       nla_put_u32(skb, MEMCENSUS_TASK_THREADS, task->threads) ||
	       nla_put_s32(skb, MEMCENSUS_TASK_OOM_SCORE_ADJ, task->oom_score_adj) ||
	       put_number(skb, MEMCENSUS_TASK_GROUP, visible_group(d, task->group));
}

static int put_group_key(struct sk_buff *skb, const struct census_dump *d,
			 const struct census_group *group)
{
	switch (d->snap->group_by) {
	case MEMCENSUS_BY_UID:
		return nla_put_u32(skb, MEMCENSUS_GROUP_UID,
				   from_kuid_munged(d->user_ns, group->key.uid));
	case MEMCENSUS_BY_CGROUP:
		return census_put_u64(skb, MEMCENSUS_GROUP_CGROUP, group->key.cgroup);
	case MEMCENSUS_BY_COMM:
		return nla_put_string(skb, MEMCENSUS_GROUP_COMM, group->key.comm);
	case MEMCENSUS_BY_TREE:
		return nla_put_u32(skb, MEMCENSUS_GROUP_PID, group->key.pid);
	case MEMCENSUS_BY_SESSION:
		return put_number(skb, MEMCENSUS_GROUP_SESSION, group->key.session);
	default:
		return 0;
	}
}

static int fill_group(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_group *group = record;

	if (!may_read(d, &group->reader) ||
	    (d->tree && group - d->snap->groups != d->tree_begin))
		return CENSUS_HIDDEN;
	return nla_put_u32(skb, MEMCENSUS_GROUP_ID, group - d->snap->groups) ||
	       put_number(skb, MEMCENSUS_GROUP_PARENT, visible_group(d, group->parent)) ||
	       put_group_key(skb, d, group) ||
	       nla_put_u32(skb, MEMCENSUS_GROUP_MMS, group->mms) ||
	       put_figures(skb, MEMCENSUS_GROUP_FIGURES, &group->figures);
}

static int fill_vma(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_vma *vma = record;
	char mode[5];
	u32 pid = sent_pid(d, vma->task);

	if (!pid)
		return CENSUS_HIDDEN;
	census_vma_mode(vma->flags, mode);
	return nla_put_u32(skb, MEMCENSUS_VMA_PID, pid) ||
	       census_put_u64(skb, MEMCENSUS_VMA_START, vma->start) ||
	       census_put_u64(skb, MEMCENSUS_VMA_END, vma->end) ||
	       census_put_u64(skb, MEMCENSUS_VMA_OFFSET, vma->offset) ||
	       nla_put_string(skb, MEMCENSUS_VMA_MODE, mode) ||
	       ((vma->inode || vma->dev) &&
		(nla_put_u32(skb, MEMCENSUS_VMA_DEV_MAJOR, MAJOR(vma->dev)) ||
		 nla_put_u32(skb, MEMCENSUS_VMA_DEV_MINOR, MINOR(vma->dev)) ||
		 census_put_u64(skb, MEMCENSUS_VMA_INODE, vma->inode))) ||
	       (vma->name && nla_put_string(skb, MEMCENSUS_VMA_NAME, vma->name)) ||
	       census_put_u64(skb, MEMCENSUS_VMA_PAGE_SIZE, 1ULL << vma->page_shift) ||
	       put_figures(skb, MEMCENSUS_VMA_FIGURES, &vma->figures);
}

/* Adds bytes by kind; 0 too, because all kinds are counted. */
static int put_kinds(struct sk_buff *skb, int nest, const u64 *bytes)
{
	return census_put_known(skb, nest, GENMASK_ULL(MEMCENSUS_K_MAX, MEMCENSUS_K_ANON),
				bytes, MEMCENSUS_K_MAX);
}

static int put_process(struct sk_buff *skb, const struct census_dump *d, int attr,
		       const struct census_task *task)
{
	return task ? nla_put_u32(skb, attr, sent_pid(d, task)) : 0;
}

static int fill_owners(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_owned *owned = record;

	return put_process(skb, d, MEMCENSUS_OWNERS_PID, owned->task) ||
	       put_number(skb, MEMCENSUS_OWNERS_GROUP, owned->group) ||
	       nla_put_u32(skb, MEMCENSUS_OWNERS_FEWEST, owned->fewest) ||
	       put_number(skb, MEMCENSUS_OWNERS_MOST, owned->most) ||
	       put_kinds(skb, MEMCENSUS_OWNERS_BYTES, owned->bytes);
}

static int fill_pair(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_pair *pair = record;
	bool unknown = pair->left_out == CENSUS_LEFT_OUT_UNKNOWN;

	return put_process(skb, d, MEMCENSUS_PAIR_PID, pair->task) ||
	       put_process(skb, d, MEMCENSUS_PAIR_PEER_PID, pair->peer) ||
	       put_number(skb, MEMCENSUS_PAIR_GROUP, pair->group) ||
	       put_number(skb, MEMCENSUS_PAIR_PEER_GROUP, pair->peer_group) ||
	       put_number(skb, MEMCENSUS_PAIR_LEFT_OUT, unknown ? 0 : pair->left_out) ||
	       put_kinds(skb, MEMCENSUS_PAIR_COMMON, pair->bytes) ||
	       (!pair->left_out && put_kinds(skb, MEMCENSUS_PAIR_ALONE, pair->alone));
}

static int fill_payer(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_payer *payer = record;

	return (payer->cgroup && census_put_u64(skb, MEMCENSUS_PAYER_CGROUP, payer->cgroup)) ||
	       put_number(skb, MEMCENSUS_PAYER_GROUP, payer->group) ||
	       census_put_u64(skb, MEMCENSUS_PAYER_CHARGED, payer->charged) ||
	       (payer->cgroup && census_put_u64(skb, MEMCENSUS_PAYER_OWN, payer->own)) ||
	       (payer->of_file && (nla_put_u32(skb, MEMCENSUS_PAYER_DEV_MAJOR, MAJOR(payer->dev)) ||
				   nla_put_u32(skb, MEMCENSUS_PAYER_DEV_MINOR,
					       MINOR(payer->dev)) ||
				   census_put_u64(skb, MEMCENSUS_PAYER_INODE, payer->inode)));
}

static int fill_zone(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	const struct census_zone *zone = record;

	return census_put_rows(skb, census_zone_rows, zone) ||
	       nla_put_64bit(skb, MEMCENSUS_ZONE_FREE_BLOCKS,
			     sizeof(zone->blocks), zone->blocks, MEMCENSUS_A_PAD) ||
	       nla_put_64bit(skb, MEMCENSUS_ZONE_LOWMEM_RESERVE, sizeof(zone->lowmem_reserve),
			     zone->lowmem_reserve, MEMCENSUS_A_PAD);
}

static int fill_node(struct sk_buff *skb, const struct census_dump *d, const void *record)
{
	return census_put_rows(skb, census_node_rows, record);
}

census_fill_fn *const census_fill[MEMCENSUS_A_MAX + 1] = {
	[MEMCENSUS_A_SCAN] = fill_scan,
	[MEMCENSUS_A_TASK] = fill_task,
	[MEMCENSUS_A_GROUP] = fill_group,
	[MEMCENSUS_A_VMA] = fill_vma,
	[MEMCENSUS_A_ZONE] = fill_zone,
	[MEMCENSUS_A_NODE] = fill_node,
	[MEMCENSUS_A_OWNERS] = fill_owners,
	[MEMCENSUS_A_PAIR] = fill_pair,
	[MEMCENSUS_A_PAYER] = fill_payer,
};

/* Return: the entry of @list after @before, of which the link is the first member, or NULL. */
static const void *next_in_list(const struct list_head *list, const struct list_head *before)
{
	const struct list_head *next = before ? before->next : list->next;

	return next == list ? NULL : next;
}

/* The records of a census that are requested.  Return: as &struct census_dump_ops.next. */
const void *census_next_record(struct census_dump *d, const void *before)
{
	const struct census_snapshot *snap = d->snap;
	unsigned int i = d->index;
	u32 parts = d->parts;

	BUILD_BUG_ON(offsetof(struct census_vma, link) || offsetof(struct census_pair, link));
	if (!snap)
		return NULL;
	switch (*d->stage) {
	case MEMCENSUS_A_TASK:
		return parts & MEMCENSUS_PART_TASKS && i < snap->nr_tasks ? snap->tasks[i] : NULL;
	case MEMCENSUS_A_GROUP:
		/* Group 0 contains tasks that are in no group. */
		return d->req.group_by && i + 1 < snap->nr_groups ? &snap->groups[i + 1] : NULL;
	case MEMCENSUS_A_VMA:
		return next_in_list(&snap->vmas, before);
	case MEMCENSUS_A_ZONE:
		return parts & MEMCENSUS_PART_ZONES && i < snap->nr_zones ? &snap->zones[i] : NULL;
	case MEMCENSUS_A_NODE:
		return parts & MEMCENSUS_PART_NODES && i < snap->nr_nodes ? &snap->nodes[i] : NULL;
	case MEMCENSUS_A_OWNERS:
		return i < snap->nr_owned ? &snap->owned[i] : NULL;
	case MEMCENSUS_A_PAIR:
		return next_in_list(&snap->pairs, before);
	case MEMCENSUS_A_PAYER:
		return i < snap->nr_payers ? &snap->payers[i] : NULL;
	default:
		return i ? NULL : snap;
	}
}
