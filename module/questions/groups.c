// SPDX-License-Identifier: GPL-2.0
/*
 * How groups of address spaces are counted:
 *
 * Before the walk each address space gets the number of its group: its user, cgroup, command,
 * session, or itself in the tree of processes.  Cgroups and trees are nested, so groups are
 * numbered with each before those in it.
 *
 * After the walk a group is one more kind of owner.  Its members' masks of a block are joined, so
 * that a page counts once for the group, and it is exclusive to the group if all of its owners are
 * members: owners/grouping.h counts both in two passes over all entries, group by group.  A page
 * without marks has one owner, and so one group.
 *
 * Figures that can be added are sums over the members; others are those of the group as an owner.
 */
#include <linux/jhash.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/memory.h"
#include "base/table.h"
#include "base/visible.h"
#include "owners/grouping.h"
#include "questions/parents.h"
#include "questions/questions.h"

#define KEY_BYTES TASK_COMM_LEN

/*
 * Groups one in the other; cgroups have fewer, see collect.c.  A user chooses the depth of trees:
 * processes below are in the lowest group.
 */
#define LEVELS_MAX 32

/**
 * struct found_group - a group while groups are formed
 * @link: in the table, unless the group has an address space that no other group has
 * @hash: of @key; keyed, because users choose names of commands
 * @key: as bytes to compare
 * @parent: index of the group that contains it, 0: none
 * @child: index of a group in it, 0: none
 * @next: index of the next group in @parent, 0: none
 * @number: index in &struct census_snapshot.groups
 * @direct: it has members of its own, which get a group if there are groups in it
 */
struct found_group {
	struct census_link link;
	u64 hash;
	u8 key[KEY_BYTES];
	u32 parent;
	u32 child;
	u32 next;
	u32 number;
	bool direct;
};

/**
 * struct finding - finds the group of a key
 * @found: by index, from 1; entry 0 has the groups that are in no other
 * @nr: number of @found with entry 0
 * @table: @found by hash
 * @seed: of the hash
 */
struct finding {
	struct found_group *found;
	u32 nr;
	struct census_table table;
	u32 seed;
};

static u64 hash_of(const struct census_link *link)
{
	return container_of(link, struct found_group, link)->hash;
}

/* Return: the index of a new group, which has no parent. */
static u32 add_group(struct finding *f, const u8 *key)
{
	memcpy(f->found[f->nr].key, key, KEY_BYTES);
	return f->nr++;
}

/* Return: the index of the group with this key. */
static u32 find_group(struct finding *f, const u8 *key)
{
	struct found_group *found;
	struct census_link *l;
	u64 hash = jhash(key, KEY_BYTES, f->seed);
	u32 group;

	for (l = census_table_first(&f->table, hash); l; l = l->next) {
		found = container_of(l, struct found_group, link);
		if (!memcmp(found->key, key, KEY_BYTES))
			return found - f->found;
	}
	group = add_group(f, key);
	f->found[group].hash = hash;
	census_table_add(&f->table, &f->found[group].link);
	return group;
}

/*
 * A cgroup stays below the same one, so a group that has been found before has its parents
 * already.  Return: the index of the group of the cgroup of @task.
 */
static u32 find_cgroups(struct finding *f, const struct census_task *task)
{
	u32 group, below = 0, first = 0, level, before;
	u8 key[KEY_BYTES] = {};

	for (level = task->nr_above + 1; level-- > 0; below = group) {
		u64 id = level < task->nr_above ? task->above[level] : task->cgroup;

		memcpy(key, &id, sizeof(id));
		before = f->nr;
		group = find_group(f, key);
		if (below)
			f->found[below].parent = group;
		else
			first = group;
		if (group < before)
			break;
	}
	return first;
}

static u32 find_group_of(struct finding *f, const struct census_task *task,
			 const struct census_snapshot *snap)
{
	u8 key[KEY_BYTES] = {};
	pid_t pid;

	switch (snap->group_by) {
	case MEMCENSUS_BY_UID:
		memcpy(key, &task->uid, sizeof(task->uid));
		break;
	case MEMCENSUS_BY_CGROUP:
		return find_cgroups(f, task);
	case MEMCENSUS_BY_COMM:
		strscpy(key, task->comm, sizeof(key));
		break;
	case MEMCENSUS_BY_TREE:
		/* Another process may have had the same PID before. */
		pid = census_visible_pid(task->pid, snap->pid_ns);
		memcpy(key, &pid, sizeof(pid));
		return add_group(f, key);
	case MEMCENSUS_BY_SESSION:
		memcpy(key, &task->session, sizeof(task->session));
		break;
	}
	return find_group(f, key);
}

/*
 * Processes that share an address space may be parents of each other's children, and parents are
 * read one after the other.  So a group that contains itself is possible: it gets no parent.
 */
static void cut_cycles(struct finding *f)
{
	struct found_group *found = f->found;
	u32 i, at;

	/* Numbers of groups are marks here. */
	for (i = 1; i < f->nr; i++) {
		for (at = i; at && !found[at].number; at = found[at].parent) {
			found[at].number = i;
			cond_resched();
		}
		if (at && found[at].number == i)
			found[at].parent = 0;
	}
}

/* Each process is in the group of its parent, which may have been found after it. */
static int nest_processes(struct finding *f, const struct census_snapshot *snap,
			  const struct list_head *mms)
{
	const struct census_task *above;
	struct census_parents parents;
	const struct census_mm *m;
	int err;

	err = census_parents_begin(&parents, mms, snap->pid_ns);
	if (err)
		goto end;
	list_for_each_entry(m, mms, link) {
		above = m->task && m->task->group ? census_parent(&parents, m->task) : NULL;
		if (above)
			f->found[m->task->group].parent = above->group;
		cond_resched();
		if (fatal_signal_pending(current)) {
			err = -EINTR;
			goto end;
		}
	}
	cut_cycles(f);
end:
	census_parents_end(&parents);
	return err;
}

/*
 * Numbers the groups, each before those in it and one subtree after the other, as
 * grouping.h needs it.  A group with members of its own and with groups in it contains one
 * more, of the same key, for these members: its number is the next one.
 *
 * Return: the number of groups with group 0.
 */
static u32 number_groups(struct finding *f)
{
	struct found_group *found = f->found;
	u32 i, nr = 1, level = 1;

	/* Backwards, so that the lists have the order of the processes. */
	for (i = f->nr - 1; i; i--) {
		found[i].next = found[found[i].parent].child;
		found[found[i].parent].child = i;
		cond_resched();
	}
	i = found[0].child;
	while (i) {
		if (level > LEVELS_MAX) {
			found[i].number = found[found[i].parent].number;
		} else {
			found[i].number = nr++;
			nr += found[i].direct && found[i].child;
		}
		cond_resched();
		if (found[i].child) {
			i = found[i].child;
			level++;
			continue;
		}
		for (; i && !found[i].next; level--)
			i = found[i].parent;
		i = found[i].next;
	}
	return nr;
}

/* Fills group @number of key @found. */
static void fill_group(struct census_snapshot *snap, const struct found_group *found,
		       u32 number, u32 parent)
{
	struct census_group *group = &snap->groups[number];

	group->parent = parent;
	snap->groups[parent].contains = parent;
	switch (snap->group_by) {
	case MEMCENSUS_BY_UID:
		memcpy(&group->uid, found->key, sizeof(group->uid));
		break;
	case MEMCENSUS_BY_CGROUP:
		memcpy(&group->cgroup, found->key, sizeof(group->cgroup));
		break;
	case MEMCENSUS_BY_COMM:
		memcpy(group->comm, found->key, sizeof(group->comm));
		break;
	case MEMCENSUS_BY_TREE:
		memcpy(&group->pid, found->key, sizeof(group->pid));
		break;
	case MEMCENSUS_BY_SESSION:
		memcpy(&group->session, found->key, sizeof(group->session));
		break;
	}
}

static int alloc_groups(struct census_snapshot *snap, const struct finding *f, u32 nr)
{
	u32 i;

	snap->groups = census_snapshot_memory(snap, array_size(nr, sizeof(*snap->groups)));
	if (!snap->groups)
		return -ENOMEM;
	snap->nr_groups = nr;
	for (i = 1; i < f->nr; i++) {
		const struct found_group *found = &f->found[i];
		u32 parent = f->found[found->parent].number;

		cond_resched();
		if (found->number == parent)
			continue;
		fill_group(snap, found, found->number, parent);
		if (found->direct && found->child)
			fill_group(snap, found, found->number + 1, found->number);
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
	return m->task && census_visible_pid(m->task->pid, snap->pid_ns);
}

/* Groups of tasks are indexes in @f->found, then their numbers. */
static int find_groups(struct finding *f, struct census_snapshot *snap,
		       const struct list_head *mms)
{
	const bool tree = snap->group_by == MEMCENSUS_BY_TREE;
	const struct census_mm *m;
	int err;

	list_for_each_entry(m, mms, link) {
		if (is_grouped(snap, m)) {
			m->task->group = find_group_of(f, m->task, snap);
			/* What the first process of a tree has alone is in its own record. */
			f->found[m->task->group].direct = !tree;
		}
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	err = tree ? nest_processes(f, snap, mms) : 0;
	if (!err)
		err = alloc_groups(snap, f, number_groups(f));
	if (err)
		return err;
	list_for_each_entry(m, mms, link) {
		if (m->task && m->task->group) {
			const struct found_group *found = &f->found[m->task->group];

			m->task->group = found->number + (found->direct && found->child);
			snap->groups[m->task->group].members++;
		}
		cond_resched();
	}
	return 0;
}

/* Assigns address spaces to groups.  Return: 0, -ENOMEM, or -EINTR after a fatal signal. */
static int form_groups(struct census_snapshot *snap, const struct list_head *mms)
{
	struct finding f = { .nr = 1, .seed = get_random_u32() };
	const struct census_mm *m;
	unsigned long nr = 0;
	int err = -ENOMEM;

	list_for_each_entry(m, mms, link) {
		if (is_grouped(snap, m))
			nr += 1 + m->task->nr_above;
		cond_resched();
	}
	f.found = census_kvcalloc(nr + 1, sizeof(*f.found));
	if (f.found && census_table_init(&f.table, NULL, hash_of))
		err = find_groups(&f, snap, mms);
	census_table_free(&f.table);
	kvfree(f.found);
	return err;
}

static bool groups_asked(const struct census_request *req)
{
	return req->group_by;
}

/**
 * struct groups - what groups have
 * @holdings: by group and kind
 */
struct groups {
	struct census_holding *holdings;
};

static int groups_begin(struct census *c, void *state)
{
	struct groups *s = state;
	int err = form_groups(c->snap, &c->scan.collection.mms);

	if (err)
		return err;
	s->holdings = census_collect_memory(&c->scan.collection, c->snap->nr_groups,
					    CENSUS_KINDS * sizeof(*s->holdings));
	return s->holdings ? 0 : -ENOMEM;
}

static void groups_restart(struct census *c, void *state)
{
	struct groups *s = state;

	memset(s->holdings, 0, (size_t)c->snap->nr_groups * CENSUS_KINDS * sizeof(*s->holdings));
}

#define F(figure) BIT_ULL(MEMCENSUS_F_##figure)

/* Figures that are counted for the whole group. */
#define OWN (F(FRAMES) | F(USS) | F(SHARED) | F(HUGETLB) | F(PRIVATE_HUGETLB) | \
	     F(SHARED_HUGETLB) | F(USS_ANON) | F(USS_FILE) | F(USS_SHMEM) | F(USS_DEVICE) | \
	     F(USS_ZONE_DEVICE))

/* Figures that cannot be added; absent unless known from elsewhere. */
#define NOT_ADDED (F(SWAP_USS) | F(RSS_PEAK))

/* Figures that are sums over the members. */
#define SUMMED (F(VSS) | F(RSS) | F(RSS_COUNTER) | F(PSS) | F(ANON) | \
		F(SHMEM) | F(PSS_ANON) | F(PSS_FILE) | F(PSS_SHMEM) | F(PSS_DIRTY) | \
		F(SHARED_CLEAN) | F(SHARED_DIRTY) | F(PRIVATE_CLEAN) | \
		F(PRIVATE_DIRTY) | F(REFERENCED) | F(KSM) | F(LAZYFREE) | F(THP) | \
		F(ANON_THP) | F(SHMEM_THP) | F(FILE_THP) | F(SWAP) | F(SWAP_PSS) | \
		F(SPECIAL) | F(PAGETABLES) | F(HEAP) | F(STACK) | F(LOCKED) | \
		F(MLOCKED) | F(PINNED) | F(HUGETLB_PSS) | F(DEVICE) | F(PSS_DEVICE) | \
		F(FILE))

static_assert((OWN ^ NOT_ADDED ^ SUMMED) == GENMASK_ULL(MEMCENSUS_F_MAX, MEMCENSUS_F_VSS),
	      "a figure is in none of the three, or in two");

/* Its figures are those of its address space, so they are not counted. */
static bool is_single(const struct census_group *group)
{
	return group->members == 1 && !group->contains;
}

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

		cond_resched();
		if (is_single(&snap->groups[i]))
			continue;
		census_holdings_figures(&none, h, hugetlb, PAGE_SIZE, &of);
		for (j = 0; j <= MEMCENSUS_F_MAX; j++)
			if (OWN >> j & 1)
				census_figure_set(f, j, of.value[j]);
		if (swap_known)
			census_figure_set(f, MEMCENSUS_F_SWAP_USS,
					  h[CENSUS_OF_SWAP].exclusive << PAGE_SHIFT);
	}
}

static void copy_figures(struct census_figures *to, const struct census_figures *from)
{
	unsigned int n;

	for (n = 0; n <= MEMCENSUS_F_MAX; n++)
		if ((OWN | F(SWAP_USS)) >> n & 1 && census_figure_known(from, n))
			census_figure_set(to, n, from->value[n]);
}

/**
 * struct linking - all turns, linked by group
 * @o: the owners
 * @g: counts them
 * @tree: of @g
 * @group_of: by number of the address space; 0 also if it vanished
 * @first: by group, number of its first turn plus 1, 0: none
 * @next: by number of a turn, that of the next one of the group plus 1, 0: none
 */
struct linking {
	struct census_owners *o;
	struct census_grouping g;
	struct census_nesting *tree;
	u32 *group_of;
	u32 *first;
	u32 *next;
};

static void chain_turns(struct linking *l)
{
	u32 turn, *first;

	for (turn = 0; turn < l->o->nr_turns; turn++) {
		first = &l->first[l->group_of[census_turn(l->o, turn)->mm]];
		l->next[turn] = *first;
		*first = turn + 1;
		cond_resched();
	}
}

/* Return: the maximum depth. */
static u32 fill_tree(struct linking *l, const struct census_snapshot *snap)
{
	u32 i, depth = 0;

	for (i = 1; i < snap->nr_groups; i++) {
		u32 parent = snap->groups[i].parent;

		l->tree[i].parent = parent;
		l->tree[i].depth = l->tree[parent].depth + 1;
		depth = max(depth, l->tree[i].depth);
		cond_resched();
	}
	return depth;
}

/* Address spaces of groups that are not counted are counted for what contains these. */
static void leave_out_single(struct linking *l, const struct census_snapshot *snap,
			     const struct census_collection *collection)
{
	const struct census_group *group;
	const struct census_mm *m;

	list_for_each_entry(m, &collection->mms, link) {
		group = &snap->groups[l->group_of[m->number]];
		if (is_single(group))
			l->group_of[m->number] = group->parent;
		cond_resched();
	}
}

/* @share: groups are compared with each other too. */
static int linking_begin(struct linking *l, const struct census_snapshot *snap,
			 struct census_marks *marks, const struct census_collection *collection,
			 bool share)
{
	const struct census_mm *m;

	l->tree = census_kvcalloc(snap->nr_groups, sizeof(*l->tree));
	l->group_of = census_kvcalloc(collection->nr + 1,
				      sizeof(*l->group_of));
	l->first = census_kvcalloc(snap->nr_groups, sizeof(*l->first));
	l->next = census_kvcalloc(l->o->nr_turns + 1, sizeof(*l->next));
	if (!l->tree || !l->group_of || !l->first || !l->next)
		return -ENOMEM;
	census_grouping_init(&l->g, fill_tree(l, snap));
	l->g.tree = l->tree;
	list_for_each_entry(m, &collection->mms, link) {
		if (m->task && m->state != MEMCENSUS_STATE_VANISHED)
			l->group_of[m->number] = m->task->group;
		cond_resched();
	}
	if (!share)
		leave_out_single(l, snap, collection);
	chain_turns(l);
	/* When groups are compared, a page of one owner is a page of one group. */
	return census_marks_prepare_groups(marks, &l->g.states, census_grouping_units(&l->g),
					   !share);
}

static void linking_end(struct linking *l)
{
	census_pool_free(&l->g.states);
	kvfree(l->tree);
	kvfree(l->group_of);
	kvfree(l->first);
	kvfree(l->next);
}

static int count_group(const struct linking *l, u32 group, unsigned int pass)
{
	u32 turn, entry;

	/* Also if the group has no turn: there may be more groups than processes. */
	cond_resched();
	for (turn = l->first[group]; turn; turn = l->next[turn - 1]) {
		entry = census_turn(l->o, turn - 1)->first;
		while (entry < census_turn_end(l->o, turn - 1)) {
			entry = census_grouping_turn(&l->g, l->o, turn - 1, entry, group, pass);
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
		}
	}
	return 0;
}

/* Collects the masks of a group. */
static int note_group(const struct linking *l, u32 group, struct census_masks *masks)
{
	u32 turn, entry;

	for (turn = l->first[group]; turn; turn = l->next[turn - 1]) {
		entry = census_turn(l->o, turn - 1)->first;
		while (entry < census_turn_end(l->o, turn - 1)) {
			entry = census_turn_note(masks, l->o, turn - 1, entry, group);
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
static int count_matrix(struct linking *l, u32 nr_groups, struct census_matrix *matrix)
{
	struct census_masks masks = {
		.masks = { .budget = l->g.states.budget, .nr = 1 }, .states = &l->g.states,
	};
	u32 chunk, group;
	int err = 0;

	/* The states of the blocks get another use. */
	for (chunk = 0; chunk < l->g.states.nr_chunks; chunk++) {
		memset(census_chunk(l->g.states.dirs, chunk)->units, 0, CENSUS_CHUNK_BYTES);
		cond_resched();
	}
	for (group = 0; group < nr_groups && !err; group++)
		err = note_group(l, group, &masks);
	/* More slices help. */
	if (err == -ENOMEM)
		l->o->failed = true;
	if (!err)
		err = compare_groups(&masks, matrix);
	census_pool_free(&masks.masks);
	return err;
}

/* Adds the pages without marks: a page that is exclusive to a member is so to its group. */
static void add_exclusive(const struct linking *l,
			  const struct census_collection *collection,
			  struct census_holding *holdings, struct census_matrix *matrix)
{
	const struct census_mm *m;
	unsigned int kind;

	list_for_each_entry(m, &collection->mms, link) {
		u32 group = l->group_of[m->number];
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

/*
 * Counts what the members of each group have together, but not yet what they have with members of
 * the groups in it.  The blocks of all frames cannot be used afterwards.
 *
 * Takes two passes over all entries, in the order of groups, for any number of groups and any
 * degree of sharing; for a SHARE request one more, and one over the blocks.  The depth of groups
 * counts by its logarithm.
 */
static int groups_count(struct census *c, void *state)
{
	const struct census_collection *collection = &c->scan.collection;
	struct census_marks *marks = c->scan.tally.marks;
	const struct census_snapshot *snap = c->snap;
	const struct groups *s = state;
	struct linking l = { .o = &marks->owners, .g = {
		.states = { .budget = marks->budget },
		.holdings = s->holdings,
		.kinds = CENSUS_KINDS,
	} };
	unsigned int pass;
	u32 group;
	int err;

	err = linking_begin(&l, snap, marks, collection, c->matrix);
	for (pass = 0; pass < 2; pass++)
		for (group = 0; group < snap->nr_groups && !err; group++)
			err = count_group(&l, group, pass);
	if (CENSUS_WITH_SHARE && !err && c->matrix)
		err = count_matrix(&l, snap->nr_groups, c->matrix);
	if (!err)
		add_exclusive(&l, collection, s->holdings, c->matrix);
	linking_end(&l);
	return err;
}

/* Adds the pages of each group to the group that contains it, which is before it. */
static void add_nested(const struct census_snapshot *snap, struct census_holding *holdings)
{
	u32 i, kind;

	for (i = snap->nr_groups; i-- > 1; ) {
		const struct census_holding *from = &holdings[i * CENSUS_KINDS];
		struct census_holding *to = &holdings[snap->groups[i].parent * CENSUS_KINDS];

		for (kind = 0; kind < CENSUS_KINDS; kind++) {
			to[kind].pages += from[kind].pages;
			to[kind].exclusive += from[kind].exclusive;
		}
		cond_resched();
	}
}

/* The reader of a group is that of all its members, if they have the same. */
static void add_reader(struct census_group *to, const struct census_reader *reader)
{
	if (!to->mms)
		to->reader = *reader;
	else if (!census_reader_equal(&to->reader, reader))
		to->reader = CENSUS_NO_READER;
}

static void add_figures(struct census_group *to, const struct census_figures *figures, u32 mms,
			census_share share)
{
	unsigned int n;

	to->mms += mms;
	to->share += share;
	for (n = 0; n <= MEMCENSUS_F_MAX; n++)
		if (census_figure_known(figures, n) && SUMMED >> n & 1)
			census_figure_set(&to->figures, n,
					  to->figures.value[n] + figures->value[n]);
}

/* What some of the members have in swap would be too low a sum, without a mark. */
static bool lacks_swap(const struct census_figures *figures)
{
	return census_figure_known(figures, MEMCENSUS_F_RSS) &&
	       !census_figure_known(figures, MEMCENSUS_F_SWAP);
}

/* Adds up the figures of the members, for their group and for all that contain it. */
static void add_members(struct census_snapshot *snap)
{
	struct census_group *groups = snap->groups, *group;
	unsigned int i;

	for (i = 0; i < snap->nr_tasks; i++) {
		const struct census_task *task = snap->tasks[i];

		if (task->group) {
			add_reader(&groups[task->group], &task->reader);
			add_figures(&groups[task->group], &task->figures, 1, task->share);
			if (is_single(&groups[task->group]))
				copy_figures(&groups[task->group].figures, &task->figures);
		}
		cond_resched();
	}
	for (i = 0; i < snap->nr_tasks; i++) {
		if (lacks_swap(&snap->tasks[i]->figures))
			groups[snap->tasks[i]->group].figures.known &= ~F(SWAP);
		cond_resched();
	}
	/* Each after those in it. */
	for (i = snap->nr_groups; i-- > 1; ) {
		group = &groups[i];
		/* All its members may have exited, see census_collect_drop(). */
		if (group->parent && group->mms) {
			add_reader(&groups[group->parent], &group->reader);
			add_figures(&groups[group->parent], &group->figures, group->mms,
				    group->share);
		}
		cond_resched();
	}
	for (i = snap->nr_groups; i-- > 1; ) {
		group = &groups[i];
		if (lacks_swap(&group->figures))
			groups[group->parent].figures.known &= ~F(SWAP);
		/* Rounded once, not for each member. */
		if (census_figure_known(&group->figures, MEMCENSUS_F_PSS))
			census_figure_set(&group->figures, MEMCENSUS_F_PSS,
					  census_share_bytes(group->share, PAGE_SIZE));
		/* No member was walked: what they have together is unknown, not 0. */
		if (!census_figure_known(&group->figures, MEMCENSUS_F_RSS))
			group->figures.known &= ~(OWN | F(SWAP_USS));
		cond_resched();
	}
}

static int groups_finish(struct census *c, void *state)
{
	struct groups *s = state;

	add_nested(c->snap, s->holdings);
	own_figures(c->snap, s->holdings, c->scan.tally.marks->hugetlb, c->scan.swap_known);
	add_members(c->snap);
	return 0;
}

const struct census_question census_groups = {
	.size = sizeof(struct groups),
	.is_asked = groups_asked,
	.begin = groups_begin,
	.restart = groups_restart,
	.count = groups_count,
	.finish = groups_finish,
};
