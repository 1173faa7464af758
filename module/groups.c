// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "groups.h"
#include "memory.h"

/* What puts an address space into its group, as bytes to be compared. */
struct member {
	u8 bytes[TASK_COMM_LEN];
	struct census_task *task;
};

static void fill_key(struct member *key, struct census_task *task, u8 by)
{
	memset(key->bytes, 0, sizeof(key->bytes));
	key->task = task;
	switch (by) {
	case MEMCENSUS_BY_UID:
		memcpy(key->bytes, &task->uid, sizeof(task->uid));
		break;
	case MEMCENSUS_BY_CGROUP:
		memcpy(key->bytes, &task->cgroup, sizeof(task->cgroup));
		break;
	case MEMCENSUS_BY_COMM:
		strscpy(key->bytes, task->comm, sizeof(key->bytes));
		break;
	}
}

static int compare(const void *a, const void *b)
{
	return memcmp(((const struct member *)a)->bytes,
		      ((const struct member *)b)->bytes, TASK_COMM_LEN);
}

/* Equal keys become neighbours and get one group; group 0 is of nobody's. */
static void number_groups(struct member *keys, unsigned int nr)
{
	unsigned int i, group = 0;

	sort(keys, nr, sizeof(*keys), compare, NULL);
	for (i = 0; i < nr; i++) {
		if (!i || compare(&keys[i - 1], &keys[i]))
			group++;
		keys[i].task->group = group;
	}
}

static int alloc_groups(struct census_snapshot *snap, const struct member *keys,
			unsigned int nr)
{
	unsigned int i;

	snap->nr_groups = nr ? keys[nr - 1].task->group + 1 : 1;
	snap->groups = census_snapshot_memory(snap, snap->nr_groups *
					      sizeof(*snap->groups));
	if (!snap->groups) {
		snap->nr_groups = 0;
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++) {
		const struct census_task *task = keys[i].task;
		struct census_group *group = &snap->groups[task->group];

		group->uid = task->uid;
		group->cgroup = task->cgroup;
		memcpy(group->comm, task->comm, sizeof(group->comm));
	}
	return 0;
}

/*
 * Whom the asker cannot see is in no group: he would learn names and amounts
 * that his /proc does not tell.
 */
static bool is_grouped(const struct census_snapshot *snap,
		       const struct census_mm *m)
{
	return m->task && census_task_pid(m->task, snap->pid_ns);
}

static int form_groups(struct census_snapshot *snap,
		       const struct list_head *mms)
{
	const struct census_mm *m;
	unsigned int nr = 0;
	struct member *keys;
	int err;

	list_for_each_entry(m, mms, link)
		nr += is_grouped(snap, m);
	keys = census_kvcalloc(nr + 1, sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	nr = 0;
	list_for_each_entry(m, mms, link)
		if (is_grouped(snap, m))
			fill_key(&keys[nr++], m->task, snap->group_by);
	number_groups(keys, nr);
	err = alloc_groups(snap, keys, nr);
	kvfree(keys);
	return err;
}

/* Figures that a group has of its own, not as the sum of its members'. */
#define OWN (BIT_ULL(MEMCENSUS_F_FRAMES) | BIT_ULL(MEMCENSUS_F_USS) | \
	     BIT_ULL(MEMCENSUS_F_SHARED) | BIT_ULL(MEMCENSUS_F_HUGETLB) | \
	     BIT_ULL(MEMCENSUS_F_PRIVATE_HUGETLB) | \
	     BIT_ULL(MEMCENSUS_F_SHARED_HUGETLB))

/* Figures that do not add up, and that a group does not have. */
#define NOT_ADDED (BIT_ULL(MEMCENSUS_F_SWAP_USS) | \
		   BIT_ULL(MEMCENSUS_F_RSS_PEAK))

static void own_figures(struct census_snapshot *snap,
			const struct census_frames *frames,
			const struct census_holding *holdings)
{
	const struct census_sums none = {};
	unsigned int i, j;

	for (i = 0; i < snap->nr_groups; i++) {
		const struct census_holding *h = &holdings[i * CENSUS_KINDS];
		struct census_figures *f = &snap->groups[i].figures;
		struct census_figures of = {};

		census_holdings_figures(&none, h, frames->hugetlb, PAGE_SIZE,
					&of);
		for (j = 0; j <= MEMCENSUS_F_MAX; j++)
			if (OWN >> j & 1)
				census_figure_set(f, j, of.value[j]);
		if (!frames->swap_lost)
			census_figure_set(f, MEMCENSUS_F_SWAP_USS,
					  h[CENSUS_OF_SWAP].alone << PAGE_SHIFT);
	}
}

/**
 * census_groups_gather() - form the groups; what they have together
 * @snap: what they are by is in it
 * @frames: all have marked; not settled
 * @next_owner: the numbers of all owners are lower
 * @mms: &struct census_mm, with their records
 *
 * Return: 0 or -ENOMEM.
 */
int census_groups_gather(struct census_snapshot *snap,
			 struct census_frames *frames, u32 next_owner,
			 const struct list_head *mms)
{
	struct census_holding *holdings = NULL;
	const struct census_mm *m;
	u32 *group_of, i;
	int err;

	err = form_groups(snap, mms);
	if (err)
		return err;
	group_of = census_kvcalloc(next_owner, sizeof(*group_of));
	if (group_of) {
		list_for_each_entry(m, mms, link)
			for (i = 0; i < m->nr_owners; i++)
				group_of[m->first_owner + i] =
					m->task ? m->task->group : 0;
		holdings = census_frames_join(frames, group_of,
					      snap->nr_groups);
	}
	if (holdings)
		own_figures(snap, frames, holdings);
	else
		err = -ENOMEM;
	kvfree(holdings);
	kvfree(group_of);
	return err;
}

/**
 * census_groups_sum() - what adds up over the members
 * @snap: all its tasks have their figures
 */
void census_groups_sum(struct census_snapshot *snap)
{
	unsigned int i, n;

	for (i = 0; i < snap->nr_tasks && snap->nr_groups; i++) {
		const struct census_task *task = snap->tasks[i];
		struct census_group *group = &snap->groups[task->group];
		struct census_figures *f = &group->figures;

		group->mms++;
		group->share += task->share;
		/* Rounded once, not for each member. */
		census_figure_set(f, MEMCENSUS_F_PSS,
				  census_share_bytes(group->share, PAGE_SIZE));
		for (n = 0; n <= MEMCENSUS_F_MAX; n++) {
			if (!census_figure_known(&task->figures, n) ||
			    n == MEMCENSUS_F_PSS || (OWN | NOT_ADDED) >> n & 1)
				continue;
			census_figure_set(f, n, f->value[n] +
					  task->figures.value[n]);
		}
	}
}
