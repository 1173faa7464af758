// SPDX-License-Identifier: GPL-2.0
/*
 * Who shares with whom: what the processes of a request have in common with each other process,
 * or groups with each other.
 *
 * Each process of the request is a row, or all of them are one, and each address space is a column.
 * When the owners of a slice are counted, the masks of the rows are noted in their blocks, and each
 * entry of a column is compared with those of its block (owners/pairs.h).  So two processes have in
 * common what the AND of their masks has.  The largest pairs of each row are sent, and one sum of
 * all others.
 *
 * Of groups each pair is compared in groups.c, which has their masks.  Their number is bounded: the
 * groups of the largest RSS have a place in a matrix, all others share one.
 */
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/largest.h"
#include "base/memory.h"
#include "owners/shares.h"
#include "questions/questions.h"

/**
 * struct column - an address space that is compared with the rows
 * @m: the address space
 * @task: its record
 * @row: its row, from 1; 0: it is none
 * @common: by kind, by row, in all slices; NULL: none
 */
struct column {
	struct census_mm *m;
	struct census_task *task;
	u32 row;
	struct census_overlap *common[CENSUS_KINDS];
};

/**
 * struct row - a process of the request
 * @by_owners: its pages by census_owner_class(); of all processes together, by number of
 *	other owners: none, one, more
 */
struct row {
	census_kinds by_owners[CENSUS_OWNER_CLASSES];
};

/**
 * struct share - what is counted of processes; of groups it is &struct census.matrix
 * @nr_named: number of processes of the request
 * @nr_rows: number of rows: of these, or one of all together
 * @rows: from 1
 * @nr_columns: number of address spaces
 * @columns: by number of the address space, from 1
 * @common: scratch memory, of one address space, all 0
 *
 * All is in the arena of the collection, so it counts as a result.
 */
struct share {
	u32 nr_named;
	u32 nr_rows;
	struct row *rows;
	u32 nr_columns;
	struct column *columns;
	struct census_overlaps common;
};

/* Columns, groups or pairs between two cond_resched(). */
#define AT_ONCE BIT(12)

/* Size of what an address space has in common with all rows, of one kind. */
static size_t kind_bytes(const struct share *s)
{
	return (s->nr_rows + 1UL) * sizeof(struct census_overlap);
}

/* The address spaces of the request come first, and have a row each, or one together. */
static int add_columns(struct share *s, struct census_collection *c, bool together)
{
	struct column *column;
	struct census_mm *m;

	s->columns = census_collect_memory(c, c->nr + 1UL, sizeof(*s->columns));
	if (!s->columns)
		return -ENOMEM;
	s->nr_columns = c->nr;
	list_for_each_entry(m, &c->mms, link) {
		column = &s->columns[m->number];
		column->m = m;
		column->task = m->task;
		if (m->number <= c->nr_named) {
			s->nr_named++;
			if (!together || !s->nr_rows)
				s->nr_rows++;
			column->row = s->nr_rows;
		}
		cond_resched();
	}
	s->rows = census_collect_memory(c, s->nr_rows + 1UL, sizeof(*s->rows));
	s->common.nr_rows = s->nr_rows;
	s->common.common = census_collect_memory(c, CENSUS_KINDS, kind_bytes(s));
	return s->rows && s->common.common ? 0 : -ENOMEM;
}

/* Places the groups of the largest RSS, so that the number of pairs is bounded. */
static int choose_groups(struct census_matrix *x, const struct census_snapshot *snap,
			 struct census_collection *c)
{
	struct census_largest top = { .max = MEMCENSUS_SHARE_GROUPS_MAX };
	const struct census_mm *m;
	u64 *rss;
	u32 i;

	top.entries = census_collect_memory(c, top.max, sizeof(*top.entries));
	rss = census_collect_memory(c, snap->nr_groups, sizeof(*rss));
	if (!top.entries || !rss)
		return -ENOMEM;
	list_for_each_entry(m, &c->mms, link) {
		if (m->task)
			rss[m->task->group] += m->counters.rss;
		cond_resched();
	}
	/* Groups in a group are compared with each other, not with that. */
	for (i = 1; i < snap->nr_groups; i++) {
		if (!snap->groups[i].contains) {
			census_largest_add(&top, rss[i] + 1, i);
			x->nr_disjoint++;
		}
		if (!(i % AT_ONCE))
			cond_resched();
	}
	for (i = 0; i < top.nr; i++)
		x->place[top.entries[i].index] = ++x->nr;
	/* The number of its pairs is sent. */
	x->place[0] = ++x->nr;
	x->nr_disjoint++;
	return 0;
}

static int add_matrix(struct census *c)
{
	struct census_collection *collection = &c->scan.collection;
	struct census_matrix *x = census_collect_memory(collection, 1, sizeof(*x));
	u32 nr_groups = c->snap->nr_groups;
	int err;

	c->matrix = x;
	if (!x)
		return -ENOMEM;
	x->place = census_collect_memory(collection, nr_groups, sizeof(*x->place));
	x->by_owners = census_collect_memory(collection, (size_t)nr_groups * CENSUS_OWNER_CLASSES,
					     sizeof(*x->by_owners));
	if (!x->place || !x->by_owners)
		return -ENOMEM;
	err = choose_groups(x, c->snap, collection);
	if (err)
		return err;
	x->common = census_collect_memory(collection, census_nr_pairs(x->nr) + 1UL,
					  sizeof(*x->common));
	return x->common ? 0 : -ENOMEM;
}

static bool share_asked(const struct census_request *req)
{
	return req->share;
}

static int share_begin(struct census *c, void *state)
{
	return c->req->group_by ? add_matrix(c) :
	       add_columns(state, &c->scan.collection, c->req->together);
}

static void reset_matrix(struct census_matrix *x, u32 nr_groups)
{
	u32 i;

	memset(x->all, 0, sizeof(x->all));
	for (i = 0; i < nr_groups; i++) {
		memset(census_group_by_owners(x, i), 0,
		       CENSUS_OWNER_CLASSES * sizeof(*x->by_owners));
		if (!(i % AT_ONCE))
			cond_resched();
	}
	memset(x->common, 0, census_nr_pairs(x->nr) * sizeof(*x->common));
}

static void reset_column(struct share *s, struct column *column)
{
	unsigned int kind;

	for (kind = 0; kind < CENSUS_KINDS; kind++)
		if (column->common[kind])
			memset(column->common[kind], 0, kind_bytes(s));
}

static void share_restart(struct census *c, void *state)
{
	struct share *s = state;
	u32 i;

	if (c->matrix)
		reset_matrix(c->matrix, c->snap->nr_groups);
	for (i = 1; i <= s->nr_columns; i++) {
		reset_column(s, &s->columns[i]);
		cond_resched();
	}
	if (s->rows)
		memset(s->rows, 0, (s->nr_rows + 1UL) * sizeof(*s->rows));
}

/**
 * struct pass - a pass over all turns
 * @c: the census
 * @s: what is counted
 * @o: the owners
 * @masks: of the rows
 */
struct pass {
	struct census *c;
	struct share *s;
	struct census_owners *o;
	struct census_masks masks;
};

/* Counts entries of a turn from @begin on.  Return: entry to continue at, or 0 without memory. */
typedef u32 turn_fn(struct pass *p, u32 turn, u32 begin, struct column *column);

/* Calls @count for all entries of the turns, or of those of rows. */
static int each_turn(struct pass *p, bool of_rows, turn_fn *count)
{
	u32 turn, entry;

	for (turn = 0; turn < p->o->nr_turns; turn++) {
		struct column *column = &p->s->columns[census_turn(p->o, turn)->mm];

		cond_resched();
		if (of_rows && !column->row)
			continue;
		entry = census_turn(p->o, turn)->first;
		while (entry < census_turn_end(p->o, turn)) {
			entry = count(p, turn, entry, column);
			if (!entry)
				return -ENOMEM;
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
		}
	}
	return 0;
}

static u32 count_by_owners(struct pass *p, u32 turn, u32 begin, struct column *column)
{
	return census_turn_by_owners(p->o, turn, begin, p->s->rows[column->row].by_owners);
}

static u32 note_row(struct pass *p, u32 turn, u32 begin, struct column *column)
{
	return census_turn_note(&p->masks, p->o, turn, begin, column->row);
}

/* Adds what is in common of one kind to the column.  Return: false without memory. */
static bool add_kind(struct pass *p, struct column *column, unsigned int kind)
{
	const struct census_overlap *from = census_overlap(&p->s->common, kind);
	struct census_overlap *to = column->common[kind];
	u32 row, nr_rows = p->s->nr_rows;

	if (!to)
		to = census_collect_memory(&p->c->scan.collection, nr_rows + 1UL, sizeof(*to));
	if (!to)
		return false;
	column->common[kind] = to;
	for (row = 1; row <= nr_rows; row++) {
		to[row].both += from[row].both;
		to[row].alone += from[row].alone;
	}
	return true;
}

/* Adds what is in common to the column, and clears it.  Return: false without memory. */
static bool add_common(struct pass *p, struct column *column)
{
	struct census_overlaps *common = &p->s->common;
	size_t bytes = kind_bytes(p->s);
	unsigned int kind;

	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		if (!(common->kinds & BIT(kind)) ||
		    !memchr_inv(census_overlap(common, kind), 0, bytes))
			continue;
		if (!add_kind(p, column, kind))
			return false;
		memset(census_overlap(common, kind), 0, bytes);
	}
	common->kinds = 0;
	return true;
}

static u32 count_owner(struct pass *p, u32 turn, u32 begin, struct column *column)
{
	if (p->masks.together && column->row)
		return census_turn_end(p->o, turn);
	return census_turn_count(&p->masks, p->o, turn, begin);
}

static u32 compare_column(struct pass *p, u32 turn, u32 begin, struct column *column)
{
	u32 end = census_turn_common(&p->masks, p->o, turn, begin, column->row, &p->s->common);

	return add_common(p, column) ? end : 0;
}

/* Adds the pages without marks, which have one owner. */
static void add_exclusive(const struct pass *p)
{
	const struct census_mm *m;
	unsigned int kind;

	list_for_each_entry(m, &p->c->scan.collection.mms, link) {
		u32 row = p->s->columns[m->number].row;

		for (kind = 0; row && kind < CENSUS_PROVED_KINDS; kind++)
			p->s->rows[row].by_owners[census_owner_class(1)][kind] +=
				m->exclusive[kind];
		cond_resched();
	}
}

static int count_by_others(struct pass *p)
{
	u32 state = p->masks.first, nr = 0;

	while (state) {
		state = census_state_by_others(&p->masks, state, p->s->rows[1].by_owners);
		if (++nr % AT_ONCE)
			continue;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

static int compare_all(struct pass *p)
{
	struct census_marks *marks = p->c->scan.tally.marks;
	struct census_budget *budget = marks->budget;
	struct census_pool states = { .budget = budget, .nr = 1 };
	int err;

	p->masks.together = p->c->req->together;
	p->masks.states = &states;
	p->masks.masks = (struct census_pool) { .budget = budget, .nr = 1 };
	err = census_marks_prepare_groups(marks, &states, CENSUS_GROUP_UNITS, false);
	if (!err) {
		err = each_turn(p, true, note_row);
		/* More slices help. */
		if (err == -ENOMEM)
			p->o->failed = true;
	}
	if (!err)
		err = each_turn(p, false, count_owner);
	if (!err && p->masks.together)
		err = count_by_others(p);
	if (!err)
		err = each_turn(p, false, compare_column);
	census_pool_free(&p->masks.masks);
	census_pool_free(&states);
	return err;
}

/*
 * Compares the address spaces of the request with all others.  Their blocks cannot be used
 * afterwards.  groups.c compares groups.
 *
 * Takes two passes over all entries, in one of them at most a step for each row in each, and two
 * over those of the rows.
 */
static int share_count(struct census *c, void *state)
{
	struct share *s = state;
	struct pass p = { .c = c, .s = s, .o = &c->scan.tally.marks->owners };
	int err;

	if (!s->nr_columns)
		return 0;
	memset(s->common.common, 0, CENSUS_KINDS * kind_bytes(s));
	s->common.kinds = 0;
	/* The numbers of owners are in the blocks until states replace them. */
	err = c->req->together ? 0 : each_turn(&p, true, count_by_owners);
	if (!err) {
		add_exclusive(&p);
		err = compare_all(&p);
	}
	return err;
}

/* Adds pages by kind, as bytes. */
static void add_bytes(u64 *bytes, const u64 *pages, const unsigned int *hugetlb)
{
	unsigned int i;

	bytes[MEMCENSUS_K_ANON] += pages[CENSUS_ANON] << PAGE_SHIFT;
	bytes[MEMCENSUS_K_FILE] += pages[CENSUS_FILE] << PAGE_SHIFT;
	bytes[MEMCENSUS_K_SHMEM] += pages[CENSUS_SHMEM] << PAGE_SHIFT;
	bytes[MEMCENSUS_K_DEVICE] +=
		(pages[CENSUS_DEVICE] + pages[CENSUS_DEVICE_UNCOUNTED] +
		 pages[CENSUS_ZONE_DEVICE]) << PAGE_SHIFT;
	bytes[MEMCENSUS_K_SWAP] += pages[CENSUS_OF_SWAP] << PAGE_SHIFT;
	for (i = 0; i < CENSUS_HUGETLB_SIZES; i++)
		bytes[MEMCENSUS_K_HUGETLB] +=
			pages[CENSUS_OF_HUGETLB + i] * hugetlb[i] << PAGE_SHIFT;
}

/* In base pages, to compare pairs. */
static u64 sum_of(const u64 *pages, const unsigned int *hugetlb)
{
	u64 bytes[MEMCENSUS_K_MAX + 1] = {}, sum = 0;
	unsigned int i;

	add_bytes(bytes, pages, hugetlb);
	for (i = 0; i <= MEMCENSUS_K_MAX; i++)
		sum += bytes[i];
	return sum >> PAGE_SHIFT;
}

static const u32 fewest[CENSUS_OWNER_CLASSES] = { 1, 2, 3, 10 };

static void add_owned(struct census_snapshot *snap, const struct census_task *task, u32 group,
		      const census_kinds *by_owners, const unsigned int *hugetlb)
{
	/* All processes together are counted by none, one and more other owners. */
	unsigned int nr = task || group ? CENSUS_OWNER_CLASSES : 3, i;

	for (i = 0; i < nr; i++) {
		struct census_owned *o = &snap->owned[snap->nr_owned++];

		*o = (struct census_owned) {
			.task = task, .group = group, .fewest = fewest[i],
			.most = i + 1 < nr ? fewest[i + 1] - 1 : 0,
		};
		add_bytes(o->bytes, by_owners[i], hugetlb);
	}
}

static int alloc_owned(struct census_snapshot *snap, u32 nr)
{
	snap->owned = census_snapshot_memory(snap, array3_size(nr + 1UL, CENSUS_OWNER_CLASSES,
							       sizeof(*snap->owned)));
	return snap->owned ? 0 : -ENOMEM;
}

static struct census_pair *add_pair(struct census_snapshot *snap)
{
	struct census_pair *pair = census_snapshot_memory(snap, sizeof(*pair));

	if (pair)
		list_add_tail(&pair->link, &snap->pairs);
	return pair;
}

static void add_common_bytes(struct census_pair *pair, const struct census_common *common,
			     const unsigned int *hugetlb)
{
	add_bytes(pair->bytes, common->both, hugetlb);
	add_bytes(pair->alone, common->alone, hugetlb);
}

/* Checks whether the figures of @m are sent. */
static bool is_counted(const struct census_mm *m)
{
	return m->state == MEMCENSUS_STATE_WALKED || m->state == MEMCENSUS_STATE_PARTIAL;
}

/**
 * struct result - conversion of the counts to records
 * @c: the census
 * @s: the counts
 * @snap: gets the records
 * @hugetlb: sizes of the hugetlb kinds, in base pages
 * @top: the pairs to be sent
 * @rest: of the current row, the bytes of all pairs that are not sent
 * @left_out: number of these pairs
 */
struct result {
	const struct census *c;
	const struct share *s;
	struct census_snapshot *snap;
	const unsigned int *hugetlb;
	struct census_largest top;
	u64 rest[MEMCENSUS_K_MAX + 1];
	u32 left_out;
};

static void subtract_bytes(u64 *from, const u64 *bytes)
{
	unsigned int i;

	for (i = 0; i <= MEMCENSUS_K_MAX; i++)
		from[i] -= bytes[i];
}

/* What an address space has in common with a row. */
static void get_common(const struct column *column, u32 row,
		       struct census_common *common)
{
	unsigned int kind;

	*common = (struct census_common) {};
	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		if (!column->common[kind])
			continue;
		common->both[kind] = column->common[kind][row].both;
		common->alone[kind] = column->common[kind][row].alone;
	}
}

/* Finds the largest pairs of a row.  A peer that the caller cannot see is left out. */
static int rank_row(struct result *r, u32 row)
{
	const struct share *s = r->s;
	struct census_common common;
	u32 i;

	memset(r->rest, 0, sizeof(r->rest));
	r->left_out = 0;
	r->top.nr = 0;
	for (i = 1; i <= s->nr_columns; i++) {
		const struct column *column = &s->columns[i];
		u64 sum;

		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		if (!is_counted(column->m))
			continue;
		get_common(column, row, &common);
		sum = sum_of(common.both, r->hugetlb);
		if (!sum)
			continue;
		r->left_out++;
		add_bytes(r->rest, common.both, r->hugetlb);
		if (census_task_pid(column->task, r->c->req->pid_ns))
			census_largest_add(&r->top, sum, i);
	}
	census_largest_sort(&r->top);
	return 0;
}

static int add_left_out(struct result *r, const struct census_task *task, bool unknown)
{
	struct census_pair *pair;

	if (!r->left_out && !unknown)
		return 0;
	pair = add_pair(r->snap);
	if (!pair)
		return -ENOMEM;
	pair->task = task;
	pair->left_out = unknown ? CENSUS_LEFT_OUT_UNKNOWN : r->left_out;
	memcpy(pair->bytes, r->rest, sizeof(pair->bytes));
	return 0;
}

static int finish_row(struct result *r, u32 row, const struct census_task *task)
{
	const struct share *s = r->s;
	struct census_common common;
	int err = rank_row(r, row);
	u32 i;

	if (err)
		return err;
	add_owned(r->snap, task, 0, s->rows[row].by_owners, r->hugetlb);
	for (i = 0; i < r->top.nr; i++) {
		const struct column *peer = &s->columns[r->top.entries[i].index];
		struct census_pair *pair = add_pair(r->snap);

		if (!pair)
			return -ENOMEM;
		pair->task = task;
		pair->peer = peer->task;
		peer->task->sent = true;
		get_common(peer, row, &common);
		add_common_bytes(pair, &common, r->hugetlb);
		subtract_bytes(r->rest, pair->bytes);
		r->left_out--;
	}
	return add_left_out(r, task, false);
}

static int finish_rows(struct result *r)
{
	const struct share *s = r->s;
	int err = alloc_owned(r->snap, s->nr_rows);
	u32 i;

	/* The rows come first. */
	for (i = 1; i <= s->nr_named && !err; i++) {
		const struct column *column = &s->columns[i];

		column->task->sent = true;
		if (is_counted(column->m) && !r->c->req->together)
			err = finish_row(r, column->row, column->task);
	}
	if (!err && r->c->req->together && s->nr_rows)
		err = finish_row(r, 1, NULL);
	return err;
}

/* Finds the largest pairs of groups.  Group 0 is not sent, so its pairs are left out. */
static int rank_pairs(struct result *r, const u32 *group_of)
{
	const struct census_matrix *x = r->c->matrix;
	u32 a, b;

	add_bytes(r->rest, x->all, r->hugetlb);
	for (a = 2; a <= x->nr; a++) {
		for (b = 1; b < a; b++) {
			u32 pair = census_pair_index(a, b);
			u64 sum = sum_of(x->common[pair].both, r->hugetlb);

			r->left_out += !!sum;
			if (group_of[a] && group_of[b])
				census_largest_add(&r->top, sum, pair);
		}
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	census_largest_sort(&r->top);
	return 0;
}

/* The places of a pair: the inverse of census_pair_index(). */
static void places_of(u32 pair, u32 *a, u32 *b)
{
	for (*a = 2; census_pair_index(*a + 1, 1) <= pair; (*a)++)
		;
	*b = pair - census_pair_index(*a, 1) + 1;
}

static int add_pairs(struct result *r, const u32 *group_of)
{
	const struct census_matrix *x = r->c->matrix;
	u32 i, a, b;

	for (i = 0; i < r->top.nr; i++) {
		struct census_pair *pair = add_pair(r->snap);

		if (!pair)
			return -ENOMEM;
		places_of(r->top.entries[i].index, &a, &b);
		pair->group = min(group_of[a], group_of[b]);
		pair->peer_group = max(group_of[a], group_of[b]);
		add_common_bytes(pair, &x->common[r->top.entries[i].index], r->hugetlb);
		subtract_bytes(r->rest, pair->bytes);
		r->left_out--;
		cond_resched();
	}
	/* Beyond the groups that are compared, the number of pairs is unknown. */
	return add_left_out(r, NULL, x->nr < x->nr_disjoint &&
			    memchr_inv(r->rest, 0, sizeof(r->rest)));
}

static int finish_matrix(struct result *r)
{
	const struct census_matrix *x = r->c->matrix;
	u32 *group_of = census_kvcalloc(x->nr + 1UL, sizeof(*group_of)), i;
	int err = group_of ? alloc_owned(r->snap, r->snap->nr_groups) : -ENOMEM;

	for (i = 0; i < r->snap->nr_groups && !err; i++) {
		group_of[x->place[i]] = i;
		if (i && !r->snap->groups[i].contains)
			add_owned(r->snap, NULL, i, census_group_by_owners(x, i), r->hugetlb);
		cond_resched();
	}
	if (!err)
		err = rank_pairs(r, group_of);
	if (!err)
		err = add_pairs(r, group_of);
	kvfree(group_of);
	return err;
}

static int share_finish(struct census *c, void *state)
{
	struct result r = {
		.c = c, .s = state, .snap = c->snap, .hugetlb = c->scan.tally.marks->hugetlb,
	};
	int err;

	r.top.max = c->req->limit;
	r.top.entries = census_kvcalloc(r.top.max, sizeof(*r.top.entries));
	if (!r.top.entries)
		return -ENOMEM;
	err = c->matrix ? finish_matrix(&r) : finish_rows(&r);
	kvfree(r.top.entries);
	return err;
}

const struct census_question census_sharing = {
	.size = sizeof(struct share),
	.is_asked = share_asked,
	.begin = share_begin,
	.restart = share_restart,
	.count = share_count,
	.finish = share_finish,
};
