// SPDX-License-Identifier: GPL-2.0
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
#include "census/zones.h"
#include "count/pages.h"
#include "netlink/message.h"

/**
 * census_message_known() - add a nest of u64
 * @skb: the buffer
 * @nest: attribute
 * @known: a bit for each of @values
 * @values: by attribute number
 * @max: the last number
 *
 * Return: 0, or -EMSGSIZE.
 */
int census_message_known(struct sk_buff *skb, int nest, u64 known, const u64 *values,
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

/* Adds the rows of @record that are known.  Return: 0, or -EMSGSIZE. */
int census_message_rows(struct sk_buff *skb, const struct census_record_row *row,
			const void *record)
{
	for (; row->name; row++)
		if (put_row(skb, row, record))
			return -EMSGSIZE;
	return 0;
}

static int put_packed(struct sk_buff *skb, int nest, const unsigned char *packed)
{
	struct census_figures figures;

	census_figures_unpack(packed, &figures);
	return census_message_known(skb, nest, figures.known, figures.value, MEMCENSUS_F_MAX);
}

/* Those that WITHOUT in Kbuild may leave out, and did not. */
static u32 subjects(void)
{
	return (CENSUS_WITH_PHYSICAL ? MEMCENSUS_SUBJECT_PHYSICAL : 0) |
	       (CENSUS_WITH_OOM ? MEMCENSUS_SUBJECT_OOM : 0) |
	       (CENSUS_WITH_SHARE ? MEMCENSUS_SUBJECT_SHARE : 0);
}

static int fill_info(struct sk_buff *skb, const struct census_envelope *e,
		     const struct census_snapshot *snap, const void *record)
{
	return nla_put_u32(skb, MEMCENSUS_INFO_ABI, MEMCENSUS_ABI) ||
	       nla_put_string(skb, MEMCENSUS_INFO_VERSION, THIS_MODULE->version) ||
	       nla_put_string(skb, MEMCENSUS_INFO_KERNEL, init_utsname()->release) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_PAGE_SIZE, PAGE_SIZE) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_ORDERS, CENSUS_ORDERS) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_MAPCOUNT_EXACT, CENSUS_MAPCOUNT_EXACT) ||
	       census_put_u64(skb, MEMCENSUS_INFO_MAX_AGE_NS, census_params.max_age) ||
	       census_put_u64(skb, MEMCENSUS_INFO_LOCK_HOLD_NS, census_params.lock_hold) ||
	       census_put_u64(skb, MEMCENSUS_INFO_BUSY_BUDGET_NS, census_params.busy_budget) ||
	       census_put_u64(skb, MEMCENSUS_INFO_MAX_MEM, census_params.max_mem) ||
	       nla_put_u32(skb, MEMCENSUS_INFO_SUBJECTS, subjects());
}

static int fill_scan(struct sk_buff *skb, const struct census_envelope *e,
		     const struct census_snapshot *snap, const void *record)
{
	return nla_put_u32(skb, MEMCENSUS_SCAN_BASIS, snap->basis) ||
	       nla_put_u32(skb, MEMCENSUS_SCAN_PARTS, snap->parts) ||
	       census_message_rows(skb, census_scan_rows, &snap->cost);
}

/* Return: PID of @peer in the caller's namespace; 0 if none or if it is @pid. */
static u32 peer_pid(const struct census_envelope *e,
		    const struct census_peer *peer, u32 pid)
{
	u32 nr = census_visible_pid(peer->pid, e->pid_ns);

	return nr == pid ? 0 : nr;
}

static int put_peers(struct sk_buff *skb, const struct census_envelope *e,
		     const struct census_task *task, u32 record)
{
	const struct census_peer *peer;
	unsigned int nr = 0;
	struct nlattr *attr;
	u32 *pids;

	/* As many as a user started. */
	for (peer = task->peers; peer; peer = peer->next) {
		nr += !!peer_pid(e, peer, record);
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
		u32 pid = peer_pid(e, peer, record);

		if (pid) {
			*pids++ = pid;
			nr--;
		}
		cond_resched();
	}
	return 0;
}

static int fill_task(struct sk_buff *skb, const struct census_envelope *e,
		     const struct census_snapshot *snap, const void *record)
{
	const struct census_task *task = record;
	u32 pid = census_task_pid(task, e->pid_ns);

	if (nla_put_u32(skb, MEMCENSUS_TASK_PID, pid) ||
	    nla_put_u32(skb, MEMCENSUS_TASK_STATE, task->state))
		return -EMSGSIZE;
	if (!task->pid)
		return 0;
	if (put_peers(skb, e, task, pid) ||
	    (task->basis && nla_put_u32(skb, MEMCENSUS_TASK_BASIS, task->basis)) ||
	    put_packed(skb, MEMCENSUS_TASK_FIGURES, task->figures))
		return -EMSGSIZE;
	/* @pid is a peer: the rest is of a process that the caller may not learn of. */
	if (!census_visible_pid(task->pid, e->pid_ns))
		return 0;
	return (task->parent && nla_put_u32(skb, MEMCENSUS_TASK_PPID,
					    census_visible_pid(task->parent, e->pid_ns))) ||
	       nla_put_string(skb, MEMCENSUS_TASK_COMM, task->comm) ||
	       nla_put_u32(skb, MEMCENSUS_TASK_UID,
			   from_kuid_munged(e->user_ns, task->uid)) ||
	       (IS_ENABLED(CONFIG_CGROUPS) &&
		census_put_u64(skb, MEMCENSUS_TASK_CGROUP, task->cgroup)) ||
	       census_put_u64(skb, MEMCENSUS_TASK_START_NS, task->start) ||
	       nla_put_u32(skb, MEMCENSUS_TASK_THREADS, task->threads) ||
	       census_put_u64(skb, MEMCENSUS_TASK_MIN_FAULTS, task->min_faults) ||
	       census_put_u64(skb, MEMCENSUS_TASK_MAJ_FAULTS, task->maj_faults) ||
	       nla_put_s32(skb, MEMCENSUS_TASK_OOM_SCORE_ADJ, task->oom_score_adj) ||
	       (task->group && nla_put_u32(skb, MEMCENSUS_TASK_GROUP, task->group));
}

static int fill_task_node(struct sk_buff *skb, const struct census_envelope *e,
			  const struct census_snapshot *snap, const void *record)
{
	const struct census_task_node *node = record;

	return nla_put_u32(skb, MEMCENSUS_TN_PID, census_task_pid(node->task, e->pid_ns)) ||
	       nla_put_u32(skb, MEMCENSUS_TN_NODE, node->nid) ||
	       census_put_u64(skb, MEMCENSUS_TN_RSS, node->rss) ||
	       census_put_u64(skb, MEMCENSUS_TN_HUGETLB, node->hugetlb) ||
	       nla_put_u32(skb, MEMCENSUS_TN_RUNS, node->runs);
}

static int put_group_key(struct sk_buff *skb, const struct census_envelope *e,
			 const struct census_snapshot *snap,
			 const struct census_group *group)
{
	switch (snap->group_by) {
	case MEMCENSUS_BY_UID:
		return nla_put_u32(skb, MEMCENSUS_GROUP_UID,
				   from_kuid_munged(e->user_ns, group->uid));
	case MEMCENSUS_BY_CGROUP:
		return census_put_u64(skb, MEMCENSUS_GROUP_CGROUP, group->cgroup);
	case MEMCENSUS_BY_COMM:
		return nla_put_string(skb, MEMCENSUS_GROUP_COMM, group->comm);
	default:
		return 0;
	}
}

static int fill_group(struct sk_buff *skb, const struct census_envelope *e,
		      const struct census_snapshot *snap, const void *record)
{
	const struct census_group *group = record;

	return nla_put_u32(skb, MEMCENSUS_GROUP_ID, group - snap->groups) ||
	       (group->parent && nla_put_u32(skb, MEMCENSUS_GROUP_PARENT, group->parent)) ||
	       put_group_key(skb, e, snap, group) ||
	       nla_put_u32(skb, MEMCENSUS_GROUP_MMS, group->mms) ||
	       census_message_known(skb, MEMCENSUS_GROUP_FIGURES, group->figures.known,
				    group->figures.value, MEMCENSUS_F_MAX);
}

static int put_vma_file(struct sk_buff *skb, const struct census_vma *vma)
{
	if (!vma->inode && !vma->dev)
		return 0;
	return nla_put_u32(skb, MEMCENSUS_VMA_DEV_MAJOR, MAJOR(vma->dev)) ||
	       nla_put_u32(skb, MEMCENSUS_VMA_DEV_MINOR, MINOR(vma->dev)) ||
	       census_put_u64(skb, MEMCENSUS_VMA_INODE, vma->inode);
}

static int fill_vma(struct sk_buff *skb, const struct census_envelope *e,
		    const struct census_snapshot *snap, const void *record)
{
	const struct census_vma *vma = record;
	char flags[CENSUS_VMA_FLAGS_LEN], mode[5];

	census_vma_flags(vma->flags, flags);
	census_vma_mode(vma->flags, mode);
	return nla_put_u32(skb, MEMCENSUS_VMA_PID, census_task_pid(vma->task, e->pid_ns)) ||
	       census_put_u64(skb, MEMCENSUS_VMA_START, vma->start) ||
	       census_put_u64(skb, MEMCENSUS_VMA_END, vma->end) ||
	       census_put_u64(skb, MEMCENSUS_VMA_OFFSET, vma->offset) ||
	       nla_put_string(skb, MEMCENSUS_VMA_MODE, mode) ||
	       nla_put_string(skb, MEMCENSUS_VMA_FLAGS, flags) ||
	       put_vma_file(skb, vma) ||
	       (vma->name && nla_put_string(skb, MEMCENSUS_VMA_NAME, vma->name)) ||
	       census_put_u64(skb, MEMCENSUS_VMA_PAGE_SIZE, 1ULL << vma->page_shift) ||
	       (vma->pkey >= 0 && nla_put_u32(skb, MEMCENSUS_VMA_PKEY, vma->pkey)) ||
	       put_packed(skb, MEMCENSUS_VMA_FIGURES, vma->figures);
}

/* Adds bytes by kind; 0 too, because all kinds are counted. */
static int put_kinds(struct sk_buff *skb, int nest, const u64 *bytes)
{
	return census_message_known(skb, nest, GENMASK_ULL(MEMCENSUS_K_MAX, MEMCENSUS_K_ANON),
				    bytes, MEMCENSUS_K_MAX);
}

static int put_process(struct sk_buff *skb, const struct census_envelope *e, int attr,
		       const struct census_task *task)
{
	return task ? nla_put_u32(skb, attr, census_task_pid(task, e->pid_ns)) : 0;
}

static int put_number(struct sk_buff *skb, int attr, u32 number)
{
	return number ? nla_put_u32(skb, attr, number) : 0;
}

static int fill_owners(struct sk_buff *skb, const struct census_envelope *e,
		       const struct census_snapshot *snap, const void *record)
{
	const struct census_owned *owned = record;

	return put_process(skb, e, MEMCENSUS_OWNERS_PID, owned->task) ||
	       put_number(skb, MEMCENSUS_OWNERS_GROUP, owned->group) ||
	       nla_put_u32(skb, MEMCENSUS_OWNERS_FEWEST, owned->fewest) ||
	       put_number(skb, MEMCENSUS_OWNERS_MOST, owned->most) ||
	       put_kinds(skb, MEMCENSUS_OWNERS_BYTES, owned->bytes);
}

static int fill_pair(struct sk_buff *skb, const struct census_envelope *e,
		     const struct census_snapshot *snap, const void *record)
{
	const struct census_pair *pair = record;
	bool unknown = pair->left_out == CENSUS_LEFT_OUT_UNKNOWN;

	return put_process(skb, e, MEMCENSUS_PAIR_PID, pair->task) ||
	       put_process(skb, e, MEMCENSUS_PAIR_PEER_PID, pair->peer) ||
	       put_number(skb, MEMCENSUS_PAIR_GROUP, pair->group) ||
	       put_number(skb, MEMCENSUS_PAIR_PEER_GROUP, pair->peer_group) ||
	       put_number(skb, MEMCENSUS_PAIR_LEFT_OUT, unknown ? 0 : pair->left_out) ||
	       put_kinds(skb, MEMCENSUS_PAIR_COMMON, pair->bytes) ||
	       (!pair->left_out && put_kinds(skb, MEMCENSUS_PAIR_ALONE, pair->alone));
}

static int fill_payer(struct sk_buff *skb, const struct census_envelope *e,
		      const struct census_snapshot *snap, const void *record)
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

/* Adds the word at @offset of each block. */
static int put_words(struct sk_buff *skb, int attr, const struct census_pages *pages,
		     const struct census_pages_part *part, size_t offset)
{
	struct nlattr *words = nla_reserve_64bit(skb, attr, part->nr * sizeof(u64),
						 MEMCENSUS_A_PAD);
	u64 *to;
	u32 i;

	if (!words)
		return -EMSGSIZE;
	to = nla_data(words);
	for (i = 0; i < part->nr; i++)
		to[i] = *(const u64 *)((const u8 *)census_page_block(pages, part->first + i) +
				       offset);
	return 0;
}

#define PUT_WORDS(attr, member)							\
	put_words(skb, MEMCENSUS_PAGES_##attr, snap->pages, part,		\
		  offsetof(struct census_page_block, member))

static int fill_pages(struct sk_buff *skb, const struct census_envelope *e,
		      const struct census_snapshot *snap, const void *record)
{
	const struct census_pages_part *part = record;

	return nla_put_u32(skb, MEMCENSUS_PAGES_PID, census_task_pid(part->task, e->pid_ns)) ||
	       census_put_u64(skb, MEMCENSUS_PAGES_START, part->start) ||
	       census_put_u64(skb, MEMCENSUS_PAGES_END, part->end) ||
	       PUT_WORDS(ADDRESSES, addr) || PUT_WORDS(RESIDENT, resident) ||
	       PUT_WORDS(EXCLUSIVE, exclusive) || PUT_WORDS(HUGE, huge) ||
	       PUT_WORDS(SWAP, swap);
}

static int put_blocks(struct sk_buff *skb, const u64 *blocks)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < CENSUS_ORDERS; i++) {
		if (blocks[i] == CENSUS_BLOCKS_UNKNOWN)
			continue;
		nest = nla_nest_start(skb, MEMCENSUS_TYPE_FREE_BLOCKS);
		if (!nest || nla_put_u32(skb, MEMCENSUS_BLOCKS_ORDER, i) ||
		    census_put_u64(skb, MEMCENSUS_BLOCKS_COUNT, blocks[i]))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_types(struct sk_buff *skb, const struct census_zone *zone)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < MIGRATE_TYPES; i++) {
		nest = nla_nest_start(skb, MEMCENSUS_ZONE_TYPE);
		if (!nest ||
		    nla_put_string(skb, MEMCENSUS_TYPE_NAME,
				   census_migratetype_name(i)) ||
		    put_blocks(skb, zone->types[i]))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int fill_zone(struct sk_buff *skb, const struct census_envelope *e,
		     const struct census_snapshot *snap, const void *record)
{
	const struct census_zone *zone = record;

	return census_message_rows(skb, census_zone_rows, zone) ||
	       nla_put_64bit(skb, MEMCENSUS_ZONE_FREE_BLOCKS,
			     sizeof(zone->blocks), zone->blocks, MEMCENSUS_A_PAD) ||
	       (e->parts & MEMCENSUS_PART_TYPES && put_types(skb, zone)) ||
	       nla_put_64bit(skb, MEMCENSUS_ZONE_LOWMEM_RESERVE, sizeof(zone->lowmem_reserve),
			     zone->lowmem_reserve, MEMCENSUS_A_PAD);
}

static int fill_node(struct sk_buff *skb, const struct census_envelope *e,
		     const struct census_snapshot *snap, const void *record)
{
	return census_message_rows(skb, census_node_rows, record);
}

static int fill_system(struct sk_buff *skb, const struct census_envelope *e,
		       const struct census_snapshot *snap, const void *record)
{
	const struct census_system *s = &snap->system;

	return census_message_known(skb, MEMCENSUS_SYSTEM_BYTES, s->bytes_known, s->bytes,
				    MEMCENSUS_S_MAX) ||
	       census_message_known(skb, MEMCENSUS_SYSTEM_EVENTS, s->events_known, s->events,
				    MEMCENSUS_E_MAX);
}

#define SHARE_FILL(fill) (CENSUS_WITH_SHARE ? (fill) : NULL)

/* By the nest that they fill. */
static census_fill_fn *const fills[] = {
	[MEMCENSUS_A_INFO] = fill_info,
	[MEMCENSUS_A_SCAN] = fill_scan,
	[MEMCENSUS_A_TASK] = fill_task,
	[MEMCENSUS_A_GROUP] = fill_group,
	[MEMCENSUS_A_VMA] = fill_vma,
	[MEMCENSUS_A_ZONE] = fill_zone,
	[MEMCENSUS_A_NODE] = fill_node,
	[MEMCENSUS_A_SYSTEM] = fill_system,
	[MEMCENSUS_A_PAGES] = fill_pages,
	[MEMCENSUS_A_OWNERS] = SHARE_FILL(fill_owners),
	[MEMCENSUS_A_PAIR] = SHARE_FILL(fill_pair),
	[MEMCENSUS_A_OOM_ZONE] = fill_zone,
	[MEMCENSUS_A_OOM_NODE] = fill_node,
	[MEMCENSUS_A_PAYER] = SHARE_FILL(fill_payer),
	[MEMCENSUS_A_TASK_NODE] = fill_task_node,
};

/**
 * census_message_put() - add one message with a nest to a buffer
 * @skb: the buffer
 * @e: common fields of the answer
 * @seq: number of the census or of the pass; 0: none
 * @nest: &enum memcensus_attr, the kind of record
 * @fill: fills the nest
 * @snap: passed to @fill
 * @record: passed to @fill
 *
 * Return: 0, or -EMSGSIZE with the buffer unchanged.
 */
int census_message_put(struct sk_buff *skb, const struct census_envelope *e, u64 seq, u8 nest,
		       census_fill_fn *fill, const struct census_snapshot *snap,
		       const void *record)
{
	void *header = genlmsg_put(skb, e->portid, e->nlseq, e->family, e->flags,
				   e->cmd);
	struct nlattr *attr;

	if (!header)
		return -EMSGSIZE;
	if (seq && census_put_u64(skb, MEMCENSUS_A_SEQ, seq))
		goto full;
	attr = nla_nest_start(skb, nest);
	if (!attr || fill(skb, e, snap, record))
		goto full;
	nla_nest_end(skb, attr);
	genlmsg_end(skb, header);
	return 0;
full:
	genlmsg_cancel(skb, header);
	return -EMSGSIZE;
}

/**
 * census_message_add() - add one message to a buffer
 * @skb: the buffer; the name of a VMA may need PATH_MAX
 * @e: common fields of the answer
 * @snap: the census; NULL for INFO, OOM_ZONE and OOM_NODE
 * @nest: &enum memcensus_attr, the kind of record
 * @record: for TASK, TASK_NODE, GROUP, VMA, ZONE, NODE, OWNERS, PAIR, PAYER, OOM_ZONE and
 *	OOM_NODE; a &struct census_pages_part for PAGES
 *
 * Return: 0, or -EMSGSIZE with the buffer unchanged.
 */
int census_message_add(struct sk_buff *skb, const struct census_envelope *e,
		       const struct census_snapshot *snap, u8 nest,
		       const void *record)
{
	return census_message_put(skb, e, snap ? snap->seq : 0, nest, fills[nest], snap, record);
}

/* The most that a record needs that does not fit in a page of 4 KiB: it has a path. */
#define LARGE (PATH_MAX + 2048)

/* Checks whether a record of kind @nest may be larger than a page of 4 KiB with its headers. */
static bool is_large(const struct census_envelope *e, u8 nest)
{
	BUILD_BUG_ON(CENSUS_PAGES_PART * sizeof(struct census_page_block) + 512 > LARGE);
	BUILD_BUG_ON(MIGRATE_TYPES * CENSUS_ORDERS * 32 + 1536 > LARGE);
	BUILD_BUG_ON(MEMCENSUS_BLOCK_RECORDS_MAX * sizeof(u64) + 512 > 3072);
	switch (nest) {
	case MEMCENSUS_A_VMA:
		return e->parts & MEMCENSUS_PART_VMAS;
	case MEMCENSUS_A_ZONE:
		return e->parts & MEMCENSUS_PART_TYPES;
	case MEMCENSUS_A_FRAME_FILE:
		return e->paths;
	default:
		return nest == MEMCENSUS_A_PAGES;
	}
}

/**
 * census_message_begin() - the first answer of a dump: INFO
 * @skb: the buffer
 * @cb: of the dump
 * @e: common fields of the answer
 * @stages: kinds of the records that follow
 * @nr: number of @stages
 *
 * Each dump begins here, which states the most that a record of it needs.  Without it the kernel
 * allocates a page if it has no more at once or the reader offers a small buffer, and a record
 * that does not fit ends the dump.
 *
 * Return: length of @skb, or -EMSGSIZE.
 */
int census_message_begin(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct census_envelope *e, const u8 *stages, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (is_large(e, stages[i]))
			cb->min_dump_alloc = LARGE;
	return census_message_add(skb, e, NULL, MEMCENSUS_A_INFO, NULL) ?: skb->len;
}
