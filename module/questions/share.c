// SPDX-License-Identifier: GPL-2.0
/*
 * Who shares with whom: what the processes of a request have in common with each other process,
 * or groups with each other.
 *
 * Owners are address spaces, all those of the request together, or groups; some of them are rows.
 * When the owners of a slice are counted, its entries are passed once more by these owners, and
 * each is compared with the masks of the rows (owners/pairs.h).  So two have in common what the AND
 * of their masks has.  The largest pairs are sent, and one sum of all others: of each row, or of
 * all groups.
 *
 * The number of rows is bounded: a request names few processes, or all of them are one; and of the
 * groups only those of the largest RSS are compared, and with them those that the caller does not
 * see, together.
 */
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/largest.h"
#include "base/memory.h"
#include "census/question.h"
#include "owners/pairs.h"
#include "questions/order.h"

/* Groups that are compared, and those outside of the caller's PID namespace. */
#define ROWS_MAX (MEMCENSUS_SHARE_GROUPS_MAX + 1)

static_assert(ROWS_MAX >= MEMCENSUS_SHARE_PIDS_MAX);

/* Owners between two cond_resched(). */
#define AT_ONCE BIT(12)

/**
 * struct owner - an address space, or a group
 * @task: record of the address space; NULL: it is a group
 * @row: number of its row, 0: it is none
 * @by_owners: its pages by census_owner_class(); NULL: they are not sent
 * @common: by kind, what it has in common with each row of a higher number; NULL: nothing
 */
struct owner {
	struct census_task *task;
	u32 row;
	census_kinds *by_owners;
	struct census_overlap *common[CENSUS_KINDS];
};

/**
 * struct share - what is counted, in all slices
 * @c: the census
 * @nr: number of owners, with owner 0: no address space, or group 0
 * @owners: by number of the address space or the group
 * @nr_rows: number of rows
 * @rows: from 1: number of the owner
 * @nr_by_owners: number of owners with @by_owners
 * @nr_disjoint: number of groups that contain no other, with group 0
 * @order: of a slice: the turns by owner
 * @pairs: what is passed, with the sum over all pairs of groups, compared or not, and memory for
 *	what one owner has in common with rows, all 0
 * @top: the largest pairs of rows: number of the row times number of owners, and the place of the
 *	other owner
 * @rest: of all pairs of these rows that are not sent, bytes
 * @left_out: number of these pairs
 *
 * All is in the arena of the collection, so it counts as a result.
 */
struct share {
	struct census *c;
	u32 nr;
	struct owner *owners;
	u32 nr_rows;
	u32 rows[ROWS_MAX + 1];
	u32 nr_by_owners;
	u32 nr_disjoint;
	struct census_order order;
	struct census_pairs pairs;
	struct census_largest top;
	u64 rest[MEMCENSUS_K_MAX + 1];
	u32 left_out;
};

/* Size of what an owner has in common with all rows, of one kind. */
static size_t kind_bytes(const struct share *s)
{
	return (s->nr_rows + 1UL) * sizeof(struct census_overlap);
}

static void add_row(struct share *s, u32 owner)
{
	s->rows[++s->nr_rows] = owner;
	s->owners[owner].row = s->nr_rows;
}

static int add_by_owners(struct share *s, u32 owner, struct census_collection *c)
{
	s->owners[owner].by_owners = census_collect_memory(c, CENSUS_OWNER_CLASSES,
							   sizeof(census_kinds));
	s->nr_by_owners++;
	return s->owners[owner].by_owners ? 0 : -ENOMEM;
}

/* The address spaces of the request come first, and are a row each, or together the first one. */
static int choose_processes(struct share *s, struct census_collection *c, bool together)
{
	const struct census_mm *m;

	list_for_each_entry(m, &c->mms, link) {
		s->owners[m->number].task = m->task;
		cond_resched();
		if (m->number > c->nr_named || (together && s->nr_rows))
			continue;
		add_row(s, m->number);
		if (add_by_owners(s, m->number, c))
			return -ENOMEM;
	}
	return 0;
}

static int choose_groups(struct share *s, struct census_collection *c)
{
	struct census_largest top = { .max = MEMCENSUS_SHARE_GROUPS_MAX };
	const struct census_group *groups = c->snap->groups;
	const struct census_mm *m;
	u64 *rss;
	u32 i;

	top.entries = census_collect_memory(c, top.max, sizeof(*top.entries));
	rss = census_collect_memory(c, s->nr, sizeof(*rss));
	if (!top.entries || !rss)
		return -ENOMEM;
	list_for_each_entry(m, &c->mms, link) {
		if (m->task)
			rss[m->task->group] += m->counters.rss;
		cond_resched();
	}
	/* Groups in a group are compared with each other, not with that. */
	for (i = 1; i < s->nr; i++) {
		if (!groups[i].contains) {
			census_largest_add(&top, rss[i] + 1, i);
			s->nr_disjoint++;
			if (add_by_owners(s, i, c))
				return -ENOMEM;
		}
		if (!(i % AT_ONCE))
			cond_resched();
	}
	for (i = 0; i < top.nr; i++)
		add_row(s, top.entries[i].index);
	/* The number of its pairs is sent. */
	add_row(s, 0);
	s->nr_disjoint++;
	return 0;
}

int census_share_begin(struct census *c)
{
	struct census_collection *collection = &c->scan.collection;
	struct share *s = census_collect_memory(collection, 1, sizeof(*s));
	int err;

	c->share = s;
	if (!s)
		return -ENOMEM;
	s->c = c;
	s->nr = c->req->group_by ? c->snap->nr_groups : collection->nr + 1;
	s->owners = census_collect_memory(collection, s->nr, sizeof(*s->owners));
	if (!s->owners)
		return -ENOMEM;
	err = c->req->group_by ? choose_groups(s, collection) :
				 choose_processes(s, collection, c->req->together);
	if (!err)
		s->pairs.common = census_collect_memory(collection, CENSUS_KINDS, kind_bytes(s));
	return err ?: s->pairs.common ? 0 : -ENOMEM;
}

void census_share_restart(struct census *c)
{
	struct share *s = c->share;
	u32 i, kind;

	memset(s->pairs.all, 0, sizeof(s->pairs.all));
	for (i = 0; i < s->nr; i++) {
		struct owner *owner = &s->owners[i];

		if (owner->by_owners)
			memset(owner->by_owners, 0, CENSUS_OWNER_CLASSES * sizeof(census_kinds));
		for (kind = 0; kind < CENSUS_KINDS; kind++)
			if (owner->common[kind])
				memset(owner->common[kind], 0, kind_bytes(s));
		cond_resched();
	}
}

static u32 owner_of(const struct census_request *req, const struct census_mm *m, u32 nr_named)
{
	if (!req->group_by)
		return req->together && m->number <= nr_named ? 1 : m->number;
	return m->task && m->state != MEMCENSUS_STATE_VANISHED ? m->task->group : 0;
}

/* Adds the pages without marks, which have one owner. */
static void add_exclusive(struct owner *owner, const struct census_mm *m)
{
	u32 kind;

	for (kind = 0; owner->by_owners && kind < CENSUS_PROVED_KINDS; kind++)
		owner->by_owners[census_owner_class(1)][kind] += m->exclusive[kind];
}

static int pass_owner(struct share *s, u32 i)
{
	const struct owner *owner = &s->owners[i];
	/* A group that is no row is compared with none. */
	u32 row = owner->row || !s->c->req->group_by ? owner->row : s->nr_rows;

	census_pairs_owner(&s->pairs, row, owner->by_owners);
	return census_order_pass(&s->order, i, census_pairs_turn, &s->pairs);
}

/* The blocks count the owners of a request, instead of address spaces. */
static int recount(struct share *s)
{
	struct census_owners *o = s->order.o;
	u32 i, chunk;
	int err = 0;

	for (chunk = 0; chunk < o->blocks.nr_chunks; chunk++) {
		census_blocks_empty(o, chunk);
		cond_resched();
	}
	s->pairs.step = CENSUS_PAIRS_RECOUNT;
	for (i = 0; i < s->nr && !err; i++)
		err = pass_owner(s, i);
	for (chunk = 0; chunk < o->blocks.nr_chunks && !err; chunk++) {
		census_blocks_finish(o, chunk);
		cond_resched();
		err = fatal_signal_pending(current) ? -EINTR : o->failed ? -ENOMEM : 0;
	}
	return err;
}

/* Adds what is in common to the owner, and clears it.  Return: 0 or -ENOMEM. */
static int add_common(struct share *s, struct owner *owner)
{
	u32 kind, row;

	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		struct census_overlap *from = (void *)s->pairs.common + kind * kind_bytes(s);
		struct census_overlap *to = owner->common[kind];

		if (!(s->pairs.kinds & BIT(kind)))
			continue;
		if (!to)
			to = census_collect_memory(&s->c->scan.collection, 1, kind_bytes(s));
		if (!to)
			return -ENOMEM;
		owner->common[kind] = to;
		for (row = 1; row <= s->nr_rows; row++) {
			to[row].both += from[row].both;
			to[row].alone += from[row].alone;
		}
		memset(from, 0, kind_bytes(s));
	}
	s->pairs.kinds = 0;
	return 0;
}

/* More slices help if memory of the marks is lacking. */
static int pass_all(struct share *s)
{
	int err = 0;
	u32 i;

	if (!census_pairs_begin(&s->pairs))
		return -ENOMEM;
	if (s->c->req->group_by || s->c->req->together)
		err = recount(s);
	s->pairs.step = CENSUS_PAIRS_NOTE;
	for (i = 1; i <= s->nr_rows && !err; i++)
		err = pass_owner(s, s->rows[i]);
	s->pairs.step = CENSUS_PAIRS_COMPARE;
	for (i = 0; i < s->nr && !err; i++) {
		err = pass_owner(s, i);
		if (!err)
			err = add_common(s, &s->owners[i]);
	}
	return err;
}

/*
 * Compares the rows with all others.  Blocks that are recounted keep the other count.
 *
 * Takes a pass over all entries, with at most a step for each row in each, and one over those of
 * the rows.  Of groups, and of processes together, one more, and one over all blocks.
 */
int census_share_count(struct census *c)
{
	struct census_collection *collection = &c->scan.collection;
	struct census_marks *marks = c->scan.tally.marks;
	const struct census_mm *m;
	struct share *s = c->share;
	int err;

	memset(s->pairs.common, 0, CENSUS_KINDS * kind_bytes(s));
	s->pairs.kinds = 0;
	s->pairs.turn_of = 0;
	s->pairs.nr_rows = s->nr_rows + 1;
	s->pairs.o = &marks->owners;
	s->pairs.passed.budget = marks->budget;
	s->pairs.masks.budget = marks->budget;
	err = census_order_begin(&s->order, &marks->owners, collection->nr, s->nr);
	if (!err) {
		list_for_each_entry(m, &collection->mms, link) {
			u32 owner = owner_of(c->req, m, collection->nr_named);

			s->order.owner_of[m->number] = owner;
			add_exclusive(&s->owners[owner], m);
			cond_resched();
		}
		census_order_link(&s->order);
		err = pass_all(s);
	}
	census_pool_free(&s->pairs.passed);
	census_pool_free(&s->pairs.masks);
	census_order_end(&s->order);
	return err;
}

/* Adds pages of a kind, as bytes. */
static void add_bytes(const struct share *s, u64 *bytes, u32 kind, u64 pages)
{
	static const u8 kinds[CENSUS_OF_HUGETLB] = {
		[CENSUS_ANON] = MEMCENSUS_K_ANON,
		[CENSUS_FILE] = MEMCENSUS_K_FILE,
		[CENSUS_SHMEM] = MEMCENSUS_K_SHMEM,
		[CENSUS_DEVICE] = MEMCENSUS_K_DEVICE,
		[CENSUS_DEVICE_UNCOUNTED] = MEMCENSUS_K_DEVICE,
		[CENSUS_ZONE_DEVICE] = MEMCENSUS_K_DEVICE,
		[CENSUS_OF_SWAP] = MEMCENSUS_K_SWAP,
	};

	if (kind >= CENSUS_OF_HUGETLB)
		bytes[MEMCENSUS_K_HUGETLB] +=
			pages * s->c->scan.tally.marks->hugetlb[kind - CENSUS_OF_HUGETLB] <<
			PAGE_SHIFT;
	else
		bytes[kinds[kind]] += pages << PAGE_SHIFT;
}

/* Checks whether figures of @owner are sent: of groups and of processes together always. */
static bool is_counted(const struct share *s, const struct owner *owner)
{
	return s->c->req->group_by ||
	       (owner->task && (owner->task->state == MEMCENSUS_STATE_WALKED ||
				owner->task->state == MEMCENSUS_STATE_PARTIAL));
}

static void send_by_owners(struct share *s, u32 i)
{
	static const u32 fewest[CENSUS_OWNER_CLASSES] = { 1, 2, 3, 10 };
	/* All processes together are counted by none, one and more other owners. */
	u32 nr = s->c->req->together ? 3 : CENSUS_OWNER_CLASSES, class, n, kind;
	const struct owner *owner = &s->owners[i];
	struct census_owned *to = NULL;

	for (class = 0; class < CENSUS_OWNER_CLASSES; class++) {
		n = min(class, nr - 1);
		if (class == n)
			to = &s->c->snap->owned[s->c->snap->nr_owned++];
		to->task = s->c->req->together ? NULL : owner->task;
		to->group = s->c->req->group_by ? i : 0;
		to->fewest = fewest[n];
		to->most = n + 1 < nr ? fewest[n + 1] - 1 : 0;
		for (kind = 0; kind < CENSUS_KINDS; kind++)
			add_bytes(s, to->bytes, kind, owner->by_owners[class][kind]);
	}
}

/* The owner that rows are compared with at @at: groups in the order of their rows. */
static u32 owner_at(const struct share *s, u32 at)
{
	return s->c->req->group_by ? s->rows[at] : at;
}

/* What an owner has in common with a row, which is another one. */
static u64 get_common(const struct share *s, u32 row, u32 i, struct census_pair *pair)
{
	const struct owner *owner = &s->owners[i];
	u32 kind, n = row;
	u64 sum = 0;

	/* That with the lower number has what two rows have in common. */
	if (owner->row > row) {
		n = owner->row;
		owner = &s->owners[s->rows[row]];
	}
	memset(pair->bytes, 0, sizeof(pair->bytes));
	memset(pair->alone, 0, sizeof(pair->alone));
	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		if (!owner->common[kind])
			continue;
		add_bytes(s, pair->bytes, kind, owner->common[kind][n].both);
		add_bytes(s, pair->alone, kind, owner->common[kind][n].alone);
	}
	for (kind = 0; kind <= MEMCENSUS_K_MAX; kind++)
		sum += pair->bytes[kind];
	return sum;
}

static void add_rest(struct share *s, const struct census_pair *pair, int sign)
{
	u32 kind;

	for (kind = 0; kind <= MEMCENSUS_K_MAX; kind++)
		s->rest[kind] += sign * pair->bytes[kind];
	s->left_out += sign;
}

/* Ranks the pairs of a row.  A process or group that the caller cannot see is left out. */
static int rank_row(struct share *s, u32 row)
{
	bool groups = s->c->req->group_by;
	u32 at, end = groups ? row : s->nr;
	struct census_pair pair;

	for (at = 1; at < end; at++) {
		u32 i = owner_at(s, at);
		const struct owner *owner = &s->owners[i];
		u64 sum;

		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		sum = is_counted(s, owner) ? get_common(s, row, i, &pair) : 0;
		if (!sum)
			continue;
		if (groups)
			s->left_out++;
		else
			add_rest(s, &pair, 1);
		if (groups ? i && s->rows[row] : census_task_pid(owner->task, s->c->req->pid_ns))
			census_largest_add(&s->top, sum, row * s->nr + at);
	}
	return 0;
}

static struct census_pair *add_pair(struct share *s, const struct census_task *task)
{
	struct census_pair *pair = census_snapshot_memory(s->c->snap, sizeof(*pair));

	if (!pair)
		return NULL;
	pair->task = task;
	list_add_tail(&pair->link, &s->c->snap->pairs);
	return pair;
}

static int send_pair(struct share *s, const struct census_task *task, u32 row, u32 i)
{
	struct census_pair *pair = add_pair(s, task);
	u32 owner = s->rows[row];

	if (!pair)
		return -ENOMEM;
	get_common(s, row, i, pair);
	add_rest(s, pair, -1);
	if (s->c->req->group_by) {
		pair->group = min(owner, i);
		pair->peer_group = max(owner, i);
	} else {
		pair->peer = s->owners[i].task;
		s->owners[i].task->sent = true;
	}
	return 0;
}

static int send_left_out(struct share *s, const struct census_task *task)
{
	/* Beyond the groups that are compared, the number of pairs is unknown. */
	bool unknown = s->nr_rows < s->nr_disjoint &&
		       memchr_inv(s->rest, 0, sizeof(s->rest));
	struct census_pair *pair;

	if (!s->left_out && !unknown)
		return 0;
	pair = add_pair(s, task);
	if (!pair)
		return -ENOMEM;
	pair->left_out = unknown ? CENSUS_LEFT_OUT_UNKNOWN : s->left_out;
	memcpy(pair->bytes, s->rest, sizeof(pair->bytes));
	return 0;
}

/* Sends the largest pairs of rows.  @task: of the row, or NULL */
static int send_rows(struct share *s, u32 row, u32 last, const struct census_task *task)
{
	int err = 0;
	u32 i;

	memset(s->rest, 0, sizeof(s->rest));
	s->left_out = 0;
	s->top.nr = 0;
	for (i = 0; i < CENSUS_KINDS && s->c->req->group_by; i++)
		add_bytes(s, s->rest, i, s->pairs.all[i]);
	for (; row <= last && !err; row++)
		err = rank_row(s, row);
	census_largest_sort(&s->top);
	for (i = 0; i < s->top.nr && !err; i++) {
		u32 at = s->top.entries[i].index;

		err = send_pair(s, task, at / s->nr, owner_at(s, at % s->nr));
		cond_resched();
	}
	return err ?: send_left_out(s, task);
}

static int send_all(struct share *s)
{
	size_t owned = array3_size(s->nr_by_owners + 1UL, CENSUS_OWNER_CLASSES,
				   sizeof(struct census_owned));
	const struct census_request *req = s->c->req;
	int err = 0;
	u32 i;

	s->c->snap->owned = census_snapshot_memory(s->c->snap, owned);
	if (!s->c->snap->owned)
		return -ENOMEM;
	for (i = 1; i < s->nr; i++) {
		if (!req->group_by && i <= s->c->scan.collection.nr_named)
			s->owners[i].task->sent = true;
		if (s->owners[i].by_owners && (req->together || is_counted(s, &s->owners[i])))
			send_by_owners(s, i);
		cond_resched();
	}
	if (req->group_by || (req->together && s->nr_rows))
		return send_rows(s, 1, s->nr_rows, NULL);
	for (i = 1; i <= s->nr_rows && !err; i++) {
		const struct owner *owner = &s->owners[s->rows[i]];

		if (is_counted(s, owner))
			err = send_rows(s, i, i, owner->task);
	}
	return err;
}

int census_share_finish(struct census *c)
{
	struct share *s = c->share;
	int err = -ENOMEM;

	s->top.max = c->req->limit;
	s->top.entries = census_kvcalloc(s->top.max, sizeof(*s->top.entries));
	if (s->top.entries)
		err = send_all(s);
	kvfree(s->top.entries);
	return err;
}
