// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "groups.h"
#include "memory.h"

/* Group key of an address space, as bytes to compare. */
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

static bool is_same(const struct member *a, const struct member *b)
{
	return !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

/**
 * struct group_table - finds the group of a key
 * @first: index of the first member of a group in @keys plus 1, 0: none
 * @mask: length of @first, a power of two, minus one
 * @seed: users choose names of commands, so the hash is keyed
 */
struct group_table {
	u32 *first;
	u32 mask;
	u32 seed;
};

/* Return: where the first member of the group of @keys[@i] is, or is to be entered. */
static u32 *find_first(const struct group_table *t, const struct member *keys, u32 i)
{
	u32 at = jhash(keys[i].bytes, sizeof(keys[i].bytes), t->seed);

	while (t->first[at & t->mask] &&
	       !is_same(&keys[t->first[at & t->mask] - 1], &keys[i]))
		at++;
	return &t->first[at & t->mask];
}

/*
 * Gives each set of equal keys a group number.  Group 0 is for all other tasks.
 *
 * Return: the number of groups with group 0, -ENOMEM, or -EINTR after a fatal signal.
 */
static int number_groups(struct member *keys, u32 nr)
{
	struct group_table t = { .seed = get_random_u32() };
	int groups = 1;
	u32 i, *first;

	t.mask = roundup_pow_of_two(2UL * nr + 2) - 1;
	t.first = census_kvcalloc(t.mask + 1UL, sizeof(*t.first));
	if (!t.first)
		return -ENOMEM;
	for (i = 0; i < nr && groups > 0; i++) {
		first = find_first(&t, keys, i);
		if (!*first) {
			*first = i + 1;
			keys[i].task->group = groups++;
		} else {
			keys[i].task->group = keys[*first - 1].task->group;
		}
		cond_resched();
		if (fatal_signal_pending(current))
			groups = -EINTR;
	}
	kvfree(t.first);
	return groups;
}

static int alloc_groups(struct census_snapshot *snap, const struct member *keys,
			unsigned int nr, unsigned int nr_groups)
{
	unsigned int i;

	snap->groups = census_snapshot_memory(snap, array_size(nr_groups,
							       sizeof(*snap->groups)));
	if (!snap->groups)
		return -ENOMEM;
	snap->nr_groups = nr_groups;
	for (i = 0; i < nr; i++) {
		const struct census_task *task = keys[i].task;
		struct census_group *group = &snap->groups[task->group];

		group->uid = task->uid;
		group->cgroup = task->cgroup;
		memcpy(group->comm, task->comm, sizeof(group->comm));
		cond_resched();
	}
	return 0;
}

/*
 * A task that the caller cannot see is in no group: it would reveal names and amounts
 * that the caller's /proc does not show.
 */
static bool is_grouped(const struct census_snapshot *snap,
		       const struct census_mm *m)
{
	return m->task && m->task->pid && census_task_pid(m->task, snap->pid_ns);
}

/**
 * census_groups_form() - assign address spaces to groups
 * @snap: contains the grouping key; gets the groups
 * @mms: &struct census_mm, with their records
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_groups_form(struct census_snapshot *snap, const struct list_head *mms)
{
	const struct census_mm *m;
	unsigned int nr = 0;
	struct member *keys;
	int ret;

	list_for_each_entry(m, mms, link) {
		nr += is_grouped(snap, m);
		cond_resched();
	}
	keys = census_kvcalloc(nr + 1, sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	nr = 0;
	list_for_each_entry(m, mms, link) {
		if (is_grouped(snap, m))
			fill_key(&keys[nr++], m->task, snap->group_by);
		cond_resched();
	}
	ret = number_groups(keys, nr);
	if (ret > 0)
		ret = alloc_groups(snap, keys, nr, ret);
	kvfree(keys);
	return ret;
}

#define F(figure) BIT_ULL(MEMCENSUS_F_##figure)

/* Figures that are counted for the whole group. */
#define OWN (F(FRAMES) | F(USS) | F(SHARED) | F(HUGETLB) | F(PRIVATE_HUGETLB) | \
	     F(SHARED_HUGETLB) | F(USS_ANON) | F(USS_FILE) | F(USS_SHMEM))

/* Figures that cannot be added; absent unless known from elsewhere. */
#define NOT_ADDED (F(SWAP_USS) | F(RSS_PEAK))

/* Figures that are sums over the members. */
#define SUMMED (F(VSS) | F(RSS) | F(RSS_COUNTER) | F(PSS) | F(ANON) | \
		F(SHMEM) | F(PSS_ANON) | F(PSS_FILE) | F(PSS_SHMEM) | F(PSS_DIRTY) | \
		F(SHARED_CLEAN) | F(SHARED_DIRTY) | F(PRIVATE_CLEAN) | \
		F(PRIVATE_DIRTY) | F(REFERENCED) | F(KSM) | F(LAZYFREE) | F(THP) | \
		F(ANON_THP) | F(SHMEM_THP) | F(FILE_THP) | F(SWAP) | F(SWAP_PSS) | \
		F(SPECIAL) | F(PAGETABLES) | F(HEAP) | F(STACK) | F(LOCKED) | \
		F(MLOCKED) | F(HUGETLB_PSS) | F(FILE))

static_assert((OWN ^ NOT_ADDED ^ SUMMED) == GENMASK_ULL(MEMCENSUS_F_MAX, MEMCENSUS_F_VSS),
	      "a figure is in none of the three, or in two");

static void own_figures(struct census_snapshot *snap,
			const struct census_holding *holdings,
			const unsigned int *hugetlb, bool swap_known)
{
	const struct census_sums none = {};
	unsigned int i, j;

	for (i = 0; i < snap->nr_groups; i++) {
		const struct census_holding *h = &holdings[i * CENSUS_KINDS];
		struct census_figures *f = &snap->groups[i].figures;
		struct census_figures of = {};

		census_holdings_figures(&none, h, hugetlb, PAGE_SIZE, &of);
		for (j = 0; j <= MEMCENSUS_F_MAX; j++)
			if (OWN >> j & 1)
				census_figure_set(f, j, of.value[j]);
		if (swap_known)
			census_figure_set(f, MEMCENSUS_F_SWAP_USS,
					  h[CENSUS_OF_SWAP].exclusive << PAGE_SHIFT);
		cond_resched();
	}
}

/**
 * struct group_turn - a turn of a member of a group
 * @turn: number of the turn
 * @next: index of the next turn of the group, 0: none
 * @owners: contains the turn
 */
struct group_turn {
	u32 turn;
	u32 next;
	const struct census_owners *owners;
};

/**
 * struct grouping - the turns of all workers, linked by group
 * @states: of blocks, see census_turn_group()
 * @group_of: by number of the address space; 0 also if it vanished
 * @first: by group, index of its first turn, 0: none
 * @turns: all turns, from index 1
 */
struct grouping {
	struct census_pool states;
	u32 *group_of;
	u32 *first;
	struct group_turn *turns;
};

static void chain_turns(struct grouping *g, const struct census_owners *o, u32 *nr)
{
	u32 turn, *first;

	for (turn = 0; turn < o->nr_turns; turn++) {
		first = &g->first[g->group_of[census_turn(o, turn)->space]];
		g->turns[++*nr] = (struct group_turn) {
			.turn = turn, .next = *first, .owners = o,
		};
		*first = *nr;
		cond_resched();
	}
}

static int grouping_begin(struct grouping *g, const struct census_snapshot *snap,
			  struct census_frames *const *workers, unsigned int nr,
			  const struct census_collection *collection)
{
	const struct census_mm *m;
	u32 nr_turns = 0;
	unsigned int w;

	/* Unit 0 must not be used for a state: see census_frames_prepare_groups(). */
	g->states = (struct census_pool) { .budget = workers[0]->budget, .nr = 1 };
	for (w = 0; w < nr; w++)
		nr_turns += workers[w]->owners.nr_turns;
	g->group_of = census_kvcalloc(collection->last_number + 1,
				      sizeof(*g->group_of));
	g->first = census_kvcalloc(snap->nr_groups, sizeof(*g->first));
	g->turns = census_kvcalloc(nr_turns + 1, sizeof(*g->turns));
	if (!g->group_of || !g->first || !g->turns)
		return -ENOMEM;
	list_for_each_entry(m, &collection->mms, link) {
		if (m->task && m->state != MEMCENSUS_STATE_VANISHED)
			g->group_of[m->number] = m->task->group;
		cond_resched();
	}
	nr_turns = 0;
	for (w = 0; w < nr; w++) {
		chain_turns(g, &workers[w]->owners, &nr_turns);
		cond_resched();
	}
	return census_frames_prepare_groups(workers, nr, &g->states);
}

static void grouping_end(struct grouping *g)
{
	census_pool_free(&g->states);
	kvfree(g->group_of);
	kvfree(g->first);
	kvfree(g->turns);
}

static int count_group(const struct grouping *g, u32 group, unsigned int pass,
		       struct census_holding *holdings)
{
	const struct group_turn *t;
	u32 i, entry;

	/* Also if the group has no turn: there may be as many groups as processes. */
	cond_resched();
	for (i = g->first[group]; i; i = t->next) {
		t = &g->turns[i];
		entry = census_turn(t->owners, t->turn)->first;
		while (entry < census_turn_end(t->owners, t->turn)) {
			entry = census_turn_group(t->owners, &g->states, t->turn,
						  entry, group + 1, pass, holdings);
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
		}
	}
	return 0;
}

/* Collects the masks of a group. */
static int note_group(const struct grouping *g, u32 group, struct census_masks *masks)
{
	const struct group_turn *t;
	u32 i, entry;

	for (i = g->first[group]; i; i = t->next) {
		t = &g->turns[i];
		entry = census_turn(t->owners, t->turn)->first;
		while (entry < census_turn_end(t->owners, t->turn)) {
			entry = census_turn_note(masks, t->owners, t->turn, entry, group);
			if (!entry)
				return -ENOMEM;
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
		}
	}
	return 0;
}

static int compare_groups(const struct census_masks *masks, struct census_matrix *matrix)
{
	u32 state = masks->first;

	while (state) {
		state = census_state_compare(masks, state, matrix);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/*
 * Compares all groups with each other.  Group 0 is one more owner.
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
static int count_matrix(struct grouping *g, u32 nr_groups, struct census_owners *failed,
			struct census_matrix *matrix)
{
	struct census_masks masks = {
		.masks = { .budget = g->states.budget, .nr = 1 }, .states = &g->states,
	};
	u32 chunk, group;
	int err = 0;

	/* The states of the blocks get another use. */
	for (chunk = 0; chunk < g->states.nr_chunks; chunk++) {
		memset(census_chunk(g->states.dirs, chunk)->units, 0, CENSUS_CHUNK_BYTES);
		cond_resched();
	}
	for (group = 0; group < nr_groups && !err; group++)
		err = note_group(g, group, &masks);
	/* More slices help. */
	if (err == -ENOMEM)
		failed->failed = true;
	if (!err)
		err = compare_groups(&masks, matrix);
	census_pool_free(&masks.masks);
	return err;
}

/* Adds the pages without marks: a page that is exclusive to a member is so to its group. */
static void add_exclusive(const struct grouping *g,
			  const struct census_collection *collection,
			  struct census_holding *holdings, struct census_matrix *matrix)
{
	const struct census_mm *m;
	unsigned int kind;

	list_for_each_entry(m, &collection->mms, link) {
		u32 group = g->group_of[m->number];
		struct census_holding *h = &holdings[group * CENSUS_KINDS];
		u64 *single = matrix ? census_group_by_owners(matrix, group)[0] : NULL;

		for (kind = 0; kind < CENSUS_PROVED_KINDS; kind++) {
			h[kind].pages += m->exclusive[kind];
			h[kind].exclusive += m->exclusive[kind];
			if (single)
				single[kind] += m->exclusive[kind];
		}
		cond_resched();
	}
}

/**
 * census_groups_count() - count what the members of each group have together
 * @snap: its groups, if any, are formed
 * @workers: finished; their blocks cannot be used afterwards
 * @nr: number of @workers
 * @collection: all address spaces
 * @holdings: by group and kind; increased
 * @matrix: what groups have in common, increased; NULL: not requested
 *
 * Takes two passes over all entries, in the order of groups, for any number of groups and
 * any degree of sharing; with @matrix one more, and one over the blocks.
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_groups_count(const struct census_snapshot *snap,
			struct census_frames *const *workers, unsigned int nr,
			const struct census_collection *collection,
			struct census_holding *holdings, struct census_matrix *matrix)
{
	struct grouping g = {};
	unsigned int pass;
	u32 group;
	int err;

	if (!snap->nr_groups)
		return 0;
	err = grouping_begin(&g, snap, workers, nr, collection);
	for (pass = 0; pass < 2; pass++)
		for (group = 0; group < snap->nr_groups && !err; group++)
			err = count_group(&g, group, pass,
					  &holdings[group * CENSUS_KINDS]);
	if (!err && matrix)
		err = count_matrix(&g, snap->nr_groups, &workers[0]->owners, matrix);
	if (!err)
		add_exclusive(&g, collection, holdings, matrix);
	grouping_end(&g);
	return err;
}

/* Adds up the figures of the members. */
static void add_members(struct census_snapshot *snap)
{
	unsigned int i, n;

	for (i = 0; i < snap->nr_tasks; i++) {
		const struct census_task *task = snap->tasks[i];
		struct census_group *group = &snap->groups[task->group];
		struct census_figures *f = &group->figures, figures;

		census_figures_unpack(task->figures, &figures);
		group->mms++;
		group->share += task->share;
		/* Rounded once, not for each member. */
		census_figure_set(f, MEMCENSUS_F_PSS,
				  census_share_bytes(group->share, PAGE_SIZE));
		for (n = 0; n <= MEMCENSUS_F_MAX; n++) {
			if (!census_figure_known(&figures, n) ||
			    n == MEMCENSUS_F_PSS || !(SUMMED >> n & 1))
				continue;
			census_figure_set(f, n, f->value[n] +
					  figures.value[n]);
		}
		cond_resched();
	}
	/* A sum without the pages of a member would be too low, without a mark. */
	for (i = 0; i < snap->nr_tasks; i++) {
		const struct census_task *task = snap->tasks[i];
		struct census_figures figures;

		census_figures_unpack(task->figures, &figures);
		if (census_figure_known(&figures, MEMCENSUS_F_RSS) &&
		    !census_figure_known(&figures, MEMCENSUS_F_SWAP))
			snap->groups[task->group].figures.known &= ~F(SWAP);
		cond_resched();
	}
}

/**
 * census_groups_finish() - compute the figures of all groups
 * @snap: all its tasks have their figures
 * @holdings: by group and kind
 * @hugetlb: sizes of the hugetlb kinds, in base pages
 * @swap_known: all owners of swap slots were walked
 */
void census_groups_finish(struct census_snapshot *snap,
			  const struct census_holding *holdings,
			  const unsigned int *hugetlb, bool swap_known)
{
	own_figures(snap, holdings, hugetlb, swap_known);
	add_members(snap);
}
