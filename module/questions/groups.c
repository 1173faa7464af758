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
#include <linux/pid.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/memory.h"
#include "base/process.h"
#include "base/table.h"
#include "base/visible.h"
#include "census/question.h"
#include "owners/grouping.h"
#include "questions/order.h"

/*
 * Groups one in the other; cgroups have fewer, see collect.c.  A user chooses the depth of trees:
 * processes below are in the lowest group.
 */
#define LEVELS_MAX 32

/**
 * struct found_group - a group while groups are formed
 * @link: in the table, unless the group has an address space that no other group has; by a keyed
 *	hash of @key, because users choose names of commands
 * @key: compared as bytes
 * @parent: index of the group that contains it, 0: none
 * @child: index of a group in it, 0: none
 * @next: index of the next group in @parent, 0: none
 * @number: index in &struct census_snapshot.groups
 * @direct: it has members of its own, which get a group if there are groups in it
 */
struct found_group {
	struct census_link link;
	struct census_group_key key;
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

/* Return: the index of a new group, which has no parent. */
static u32 add_group(struct finding *f, const struct census_group_key *key)
{
	memcpy(&f->found[f->nr].key, key, sizeof(*key));
	return f->nr++;
}

/* Return: the index of the group with this key. */
static u32 find_group(struct finding *f, const struct census_group_key *key)
{
	struct found_group *found;
	struct census_link *l;
	u64 hash = jhash(key, sizeof(*key), f->seed);
	u32 group;

	for (l = census_table_find(&f->table, hash); l; l = census_link_find(l->next, hash)) {
		found = container_of(l, struct found_group, link);
		if (!memcmp(&found->key, key, sizeof(*key)))
			return found - f->found;
	}
	group = add_group(f, key);
	f->found[group].link.key = hash;
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
	struct census_group_key key;

	memset(&key, 0, sizeof(key));
	for (level = task->nr_above + 1; level-- > 0; below = group) {
		key.cgroup = level < task->nr_above ? task->above[level] : task->cgroup;
		before = f->nr;
		group = find_group(f, &key);
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
	struct census_group_key key;

	memset(&key, 0, sizeof(key));
	switch (snap->group_by) {
	case MEMCENSUS_BY_UID:
		key.uid = task->uid;
		break;
	case MEMCENSUS_BY_CGROUP:
		return find_cgroups(f, task);
	case MEMCENSUS_BY_COMM:
		strscpy(key.comm, task->comm, sizeof(key.comm));
		break;
	case MEMCENSUS_BY_TREE:
		/* Another process may have had the same PID before. */
		key.pid = census_visible_pid(task->pid, snap->pid_ns);
		return add_group(f, &key);
	case MEMCENSUS_BY_SESSION:
		key.session = task->session;
		break;
	}
	return find_group(f, &key);
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

/* Processes without a record, one above the other.  A user chooses their number. */
#define SKIPPED_MAX 31

/*
 * The parent is the one that the process had when it was found.  One that is in no record has no
 * address space, because it exits, or is not requested, or was created after its PID was passed;
 * and one may share the address space of the process.  The parent that such a process has now takes
 * its place.
 *
 * Return: another record, or NULL: the parent is unknown, or the caller may not see it.
 */
static const struct census_task *parent_of(const struct census_collection *c,
					   const struct census_task *task)
{
	struct pid *next, *pid = get_pid(task->parent);
	const struct census_task *parent = NULL;
	unsigned int skipped = 0;

	while (census_visible_pid(pid, c->snap->pid_ns)) {
		parent = census_collect_find(c, pid);
		if (parent && parent != task)
			break;
		parent = NULL;
		if (skipped++ == SKIPPED_MAX)
			break;
		next = census_process_parent(pid);
		put_pid(pid);
		pid = next;
	}
	put_pid(pid);
	return parent;
}

/* Each process is in the group of its parent, which may have been found after it. */
static int nest_processes(struct finding *f, const struct census_collection *c)
{
	const struct census_task *above;
	const struct census_mm *m;

	list_for_each_entry(m, &c->mms, link) {
		above = m->task && m->task->group ? parent_of(c, m->task) : NULL;
		if (above)
			f->found[m->task->group].parent = above->group;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	cut_cycles(f);
	return 0;
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
	group->key = found->key;
	snap->groups[parent].contains = parent;
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
		       const struct census_collection *c)
{
	const bool tree = snap->group_by == MEMCENSUS_BY_TREE;
	const struct census_mm *m;
	int err;

	list_for_each_entry(m, &c->mms, link) {
		if (is_grouped(snap, m)) {
			m->task->group = find_group_of(f, m->task, snap);
			/* What the first process of a tree has alone is in its own record. */
			f->found[m->task->group].direct = !tree;
		}
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	err = tree ? nest_processes(f, c) : 0;
	if (!err)
		err = alloc_groups(snap, f, number_groups(f));
	if (err)
		return err;
	list_for_each_entry(m, &c->mms, link) {
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
static int form_groups(struct census_snapshot *snap, const struct census_collection *c)
{
	struct finding f = { .nr = 1, .seed = get_random_u32() };
	const struct census_mm *m;
	unsigned long nr = 0;
	int err = -ENOMEM;

	list_for_each_entry(m, &c->mms, link) {
		if (is_grouped(snap, m))
			nr += 1 + m->task->nr_above;
		cond_resched();
	}
	f.found = census_kvcalloc(nr + 1, sizeof(*f.found));
	if (f.found && census_table_init(&f.table, NULL))
		err = find_groups(&f, snap, c);
	census_table_free(&f.table);
	kvfree(f.found);
	return err;
}

int census_groups_begin(struct census *c)
{
	int err = form_groups(c->snap, &c->scan.collection);

	if (err)
		return err;
	c->group_holdings = census_collect_memory(&c->scan.collection, c->snap->nr_groups,
						  CENSUS_KINDS * sizeof(*c->group_holdings));
	return c->group_holdings ? 0 : -ENOMEM;
}

void census_groups_restart(struct census *c)
{
	memset(c->group_holdings, 0,
	       (size_t)c->snap->nr_groups * CENSUS_KINDS * sizeof(*c->group_holdings));
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
		F(SHMEM) | F(PSS_ANON) | F(PSS_FILE) | F(PSS_SHMEM) | F(DIRTY) | \
		F(REFERENCED) | F(KSM) | F(LAZYFREE) | F(THP) | \
		F(ANON_THP) | F(SHMEM_THP) | F(FILE_THP) | F(SWAP) | F(SWAP_PSS) | \
		F(SPECIAL) | F(PAGETABLES) | F(HEAP) | F(STACK) | \
		F(MLOCKED) | F(PINNED) | F(HUGETLB_PSS) | F(DEVICE) | F(PSS_DEVICE) | \
		F(FILE))

/* No figures any more. */
#define UNUSED (GENMASK_ULL(20, 16) | BIT_ULL(37))

static_assert((OWN ^ NOT_ADDED ^ SUMMED ^ UNUSED) == GENMASK_ULL(MEMCENSUS_F_MAX, MEMCENSUS_F_VSS),
	      "a figure is in none of the three, or in two");

/* Its figures are those of its address space, so they are not counted. */
static bool is_single(const struct census_group *group)
{
	return group->members == 1 && !group->contains;
}

/* Return: the maximum depth. */
static u32 fill_tree(u32 *parent, u32 *depth, const struct census_snapshot *snap)
{
	u32 i, deepest = 0;

	for (i = 1; i < snap->nr_groups; i++) {
		parent[i] = snap->groups[i].parent;
		depth[i] = depth[parent[i]] + 1;
		deepest = max(deepest, depth[i]);
		cond_resched();
	}
	return deepest;
}

/*
 * Adds the pages without marks: a page that is exclusive to a member is so to its group.  A group
 * of one address space is not counted: its pages are counted for what contains it.
 */
static void add_mms(struct census_grouping *g, u32 *group_of, const struct census_snapshot *snap,
		    const struct census_collection *collection)
{
	const struct census_mm *m;
	unsigned int kind;

	list_for_each_entry(m, &collection->mms, link) {
		bool known = m->task && m->state != MEMCENSUS_STATE_VANISHED;
		u32 group = known ? m->task->group : 0;
		struct census_holding *h;

		if (is_single(&snap->groups[group]))
			group = snap->groups[group].parent;
		group_of[m->number] = group;
		h = &g->holdings[group * CENSUS_KINDS];
		for (kind = 0; kind < CENSUS_PROVED_KINDS; kind++) {
			h[kind].pages += m->exclusive[kind];
			h[kind].exclusive += m->exclusive[kind];
		}
		cond_resched();
	}
}

static int pass_all(struct census_grouping *g, struct census_order *order,
		    const struct census_snapshot *snap, struct census_marks *marks)
{
	int err = census_marks_prepare_groups(marks, &g->states, census_grouping_units(g));

	for (g->pass = 0; g->pass < 2; g->pass++)
		for (g->group = 0; g->group < snap->nr_groups && !err; g->group++)
			err = census_order_pass(order, g->group, census_grouping_turn, g);
	return err;
}

/*
 * Counts what the members of each group have together, but not yet what they have with members of
 * the groups in it.  The blocks of all frames cannot be used afterwards.
 *
 * Takes two passes over all entries, in the order of groups, for any number of groups and any
 * degree of sharing.  The depth of groups counts by its logarithm.
 */
int census_groups_count(struct census *c)
{
	struct census_marks *marks = c->scan.tally.marks;
	/* By group, its parent, and then by group, its depth. */
	u32 *tree = census_kvcalloc(c->snap->nr_groups, 2 * sizeof(*tree));
	struct census_grouping g = {
		.o = &marks->owners,
		.states = { .budget = marks->budget },
		.holdings = c->group_holdings,
		.kinds = CENSUS_KINDS,
	};
	struct census_order order;
	int err = census_order_begin(&order, g.o, c->scan.collection.nr, c->snap->nr_groups);

	if (!tree)
		err = -ENOMEM;
	if (!err) {
		g.parent = tree;
		g.depth = tree + c->snap->nr_groups;
		census_grouping_init(&g, fill_tree(tree, tree + c->snap->nr_groups, c->snap));
		add_mms(&g, order.owner_of, c->snap, &c->scan.collection);
		census_order_link(&order);
		err = pass_all(&g, &order, c->snap, marks);
	}
	census_pool_free(&g.states);
	census_order_end(&order);
	kvfree(tree);
	return err;
}

/* Copies the figures that are counted for a whole group. */
static void copy_own(struct census_figures *to, const struct census_figures *from)
{
	unsigned int n;

	for (n = 0; n <= MEMCENSUS_F_MAX; n++)
		if ((OWN | F(SWAP_USS)) >> n & 1 && census_figure_known(from, n))
			census_figure_set(to, n, from->value[n]);
}

/*
 * Adds what can be added of a member, or of a group in it.  The reader of a group is that of all
 * its members, if they have the same.  What some of them have in swap would be too low a sum,
 * without a mark.
 */
static void add_figures(struct census_group *to, const struct census_figures *figures,
			const struct census_reader *reader, u32 mms, census_share share)
{
	unsigned int n;

	if (!to->mms)
		to->reader = *reader;
	else if (!census_reader_equal(&to->reader, reader))
		to->reader = CENSUS_NO_READER;
	to->mms += mms;
	to->share += share;
	to->lacks_swap |= census_figure_known(figures, MEMCENSUS_F_RSS) &&
			  !census_figure_known(figures, MEMCENSUS_F_SWAP);
	for (n = 0; n <= MEMCENSUS_F_MAX; n++)
		if (census_figure_known(figures, n) && SUMMED >> n & 1)
			census_figure_set(&to->figures, n,
					  to->figures.value[n] + figures->value[n]);
}

/* Sets the figures of a group, to which all members and all groups in it are added. */
static void finish_group(const struct census *c, struct census_group *group,
			 const struct census_holding *holdings)
{
	struct census_figures own = {};

	if (!is_single(group)) {
		census_holdings_figures(holdings, c->scan.tally.marks->hugetlb, PAGE_SIZE, true,
					&own);
		if (c->scan.swap_known)
			census_figure_set(&own, MEMCENSUS_F_SWAP_USS,
					  holdings[CENSUS_OF_SWAP].exclusive << PAGE_SHIFT);
		copy_own(&group->figures, &own);
	}
	if (group->lacks_swap)
		group->figures.known &= ~F(SWAP);
	/* Rounded once, not for each member. */
	if (census_figure_known(&group->figures, MEMCENSUS_F_PSS))
		census_figure_set(&group->figures, MEMCENSUS_F_PSS,
				  census_share_bytes(group->share, PAGE_SIZE));
	/* No member was walked: what they have together is unknown, not 0. */
	if (!census_figure_known(&group->figures, MEMCENSUS_F_RSS))
		group->figures.known &= ~(OWN | F(SWAP_USS));
}

/* Adds up what groups have: each after those in it, which are behind it. */
int census_groups_finish(struct census *c)
{
	struct census_snapshot *snap = c->snap;
	struct census_group *groups = snap->groups;
	u32 i, kind;

	for (i = 0; i < snap->nr_tasks; i++) {
		const struct census_task *task = snap->tasks[i];
		struct census_group *group = &groups[task->group];

		cond_resched();
		if (!task->group)
			continue;
		add_figures(group, &task->figures, &task->reader, 1, task->share);
		if (is_single(group))
			copy_own(&group->figures, &task->figures);
	}
	for (i = snap->nr_groups; i-- > 1; ) {
		struct census_holding *h = &c->group_holdings[i * CENSUS_KINDS];
		const struct census_group *group = &groups[i];

		finish_group(c, &groups[i], h);
		for (kind = 0; kind < CENSUS_KINDS; kind++) {
			struct census_holding *to =
				&c->group_holdings[group->parent * CENSUS_KINDS + kind];

			to->pages += h[kind].pages;
			to->exclusive += h[kind].exclusive;
		}
		/* All its members may have exited, see census_collect_drop(). */
		if (group->parent && group->mms)
			add_figures(&groups[group->parent], &group->figures, &group->reader,
				    group->mms, group->share);
		cond_resched();
	}
	return 0;
}
