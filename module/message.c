// SPDX-License-Identifier: GPL-2.0
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/netlink.h>

#include "message.h"
#include "params.h"
#include "zones.h"

/* PAD has the same number in every nest. */
#define PAD MEMCENSUS_A_PAD

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, PAD);
}

static int put_pages(struct sk_buff *skb, int attr, u64 pages)
{
	return put_u64(skb, attr, pages << PAGE_SHIFT);
}

/* Those of @values, by attribute number, whose bit is set in @known. */
static int put_known(struct sk_buff *skb, int nest, u64 known,
		     const u64 *values, unsigned int max)
{
	struct nlattr *start = nla_nest_start(skb, nest);
	unsigned int i;

	if (!start)
		return -EMSGSIZE;
	for (i = 0; i <= max; i++)
		if (known >> i & 1 && put_u64(skb, i, values[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, start);
	return 0;
}

struct message {
	void *header;
	struct nlattr *nest;
};

static bool begin(struct sk_buff *skb, const struct census_envelope *e,
		  const struct census_snapshot *snap, u8 cmd, int nest,
		  struct message *msg)
{
	msg->header = genlmsg_put(skb, e->portid, e->nlseq, e->family, e->flags,
				  cmd);
	if (!msg->header)
		return false;
	if (snap && put_u64(skb, MEMCENSUS_A_SEQ, snap->seq))
		return false;
	msg->nest = nla_nest_start(skb, nest);
	return msg->nest;
}

static int end(struct sk_buff *skb, struct message *msg, int err)
{
	if (!err) {
		nla_nest_end(skb, msg->nest);
		genlmsg_end(skb, msg->header);
		return 0;
	}
	if (msg->header)
		genlmsg_cancel(skb, msg->header);
	return -EMSGSIZE;
}

/**
 * census_message_info() - what is loaded
 * @skb: added to
 * @e: of the answer
 */
int census_message_info(struct sk_buff *skb, const struct census_envelope *e)
{
	struct message msg = {};
	int err = !begin(skb, e, NULL, MEMCENSUS_CMD_INFO, MEMCENSUS_A_INFO,
			 &msg) ||
		nla_put_u32(skb, MEMCENSUS_INFO_ABI, MEMCENSUS_ABI) ||
		nla_put_string(skb, MEMCENSUS_INFO_VERSION,
			       THIS_MODULE->version) ||
		nla_put_string(skb, MEMCENSUS_INFO_KERNEL,
			       init_utsname()->release) ||
		nla_put_u32(skb, MEMCENSUS_INFO_PAGE_SIZE, PAGE_SIZE) ||
		nla_put_u32(skb, MEMCENSUS_INFO_ORDERS, CENSUS_ORDERS) ||
		nla_put_u8(skb, MEMCENSUS_INFO_MAPCOUNT_EXACT,
			   CENSUS_MAPCOUNT_EXACT) ||
		put_u64(skb, MEMCENSUS_INFO_MAX_AGE, census_params.max_age) ||
		put_u64(skb, MEMCENSUS_INFO_LOCK_HOLD,
			census_params.lock_hold) ||
		put_u64(skb, MEMCENSUS_INFO_BUSY_BUDGET,
			census_params.busy_budget) ||
		put_u64(skb, MEMCENSUS_INFO_MAX_MEM, census_params.max_mem) ||
		nla_put_u32(skb, MEMCENSUS_INFO_WORKERS, census_params.workers);

	return end(skb, &msg, err);
}

static int put_walk_cost(struct sk_buff *skb, const struct census_cost *c)
{
	return put_u64(skb, MEMCENSUS_SCAN_LOCK_HOLD_MAX, c->lock_hold_max) ||
	       put_u64(skb, MEMCENSUS_SCAN_LOCK_STRETCHES,
		       c->lock_stretches) ||
	       put_u64(skb, MEMCENSUS_SCAN_MMS, c->mms) ||
	       put_u64(skb, MEMCENSUS_SCAN_WALKED, c->walked) ||
	       put_u64(skb, MEMCENSUS_SCAN_BUSY, c->busy) ||
	       put_u64(skb, MEMCENSUS_SCAN_VANISHED, c->vanished) ||
	       put_u64(skb, MEMCENSUS_SCAN_PARTIAL, c->partial) ||
	       put_u64(skb, MEMCENSUS_SCAN_KTHREADS, c->kthreads) ||
	       put_u64(skb, MEMCENSUS_SCAN_ZOMBIES, c->zombies) ||
	       put_u64(skb, MEMCENSUS_SCAN_PTES, c->ptes) ||
	       put_u64(skb, MEMCENSUS_SCAN_PAGES, c->pages) ||
	       put_u64(skb, MEMCENSUS_SCAN_SLICES, c->slices);
}

static int put_frames_cost(struct sk_buff *skb, const struct census_cost *c)
{
	return put_u64(skb, MEMCENSUS_SCAN_FRAMES, c->frames) ||
	       put_u64(skb, MEMCENSUS_SCAN_PSS, c->pss) ||
	       put_u64(skb, MEMCENSUS_SCAN_VIOLATIONS, c->violations);
}

/**
 * census_message_scan() - what the census was and what it cost
 * @skb: added to
 * @e: of the answer
 * @snap: the census
 */
int census_message_scan(struct sk_buff *skb, const struct census_envelope *e,
			const struct census_snapshot *snap)
{
	const struct census_cost *c = &snap->cost;
	struct message msg = {};
	int err = !begin(skb, e, snap, MEMCENSUS_CMD_SCAN, MEMCENSUS_A_SCAN,
			 &msg) ||
		nla_put_u8(skb, MEMCENSUS_SCAN_BASIS, snap->basis) ||
		nla_put_u32(skb, MEMCENSUS_SCAN_PARTS, snap->parts) ||
		put_u64(skb, MEMCENSUS_SCAN_REALTIME, c->realtime) ||
		put_u64(skb, MEMCENSUS_SCAN_BOOTTIME, c->boottime) ||
		put_u64(skb, MEMCENSUS_SCAN_WALL, c->wall) ||
		put_u64(skb, MEMCENSUS_SCAN_CPU, c->cpu) ||
		put_u64(skb, MEMCENSUS_SCAN_MEMORY, c->memory) ||
		(snap->walked && put_walk_cost(skb, c)) ||
		(snap->walked && snap->basis == MEMCENSUS_BASIS_FRAMES &&
		 put_frames_cost(skb, c));

	return end(skb, &msg, err);
}

/* The number of @twin for the asker; 0: none, or it is that of the record. */
static u32 twin_pid(const struct census_envelope *e,
		    const struct census_twin *twin, u32 pid)
{
	u32 nr = pid_nr_ns(twin->pid, e->pid_ns);

	return nr == pid ? 0 : nr;
}

static int put_twins(struct sk_buff *skb, const struct census_envelope *e,
		     const struct census_task *task, u32 record)
{
	const struct census_twin *twin;
	unsigned int nr = 0;
	struct nlattr *attr;
	u32 *pids;

	for (twin = task->twins; twin; twin = twin->next)
		nr += !!twin_pid(e, twin, record);
	if (nla_put_u32(skb, MEMCENSUS_TASK_NR_TWINS, nr))
		return -EMSGSIZE;
	if (!nr)
		return 0;
	nr = min_t(unsigned int, nr, MEMCENSUS_TWINS_MAX);
	attr = nla_reserve(skb, MEMCENSUS_TASK_TWINS, nr * sizeof(u32));
	if (!attr)
		return -EMSGSIZE;
	pids = nla_data(attr);
	/* What is outside of the asker's namespace was not counted above. */
	for (twin = task->twins; twin && nr; twin = twin->next) {
		u32 pid = twin_pid(e, twin, record);

		if (pid) {
			*pids++ = pid;
			nr--;
		}
	}
	/* A twin that was reaped between the two loops has no number any more. */
	memset(pids, 0, nr * sizeof(u32));
	return 0;
}

/**
 * census_message_task() - one address space
 * @skb: added to
 * @e: of the answer
 * @snap: the census
 * @task: of @snap; outside of the asker's PID namespace nothing is added
 */
int census_message_task(struct sk_buff *skb, const struct census_envelope *e,
			const struct census_snapshot *snap,
			const struct census_task *task)
{
	u32 pid = census_task_pid(task, e->pid_ns);
	struct message msg = {};
	int err;

	if (!pid)
		return 0;
	err = !begin(skb, e, snap, MEMCENSUS_CMD_TASK, MEMCENSUS_A_TASK,
		     &msg) ||
		nla_put_u32(skb, MEMCENSUS_TASK_PID, pid) ||
		put_twins(skb, e, task, pid) ||
		nla_put_u32(skb, MEMCENSUS_TASK_PPID,
			    pid_nr_ns(task->parent, e->pid_ns)) ||
		nla_put_string(skb, MEMCENSUS_TASK_COMM, task->comm) ||
		nla_put_u32(skb, MEMCENSUS_TASK_UID,
			    from_kuid_munged(e->user_ns, task->uid)) ||
		(IS_ENABLED(CONFIG_CGROUPS) &&
		 put_u64(skb, MEMCENSUS_TASK_CGROUP, task->cgroup)) ||
		put_u64(skb, MEMCENSUS_TASK_START, task->start) ||
		nla_put_u32(skb, MEMCENSUS_TASK_THREADS, task->threads) ||
		nla_put_u8(skb, MEMCENSUS_TASK_STATE, task->state) ||
		(task->basis &&
		 nla_put_u8(skb, MEMCENSUS_TASK_BASIS, task->basis)) ||
		put_u64(skb, MEMCENSUS_TASK_MIN_FAULTS, task->min_faults) ||
		put_u64(skb, MEMCENSUS_TASK_MAJ_FAULTS, task->maj_faults) ||
		nla_put_s32(skb, MEMCENSUS_TASK_OOM_SCORE_ADJ,
			    task->oom_score_adj) ||
		put_known(skb, MEMCENSUS_TASK_FIGURES, task->figures.known,
			  task->figures.value, MEMCENSUS_F_MAX);
	return end(skb, &msg, err);
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
		return put_u64(skb, MEMCENSUS_GROUP_CGROUP, group->cgroup);
	case MEMCENSUS_BY_COMM:
		return nla_put_string(skb, MEMCENSUS_GROUP_COMM, group->comm);
	default:
		return 0;
	}
}

/**
 * census_message_group() - address spaces put together
 * @skb: added to
 * @e: of the answer
 * @snap: the census
 * @group: of @snap
 */
int census_message_group(struct sk_buff *skb, const struct census_envelope *e,
			 const struct census_snapshot *snap,
			 const struct census_group *group)
{
	struct message msg = {};
	int err = !begin(skb, e, snap, MEMCENSUS_CMD_GROUP, MEMCENSUS_A_GROUP,
			 &msg) ||
		put_group_key(skb, e, snap, group) ||
		nla_put_u32(skb, MEMCENSUS_GROUP_MMS, group->mms) ||
		put_known(skb, MEMCENSUS_GROUP_FIGURES, group->figures.known,
			  group->figures.value, MEMCENSUS_F_MAX);

	return end(skb, &msg, err);
}

static int put_vma_file(struct sk_buff *skb, const struct census_vma *vma)
{
	if (!vma->inode && !vma->dev)
		return 0;
	return nla_put_u32(skb, MEMCENSUS_VMA_DEV_MAJOR, MAJOR(vma->dev)) ||
	       nla_put_u32(skb, MEMCENSUS_VMA_DEV_MINOR, MINOR(vma->dev)) ||
	       put_u64(skb, MEMCENSUS_VMA_INODE, vma->inode);
}

/**
 * census_message_vma() - one mapping
 * @skb: added to; a name may need PATH_MAX
 * @e: of the answer
 * @snap: the census
 * @vma: of @snap; outside of the asker's PID namespace nothing is added
 */
int census_message_vma(struct sk_buff *skb, const struct census_envelope *e,
		       const struct census_snapshot *snap,
		       const struct census_vma *vma)
{
	u32 pid = census_task_pid(vma->task, e->pid_ns);
	struct message msg = {};
	int err;

	if (!pid)
		return 0;
	err = !begin(skb, e, snap, MEMCENSUS_CMD_VMA, MEMCENSUS_A_VMA, &msg) ||
		nla_put_u32(skb, MEMCENSUS_VMA_PID, pid) ||
		put_u64(skb, MEMCENSUS_VMA_START, vma->start) ||
		put_u64(skb, MEMCENSUS_VMA_END, vma->end) ||
		put_u64(skb, MEMCENSUS_VMA_OFFSET, vma->offset) ||
		nla_put_string(skb, MEMCENSUS_VMA_MODE, vma->mode) ||
		nla_put_string(skb, MEMCENSUS_VMA_FLAGS, vma->flags) ||
		put_vma_file(skb, vma) ||
		(vma->name &&
		 nla_put_string(skb, MEMCENSUS_VMA_NAME, vma->name)) ||
		put_u64(skb, MEMCENSUS_VMA_PAGE_SIZE, vma->page_size) ||
		(vma->pkey >= 0 &&
		 nla_put_u32(skb, MEMCENSUS_VMA_PKEY, vma->pkey)) ||
		put_known(skb, MEMCENSUS_VMA_FIGURES, vma->figures.known,
			  vma->figures.value, MEMCENSUS_F_MAX);
	return end(skb, &msg, err);
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
		    nla_put_64bit(skb, MEMCENSUS_TYPE_FREE_BLOCKS,
				  sizeof(zone->types[i]), zone->types[i], PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_lowmem_reserve(struct sk_buff *skb,
			      const struct census_zone *zone)
{
	u64 bytes[MAX_NR_ZONES];
	unsigned int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		bytes[i] = zone->lowmem_reserve[i] << PAGE_SHIFT;
	return nla_put_64bit(skb, MEMCENSUS_ZONE_LOWMEM_RESERVE, sizeof(bytes),
			     bytes, PAD);
}

static int put_indices(struct sk_buff *skb, const struct census_zone *zone)
{
	s32 unusable[CENSUS_ORDERS], extfrag[CENSUS_ORDERS];
	unsigned int i;

	for (i = 0; i < CENSUS_ORDERS; i++) {
		unusable[i] = census_unusable_index(zone->blocks,
						    CENSUS_ORDERS, i);
		extfrag[i] = census_extfrag_index(zone->blocks, CENSUS_ORDERS,
						  i);
	}
	return nla_put(skb, MEMCENSUS_ZONE_UNUSABLE, sizeof(unusable),
		       unusable) ||
	       nla_put(skb, MEMCENSUS_ZONE_EXTFRAG, sizeof(extfrag), extfrag);
}

/**
 * census_message_zone() - one zone
 * @skb: added to
 * @e: of the answer
 * @snap: the census
 * @zone: of @snap
 * @types: with free blocks by migrate type
 */
int census_message_zone(struct sk_buff *skb, const struct census_envelope *e,
			const struct census_snapshot *snap,
			const struct census_zone *zone, bool types)
{
	struct message msg = {};
	int err = !begin(skb, e, snap, MEMCENSUS_CMD_ZONE, MEMCENSUS_A_ZONE,
			 &msg) ||
		nla_put_u32(skb, MEMCENSUS_ZONE_NODE, zone->nid) ||
		nla_put_string(skb, MEMCENSUS_ZONE_NAME, zone->name) ||
		nla_put_64bit(skb, MEMCENSUS_ZONE_FREE_BLOCKS,
			      sizeof(zone->blocks), zone->blocks, PAD) ||
		(types && put_types(skb, zone)) ||
		put_pages(skb, MEMCENSUS_ZONE_FREE, zone->free) ||
		put_pages(skb, MEMCENSUS_ZONE_WMARK_MIN, zone->wmark[0]) ||
		put_pages(skb, MEMCENSUS_ZONE_WMARK_LOW, zone->wmark[1]) ||
		put_pages(skb, MEMCENSUS_ZONE_WMARK_HIGH, zone->wmark[2]) ||
		put_pages(skb, MEMCENSUS_ZONE_WMARK_BOOST, zone->boost) ||
		put_pages(skb, MEMCENSUS_ZONE_SPANNED, zone->spanned) ||
		put_pages(skb, MEMCENSUS_ZONE_PRESENT, zone->present) ||
		put_pages(skb, MEMCENSUS_ZONE_MANAGED, zone->managed) ||
		put_pages(skb, MEMCENSUS_ZONE_PCP, zone->pcp) ||
		put_pages(skb, MEMCENSUS_ZONE_HIGHATOMIC, zone->highatomic) ||
		(zone->has_cma &&
		 put_pages(skb, MEMCENSUS_ZONE_CMA_FREE, zone->cma_free)) ||
		put_lowmem_reserve(skb, zone) ||
		put_indices(skb, zone);

	return end(skb, &msg, err);
}

/**
 * census_message_node() - one node and its kswapd
 * @skb: added to
 * @e: of the answer
 * @snap: the census
 * @node: of @snap
 */
int census_message_node(struct sk_buff *skb, const struct census_envelope *e,
			const struct census_snapshot *snap,
			const struct census_node *node)
{
	const u64 *lru = node->lru;
	struct message msg = {};
	int err = !begin(skb, e, snap, MEMCENSUS_CMD_NODE, MEMCENSUS_A_NODE,
			 &msg) ||
		nla_put_u32(skb, MEMCENSUS_NODE_ID, node->nid) ||
		nla_put_u8(skb, MEMCENSUS_NODE_KSWAPD, node->kswapd) ||
		nla_put_u32(skb, MEMCENSUS_NODE_KSWAPD_ORDER, node->order) ||
		(*node->zone &&
		 nla_put_string(skb, MEMCENSUS_NODE_KSWAPD_ZONE,
				node->zone)) ||
		nla_put_u32(skb, MEMCENSUS_NODE_KSWAPD_FAILURES,
			    node->failures) ||
		nla_put_u8(skb, MEMCENSUS_NODE_BALANCED, node->balanced) ||
		put_pages(skb, MEMCENSUS_NODE_SPANNED, node->spanned) ||
		put_pages(skb, MEMCENSUS_NODE_PRESENT, node->present) ||
		put_pages(skb, MEMCENSUS_NODE_ACTIVE_ANON,
			  lru[LRU_ACTIVE_ANON]) ||
		put_pages(skb, MEMCENSUS_NODE_INACTIVE_ANON,
			  lru[LRU_INACTIVE_ANON]) ||
		put_pages(skb, MEMCENSUS_NODE_ACTIVE_FILE,
			  lru[LRU_ACTIVE_FILE]) ||
		put_pages(skb, MEMCENSUS_NODE_INACTIVE_FILE,
			  lru[LRU_INACTIVE_FILE]) ||
		put_pages(skb, MEMCENSUS_NODE_UNEVICTABLE,
			  lru[LRU_UNEVICTABLE]) ||
		put_pages(skb, MEMCENSUS_NODE_ISOLATED_ANON,
			  node->isolated[0]) ||
		put_pages(skb, MEMCENSUS_NODE_ISOLATED_FILE,
			  node->isolated[1]) ||
		put_pages(skb, MEMCENSUS_NODE_DIRTY, node->dirty) ||
		put_pages(skb, MEMCENSUS_NODE_WRITEBACK, node->writeback);

	return end(skb, &msg, err);
}

/**
 * census_message_system() - totals of the system
 * @skb: added to
 * @e: of the answer
 * @snap: the census
 */
int census_message_system(struct sk_buff *skb, const struct census_envelope *e,
			  const struct census_snapshot *snap)
{
	const struct census_system *s = &snap->system;
	struct message msg = {};
	int err = !begin(skb, e, snap, MEMCENSUS_CMD_SYSTEM,
			 MEMCENSUS_A_SYSTEM, &msg) ||
		put_known(skb, MEMCENSUS_SYSTEM_BYTES, s->bytes_known,
			  s->bytes, MEMCENSUS_S_MAX) ||
		put_known(skb, MEMCENSUS_SYSTEM_EVENTS, s->events_known,
			  s->events, MEMCENSUS_E_MAX);

	return end(skb, &msg, err);
}
