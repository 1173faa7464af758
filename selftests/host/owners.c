// SPDX-License-Identifier: GPL-2.0
/*
 * Tests owners.c, forked.c and pairs.c on the host: random owners map random pages, by marks
 * or as tables. The result is compared with a simple count, one byte per owner and page.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/largest.h"
#include "owners/forked.h"
#include "owners/grouping.h"
#include "owners/owners.h"
#include "owners/pairs.h"
#include "owners/shares.h"

#define SPACES_MAX 700
#define BLOCKS 60
#define PAGES (BLOCKS * CENSUS_BLOCK_PAGES)
#define KINDS 3
#define MAPPINGS 3	/* owners of one address space */
#define GROUPS 5
#define NESTED 7

/* Blocks of each kind, in separate chunks. */
#define BLOCKS_OF_KIND (BLOCKS / KINDS)

static struct census_owners owners;
static struct census_holding holdings[SPACES_MAX][MAPPINGS][CENSUS_KINDS_MAX];
/* 0: not mapped; else 1 + index of the first mapping that maps it. */
static unsigned char owned[SPACES_MAX][PAGES];
/* Pages that the address space has by a table, so that it must not mark them. */
static bool by_table[SPACES_MAX][PAGES];
static struct census_chain chains[SPACES_MAX];

/* Tables, of pages of kind 0, in random order; 0: the entry has no page. */
#define TABLES 4

static u32 tables[TABLES];
static u64 entries[TABLES][CENSUS_FORKED_ENTRIES];
static unsigned int memory_left;
static unsigned int points;
static bool failed;

static void point(bool ok, const char *what, const char *round)
{
	printf("%sok %u - %s: %s\n", ok ? "" : "not ", ++points, round, what);
	failed |= !ok;
}

bool census_pool_grow(struct census_pool *pool)
{
	void *units;

	if (!memory_left)
		return false;
	memory_left--;
	if (pool->nr_chunks == pool->nr_dirs * CENSUS_DIR_CHUNKS) {
		pool->dirs = realloc(pool->dirs, (pool->nr_dirs + 1) *
				     sizeof(*pool->dirs));
		pool->dirs[pool->nr_dirs++] = malloc(CENSUS_CHUNK_BYTES);
	}
	units = malloc(CENSUS_CHUNK_BYTES);
	memset(units, 0xaa, CENSUS_CHUNK_BYTES);
	census_chunk(pool->dirs, pool->nr_chunks++)->units = units;
	return true;
}

void *census_chunk_alloc(struct census_budget *budget)
{
	return malloc(CENSUS_CHUNK_BYTES);
}

void census_chunk_free(struct census_budget *budget, void *chunk)
{
	free(chunk);
}

void census_hash_init(struct census_hash *h)
{
	*h = (struct census_hash) { .mix = rand() | 1, .low = rand(), .high = rand() };
}

static void free_pool(struct census_pool *pool)
{
	while (pool->nr_chunks)
		free(census_chunk(pool->dirs, --pool->nr_chunks)->units);
	while (pool->nr_dirs)
		free(pool->dirs[--pool->nr_dirs]);
	free(pool->dirs);
	*pool = (struct census_pool) {};
}

/* A chunk for each kind; unit 0 is no block. */
static u32 block_of(unsigned int page)
{
	unsigned int number = page / CENSUS_BLOCK_PAGES;

	return (number / BLOCKS_OF_KIND << CENSUS_CHUNK_SHIFT) + 1 + number % BLOCKS_OF_KIND;
}

static void begin(void)
{
	unsigned int kind;

	census_owners_init(&owners);
	for (kind = 0; kind < KINDS; kind++) {
		while (owners.blocks.nr_chunks <= kind)
			census_pool_grow(&owners.blocks);
		census_chunk(owners.blocks.dirs, kind)->kind = kind;
		memset(census_chunk(owners.blocks.dirs, kind)->units, 0, CENSUS_CHUNK_BYTES);
	}
}

static void make_tables(void)
{
	unsigned int pages[BLOCKS_OF_KIND * CENSUS_BLOCK_PAGES], t, i;

	for (t = 0; t < TABLES; t++) {
		u64 *values = entries[t];

		for (i = 0; i < BLOCKS_OF_KIND * CENSUS_BLOCK_PAGES; i++) {
			unsigned int j = rand() % (i + 1);

			pages[i] = pages[j];
			pages[j] = i;
		}
		for (i = 0; i < CENSUS_FORKED_ENTRIES; i++)
			values[i] = rand() % 5 ? pages[i] + 1 : 0;
		tables[t] = census_forked_add(&owners, values, CENSUS_FORKED_ENTRIES);
	}
}

/* The address space, which owns nothing yet, has a table, or most of it. */
static void own_table(unsigned int space)
{
	u64 lacks[CENSUS_FORKED_ENTRIES / 64] = {};
	unsigned int t = rand() % TABLES, i;
	const u64 *values = entries[t];

	census_owners_turn(&owners, holdings[space][0], space + 1, &chains[space]);
	for (i = 0; i < CENSUS_FORKED_ENTRIES; i++) {
		if (space / 3 % 3 && !(rand() % 10)) {
			lacks[i / 64] |= (u64)!!values[i] << i % 64;
		} else if (values[i]) {
			owned[space][values[i] - 1] = 1;
			by_table[space][values[i] - 1] = true;
		}
	}
	census_forked_own(&owners, tables[t], lacks);
}

/* As census_marks_finish() does, but page by page. */
static void finish_tables(void)
{
	struct census_owners *o = &owners;
	unsigned int t, i;

	for (t = 0; t < TABLES; t++) {
		const struct census_forked *forked = census_forked(o, tables[t]);
		const u32 *lacking = census_forked_lacking(o, forked);
		u64 *values = census_forked_values(o, forked);

		for (i = 0; i < CENSUS_FORKED_ENTRIES; i++) {
			u32 nr = census_forked_owners(forked, lacking, i), block;
			unsigned int page = values[i] - 1;

			if (!values[i])
				continue;
			block = block_of(page);
			if (nr)
				census_owners_add(o, census_block(o, block),
						  1ULL << page % CENSUS_BLOCK_PAGES, nr);
			values[i] = nr ? (u64)block << CENSUS_BLOCK_SHIFT |
					 page % CENSUS_BLOCK_PAGES : 0;
		}
	}
}

static unsigned int kind_of(unsigned int page)
{
	return page / CENSUS_BLOCK_PAGES / BLOCKS_OF_KIND;
}

/* Marks @percent of the pages in random blocks. */
static void mark_some(unsigned int space, unsigned int mapping, unsigned int blocks,
		      unsigned int percent)
{
	struct census_owners *o = &owners;
	unsigned int i, j;

	census_owners_turn(o, holdings[space][mapping], space + 1, &chains[space]);
	for (i = 0; i < blocks && !o->failed; i++) {
		unsigned int page = rand() % BLOCKS * CENSUS_BLOCK_PAGES;
		u64 mask = 0;

		for (j = 0; j < CENSUS_BLOCK_PAGES; j++) {
			if (rand() % 100u >= percent || by_table[space][page + j])
				continue;
			mask |= 1ULL << j;
			if (!owned[space][page + j])
				owned[space][page + j] = mapping + 1;
		}
		if (mask && census_owners_room(o, 1)) {
			struct census_marker m = census_marker(o);
			u32 block = block_of(page);

			census_mark(o, &m, census_block(o, block), block, mask);
			census_marker_end(o, &m);
		}
	}
}

/* As the module does it: blocks without an owner stay as they are. */
static void finish(struct census_totals *totals)
{
	struct census_owners *o = &owners;
	unsigned int page, t;
	u32 turn, entry;

	if (tables[0])
		finish_tables();
	for (page = 0; page < PAGES; page += CENSUS_BLOCK_PAGES) {
		const struct census_block *b = census_block(o, block_of(page));

		if (b->ones || b->planes || b->newest)
			census_block_finish(o, block_of(page), totals);
	}
	for (t = 0; t < TABLES && tables[t]; t++)
		census_forked_sum(o, census_forked(o, tables[t]));
	for (turn = 0; turn < o->nr_turns; turn++)
		for (entry = census_turn(o, turn)->first; entry < census_turn_end(o, turn);)
			entry = census_turn_finish(o, turn, entry, totals);
}

static void check(unsigned int spaces, const struct census_totals *totals,
		  const char *round)
{
	bool pages = true, exclusive = true, share = true, distinct = true;
	census_share sum = 0, whole = 0;
	u64 divided = 0;
	unsigned int s, m, k, t;

	for (s = 0; s < spaces; s++) {
		struct census_holding want[MAPPINGS][KINDS] = {};

		for (t = 0; t < PAGES; t++) {
			unsigned int nr = 0, other;

			if (!owned[s][t])
				continue;
			for (other = 0; other < spaces; other++)
				nr += !!owned[other][t];
			m = owned[s][t] - 1;
			want[m][kind_of(t)].pages++;
			want[m][kind_of(t)].exclusive += nr == 1;
			want[m][kind_of(t)].share += (1ULL << CENSUS_SHARE_SHIFT) / nr;
		}
		for (m = 0; m < MAPPINGS; m++) {
			for (k = 0; k < KINDS; k++) {
				struct census_holding *h = &holdings[s][m][k];

				pages &= h->pages == want[m][k].pages;
				exclusive &= h->exclusive == want[m][k].exclusive;
				share &= h->share == want[m][k].share;
				sum += h->share;
				divided += want[m][k].pages - want[m][k].exclusive;
			}
		}
	}
	for (k = 0; k < KINDS; k++) {
		u64 mapped = 0;

		for (t = 0; t < PAGES; t++) {
			bool any = false;

			for (s = 0; s < spaces && !any; s++)
				any = owned[s][t];
			mapped += any && kind_of(t) == k;
		}
		distinct &= totals->pages[k] == mapped;
		whole += (census_share)mapped << CENSUS_SHARE_SHIFT;
		sum -= totals->share[k];
	}
	point(pages, "every owner has the pages it maps first", round);
	point(exclusive, "and those that no other address space maps", round);
	point(share, "and its share of each", round);
	point(distinct, "each mapped page is counted once", round);
	for (k = 0; k < KINDS; k++)
		sum += totals->share[k];
	point(sum <= whole && sum + totals->lost >= whole && totals->lost == divided,
	      "all shares together are all pages", round);
}

/* Classes in other words than those of the module. */
static unsigned int class_of(unsigned int nr)
{
	return nr == 1 ? 0 : nr == 2 ? 1 : nr <= 9 ? 2 : 3;
}

/* Owners that are compared with all others. */
#define ROWS 130

/* Which owner each address space is of, in a pass by owner. */
enum by {
	BY_SPACE,	/* itself */
	BY_FIRST,	/* the first ones are one */
	BY_GROUP,	/* one of few groups */
};

/* Address spaces that are compared as one. */
#define TOGETHER 4

static unsigned int owner_of(unsigned int space, enum by by)
{
	if (by == BY_GROUP)
		return (space + 1) % GROUPS;
	return by == BY_FIRST && space < TOGETHER ? 0 : space;
}

/* Number of the row of an owner: those of groups are in another order, and one is none. */
static unsigned int row_of(unsigned int owner, enum by by)
{
	static const unsigned char rows[GROUPS] = { 3, 0, 1, 4, 2 };

	if (by == BY_SPACE)
		return owner < ROWS ? owner + 1 : 0;
	return by == BY_GROUP ? rows[owner] : !owner;
}

static unsigned int nr_rows(enum by by)
{
	return by == BY_GROUP ? GROUPS - 1 : by == BY_FIRST ? 1 : ROWS;
}

static census_kinds classes[SPACES_MAX][CENSUS_OWNER_CLASSES];
static struct census_overlap common[SPACES_MAX][CENSUS_KINDS_MAX][ROWS + 1];
static bool missed;

static void pass_owner(struct census_pairs *p, enum by by, unsigned int owner)
{
	const struct census_owners *o = &owners;
	u32 turn, entry;

	p->kinds = 0;
	p->common = calloc(CENSUS_KINDS_MAX * p->nr_rows, sizeof(*p->common));
	census_pairs_owner(p, row_of(owner, by), owner % 2 ? NULL : classes[owner]);
	for (turn = 0; turn < o->nr_turns; turn++)
		for (entry = census_turn(o, turn)->first;
		     owner_of(census_turn(o, turn)->mm - 1, by) == owner &&
		     entry < census_turn_end(o, turn);)
			entry = census_pairs_turn(p, turn, entry);
	for (turn = 0; turn < CENSUS_KINDS_MAX; turn++) {
		memcpy(common[owner][turn], p->common + turn * p->nr_rows,
		       p->nr_rows * sizeof(*p->common));
		for (entry = 0; entry < p->nr_rows; entry++)
			missed |= !(p->kinds >> turn & 1) && common[owner][turn][entry].both;
	}
	free(p->common);
}

/* Without memory for what is passed, or for masks of rows, this is said. */
static void check_failure(const char *round)
{
	struct census_pairs p = { .o = &owners, .step = CENSUS_PAIRS_NOTE, .nr_rows = ROWS + 1 };
	const unsigned int left = memory_left;
	bool told, any = false;
	unsigned int i, t;

	memory_left = owners.blocks.nr_chunks - 1;
	told = !census_pairs_begin(&p) && owners.failed;
	owners.failed = false;
	memory_left = 1;
	told &= census_pairs_begin(&p) && !owners.failed && !memory_left;
	for (i = 0; i < ROWS; i++) {
		pass_owner(&p, BY_SPACE, i);
		for (t = 0; t < PAGES; t++)
			any |= owned[i][t];
	}
	point(told && owners.failed == any, "without memory nothing is compared", round);
	owners.failed = false;
	memory_left = left;
	free_pool(&p.passed);
	free_pool(&p.masks);
}

/* What owners have by number of owners, and what rows have in common with each of a lower one. */
static void check_pairs(unsigned int spaces, enum by by, const char *round)
{
	static census_kinds want_classes[SPACES_MAX][CENSUS_OWNER_CLASSES];
	static struct census_overlap want[SPACES_MAX][CENSUS_KINDS_MAX][ROWS + 1];
	unsigned int nr = by == BY_GROUP ? GROUPS : SPACES_MAX, i, row, t, n, all[SPACES_MAX];
	struct census_pairs p = { .o = &owners, .nr_rows = nr_rows(by) + 1 };
	census_kinds pairs = {};
	char name[100];
	u32 chunk;

	snprintf(name, sizeof(name), "%s, %s", round,
		 by == BY_GROUP ? "groups" : by == BY_FIRST ? "some together" : "each");
	memset(common, 0, sizeof(common));
	memset(want, 0, sizeof(want));
	memset(want_classes, 0, sizeof(want_classes));
	missed = !census_pairs_begin(&p);
	for (chunk = 0; by != BY_SPACE && chunk < owners.blocks.nr_chunks; chunk++)
		census_blocks_empty(&owners, chunk);
	for (i = 0; by != BY_SPACE && i < nr; i++)
		pass_owner(&p, by, i);
	for (chunk = 0; by != BY_SPACE && chunk < owners.blocks.nr_chunks; chunk++)
		census_blocks_finish(&owners, chunk);
	memset(classes, 0, sizeof(classes));
	p.step = CENSUS_PAIRS_NOTE;
	for (row = 1; row <= nr_rows(by); row++)
		for (i = 0; i < nr; i++)
			if (row_of(i, by) == row)
				pass_owner(&p, by, i);
	p.step = CENSUS_PAIRS_COMPARE;
	for (i = 0; i < nr; i++)
		pass_owner(&p, by, i);
	for (t = 0; t < PAGES; t++) {
		unsigned int rows[ROWS], r;
		bool has[SPACES_MAX] = {};
		u32 k = kind_of(t);

		for (n = 0, r = 0, i = 0; i < spaces; i++) {
			unsigned int owner = owner_of(i, by);

			if (!owned[i][t] || has[owner])
				continue;
			has[owner] = true;
			all[n++] = owner;
			if (row_of(owner, by))
				rows[r++] = row_of(owner, by);
		}
		pairs[k] += by == BY_SPACE || !n ? 0 : n * (n - 1) / 2;
		for (i = 0; i < n; i++) {
			struct census_overlap *c = want[all[i]][k];

			if (all[i] % 2 == 0)
				want_classes[all[i]][class_of(n)][k]++;
			for (row = 0; row < r; row++) {
				if (rows[row] <= row_of(all[i], by))
					continue;
				c[rows[row]].both++;
				c[rows[row]].alone += n == 2;
			}
		}
	}
	point(!memcmp(classes, want_classes, sizeof(classes)),
	      "owners have their pages by number of owners", name);
	point(!memcmp(common, want, sizeof(common)),
	      "and what they share with rows, each page once", name);
	point(!missed, "and the kinds of it", name);
	point(!memcmp(p.all, pairs, sizeof(pairs)), "and all pairs together", name);
	free_pool(&p.passed);
	free_pool(&p.masks);
}

static int larger_first(const void *x, const void *y)
{
	const struct census_ranked *a = x, *b = y;

	if (a->value != b->value)
		return a->value < b->value ? 1 : -1;
	return a->index < b->index ? -1 : 1;
}

/* The largest of a random series, with many equal ones and some of 0. */
static void check_top(u32 nr, u32 max, const char *round)
{
	struct census_ranked *series = calloc(nr + 1, sizeof(*series));
	struct census_largest top = { .max = max, .entries = calloc(max + 1, sizeof(*series)) };
	bool ok = true;
	u32 i, some = 0;

	for (i = 0; i < nr; i++) {
		u64 pages = rand() % (nr / 2 + 1);

		if (pages)
			series[some++] = (struct census_ranked) { pages, i };
		census_largest_add(&top, pages, i);
	}
	qsort(series, some, sizeof(*series), larger_first);
	census_largest_sort(&top);
	ok = top.nr == (some < max ? some : max);
	for (i = 0; i < top.nr && ok; i++)
		ok = top.entries[i].value == series[i].value &&
		     top.entries[i].index == series[i].index;
	point(ok, "the largest are found and sorted", round);
	free(series);
	free(top.entries);
}

/**
 * struct shape - a tree of groups
 * @name: says how
 * @parents: by group; group 0 is above all
 */
static const struct shape {
	const char *name;
	u32 parents[NESTED + 1];
} shapes[] = {
	{ "flat", { 0, 0, 0, 0, 0, 0, 0, 0 } },
	{ "a chain", { 0, 0, 1, 2, 3, 4, 5, 6 } },
	{ "two subtrees", { 0, 0, 1, 1, 3, 0, 5, 5 } },
	{ "one root", { 0, 0, 1, 2, 2, 1, 5, 5 } },
};

/* Each fifth address space is in no group, which is group 0. */
static u32 group_of(unsigned int space, unsigned int round)
{
	return space % 5 ? (space * 7 + round) % (NESTED + 1) : 0;
}

static bool is_in(const struct shape *shape, u32 group, u32 above)
{
	while (group && group != above)
		group = shape->parents[group];
	return group == above;
}

static struct census_holding grouped[NESTED + 1][CENSUS_KINDS_MAX];

static void add_turn(struct census_grouping *g, u32 turn, unsigned int round)
{
	const struct census_turn *t = census_turn(&owners, turn);
	u32 entry = t->first;

	while (group_of(t->mm - 1, round) == g->group && entry < census_turn_end(&owners, turn))
		entry = census_grouping_turn(g, turn, entry);
}

static void count_groups(struct census_grouping *g, unsigned int round)
{
	unsigned int turn, t;
	u32 group, unit, units = census_grouping_units(g);

	for (t = 0; t < PAGES; t += CENSUS_BLOCK_PAGES) {
		unit = census_pool_take(&g->states, units);
		memset(census_unit(&g->states, unit), 0, units * CENSUS_UNIT_BYTES);
		census_block(&owners, block_of(t))->planes = unit;
	}
	for (g->pass = 0; g->pass < 2; g->pass++)
		for (g->group = 0; g->group <= NESTED; g->group++)
			for (turn = 0; turn < owners.nr_turns; turn++)
				add_turn(g, turn, round);
	for (group = NESTED; group; group--)
		for (t = 0; t < KINDS; t++) {
			u32 parent = g->parent[group];

			grouped[parent][t].pages += grouped[group][t].pages;
			grouped[parent][t].exclusive += grouped[group][t].exclusive;
		}
}

static void check_shape(const struct shape *shape, unsigned int spaces, const char *round)
{
	u32 parents[NESTED + 1] = {}, depths[NESTED + 1] = {}, group, depth = 0;
	struct census_grouping g = {
		.o = &owners, .parent = parents, .depth = depths, .holdings = &grouped[0][0],
		.kinds = CENSUS_KINDS_MAX,
	};
	bool pages = true, exclusive = true;
	char name[100];
	unsigned int s, t, k;

	memset(grouped, 0, sizeof(grouped));
	for (group = 1; group <= NESTED; group++) {
		parents[group] = shape->parents[group];
		depths[group] = depths[parents[group]] + 1;
		depth = depths[group] > depth ? depths[group] : depth;
	}
	census_grouping_init(&g, depth);
	count_groups(&g, shape - shapes);
	for (group = 1; group <= NESTED; group++) {
		struct census_holding want[KINDS] = {};

		for (t = 0; t < PAGES; t++) {
			bool ours = false, others = false;

			for (s = 0; s < spaces; s++)
				if (is_in(shape, group_of(s, shape - shapes), group))
					ours |= owned[s][t];
				else
					others |= owned[s][t];
			want[kind_of(t)].pages += ours;
			want[kind_of(t)].exclusive += ours && !others;
		}
		for (k = 0; k < KINDS; k++) {
			pages &= grouped[group][k].pages == want[k].pages;
			exclusive &= grouped[group][k].exclusive == want[k].exclusive;
		}
	}
	snprintf(name, sizeof(name), "%s, %s", round, shape->name);
	point(pages, "every group has the pages of its members, each once", name);
	point(exclusive, "and those that no other owner maps", name);
	free_pool(&g.states);
}

static void check_groups(unsigned int spaces, const char *round)
{
	unsigned int i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		check_shape(&shapes[i], spaces, round);
}

/**
 * struct round - one test
 * @name: name of the case
 * @spaces: address spaces
 * @mappings: owners in each address space
 * @blocks: blocks marked by each owner
 * @percent: of the pages in these blocks
 * @resumed: each address space marks once more after all others
 * @vanish: after that every second address space vanishes
 * @forked: each address space has a table too
 */
struct round {
	const char *name;
	unsigned int spaces, mappings, blocks, percent;
	bool resumed, vanish, forked;
};

static const struct round rounds[] = {
	{ "one owner", 1, 1, 100, 50, false, false, false },
	{ "few owners, few pages", 5, 1, 5, 3, false, false, false },
	{ "12 owners at random", 12, 1, 100, 60, false, false, false },
	{ "whole blocks", 40, 1, 20, 100, false, false, false },
	{ "owners are mappings", 30, 3, 60, 30, false, false, false },
	{ "address spaces are resumed", 40, 1, 40, 30, true, false, false },
	{ "mappings, resumed", 40, 3, 40, 10, true, false, false },
	{ "60 owners, mappings, resumed", 60, 3, 60, 20, true, false, false },
	{ "all but one vanish", 2, 1, 100, 60, false, true, false },
	{ "mappings, resumed, vanish", 60, 3, 60, 20, true, true, false },
	{ "tables", 100, 1, 30, 30, false, false, true },
	{ "tables, mappings, resumed", 60, 3, 40, 20, true, false, true },
	{ "all owners of tables vanish", 1, 1, 30, 30, false, true, true },
	{ "tables of few owners", 5, 1, 2, 10, false, false, true },
	{ "300 owners at random", 300, 1, 100, 60, false, false, false },
	{ "700 owners of everything", 700, 1, 600, 100, false, false, false },
	{ "every second one vanishes", 300, 1, 100, 60, false, true, false },
	{ "tables only", 300, 1, 0, 0, false, false, true },
	{ "tables vanish", 300, 1, 40, 20, true, true, true },
};

static void end(void)
{
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		free_pool(&owners.pools[i]);
}

/* Forgets what was marked before.  @chunks: memory */
static void begin_anew(unsigned int chunks)
{
	memset(owned, 0, sizeof(owned));
	memset(chains, 0, sizeof(chains));
	memset(holdings, 0, sizeof(holdings));
	memset(by_table, 0, sizeof(by_table));
	memset(tables, 0, sizeof(tables));
	memory_left = chunks;
	begin();
}

static void run(const struct round *r)
{
	struct census_totals totals = {};
	unsigned int s, m, again;

	begin_anew(100000);
	if (r->forked)
		make_tables();
	for (s = 0; r->forked && s < r->spaces; s++)
		own_table(s);
	for (again = 0; again <= r->resumed; again++)
		for (s = 0; s < r->spaces; s++)
			for (m = 0; m < r->mappings; m++)
				mark_some(s, m, r->blocks, r->percent);
	for (s = 0; r->vanish && s < r->spaces; s += 2) {
		census_owners_forget(&owners, &chains[s]);
		memset(owned[s], 0, sizeof(owned[s]));
	}
	finish(&totals);
	check(r->spaces, &totals, r->name);
	check_failure(r->name);
	check_pairs(r->spaces, BY_SPACE, r->name);
	check_groups(r->spaces, r->name);
	check_pairs(r->spaces, BY_FIRST, r->name);
	check_pairs(r->spaces, BY_GROUP, r->name);
	end();
}

/* Forgotten before its first mark, and begun again: it is resumed as any other. */
static void begin_again(void)
{
	struct census_totals totals = {};
	unsigned int s, again;

	begin_anew(1000);
	census_owners_turn(&owners, holdings[0][0], 1, &chains[0]);
	census_owners_forget(&owners, &chains[0]);
	for (again = 0; again < 3; again++)
		for (s = 0; s < 2; s++)
			mark_some(s, 0, BLOCKS, 50);
	finish(&totals);
	check(2, &totals, "begun again");
	end();
}

/* Each is forgotten while the next one marks. */
static void forget_in_turn(void)
{
	struct census_totals totals = {};
	unsigned int s;

	begin_anew(1000);
	for (s = 0; s < 4; s++) {
		mark_some(s, 0, BLOCKS, 50);
		if (!s)
			continue;
		census_owners_forget(&owners, &chains[s - 1]);
		memset(owned[s - 1], 0, sizeof(owned[s - 1]));
	}
	finish(&totals);
	check(4, &totals, "forgotten in turn");
	end();
}

/* Has an owner map pages of the first block. */
static void mark_first(struct census_holding *of, unsigned int space, u64 mask)
{
	struct census_marker m;

	census_owners_turn(&owners, of, space + 1, &chains[space]);
	census_owners_room(&owners, 1);
	m = census_marker(&owners);
	census_mark(&owners, &m, census_block(&owners, block_of(0)), block_of(0), mask);
	census_marker_end(&owners, &m);
}

/* Turns are as few as possible, and no fewer. */
static void check_turns(void)
{
	struct census_holding *of = holdings[0][0];
	struct census_totals totals = {};

	begin_anew(1000);
	mark_first(of, 0, 1);
	mark_first(of, 0, 3);
	point(owners.nr_turns == 1 && owners.entries.nr == 2, "an owner that goes on has one turn",
	      "turns");
	mark_first(of, 1, 1);
	point(owners.nr_turns == 2, "one for two address spaces has two", "turns");
	census_owners_turn(&owners, holdings[2][0], 3, &chains[2]);
	mark_first(holdings[3][0], 3, 4);
	point(owners.nr_turns == 3 && !chains[2].first, "a turn without marks is used again",
	      "turns");
	point(owners.turns.nr == 3 * CENSUS_TURN_UNITS, "and its memory is counted once", "turns");
	finish(&totals);
	point(of->pages == 3 && of->exclusive == 1 && holdings[3][0]->exclusive == 1,
	      "each has what it marked", "turns");
	end();
	begin_anew(1000);
	mark_first(of, 0, 1);
	mark_first(holdings[1][0], 1, 1);
	mark_first(of, 0, 2);
	mark_first(of, 0, 4);
	point(owners.nr_turns == 3 && owners.entries.nr == 4,
	      "resumed, it adds to the entry of its new turn", "turns");
	end();
}

/* What is beside the planes of a block does not count. @beside: all bytes of the others */
static void check_sum(int beside)
{
	u64 planes[CENSUS_ALL_PLANES], of_most, of_one, most, one;
	unsigned int s;
	u32 nr;

	begin_anew(1000);
	for (s = 0; s < 16; s++)
		mark_first(holdings[s][0], s, s ? 2 : 3);
	memset(planes, beside, sizeof(planes));
	nr = census_planes_read(&owners, census_block(&owners, block_of(0)), planes);
	one = census_planes_next(planes, nr, 3, &of_one);
	most = census_planes_next(planes, nr, 2, &of_most);
	point(one == 1 && of_one == 1 && most == 2 && of_most == 16,
	      "pages have as many owners as mapped them", beside ? "beside ones" : "beside zeros");
	end();
}

/* What one table of a family leaves for the next; each owner has one of @nr entries at @addr. */
static u32 next_of_family(struct census_image *image, u64 value, unsigned int nr, u64 addr)
{
	const u64 *found;

	memset(image, 0, sizeof(*image));
	image->addr = addr;
	image->nr = nr;
	found = census_family_find(&owners, image, 0);
	if (found)
		return image->match;
	image->match = 0;
	image->values[1] = value;
	image->value = value;
	image->pages = 1;
	return 0;
}

/* Tables are found by their addresses and length, the newest first, two of them. */
static void check_families(void)
{
	struct census_image image;
	u32 kept[3], i;

	begin_anew(1000);
	census_table_init(&owners.family_table, NULL);
	point(!next_of_family(&image, 1, 100, 1 << 21), "none is found of none", "families");
	census_owners_turn(&owners, holdings[0][0], 1, &chains[0]);
	for (i = 0; i < 3; i++) {
		memset(&image, 0, sizeof(image));
		image.addr = 1 << 21;
		image.nr = 100;
		image.values[1] = 4096 * (i + 1);
		census_family_add(&owners, &image);
		kept[i] = CENSUS_FORKED_UNITS * (i + 1);
		point(next_of_family(&image, 1, 100, 1 << 21) == kept[i] && image.pages == 1,
		      "the newest one is found", "families");
	}
	point(census_family_find(&owners, &image, 1)[1] == 8192 && image.match == kept[1],
	      "and the one before", "families");
	point(!census_family_find(&owners, &image, 2), "and no other", "families");
	point(!next_of_family(&image, 1, 99, 1 << 21) && !next_of_family(&image, 1, 100, 1 << 22),
	      "nor one of another length or place", "families");
	next_of_family(&image, 4096, 100, 1 << 22);
	point(!census_family_wants(&owners, &image, 256) &&
	      !census_family_wants(&owners, &image, 256), "two of 256 masks are not kept",
	      "families");
	point(census_family_wants(&owners, &image, 1), "one more is", "families");
	next_of_family(&image, 8192, 100, 1 << 22);
	point(!census_family_wants(&owners, &image, 256) &&
	      !census_family_wants(&owners, &image, 256), "another family begins anew", "families");
	census_family_add(&owners, &image);
	point(!census_family_wants(&owners, &image, 500), "so does one of which one was kept",
	      "families");
	census_table_free(&owners.family_table);
	end();
}

/* As much memory as the entries need, and without memory for planes a failure. */
static void check_room(void)
{
	begin_anew(1000);
	point(census_owners_room(&owners, CENSUS_CHUNK_UNITS - 1) && owners.entries.nr_chunks == 1,
	      "a chunk has room for as many entries as it is long", "room");
	point(census_owners_room(&owners, CENSUS_CHUNK_UNITS) && owners.entries.nr_chunks == 2,
	      "one more needs another", "room");
	point(census_owners_room(&owners, 0), "none are always there", "room");
	mark_first(holdings[0][0], 0, 1);
	memory_left = 0;
	census_owners_turn(&owners, holdings[1][0], 2, &chains[1]);
	mark_first(holdings[1][0], 1, 2);
	point(!owners.failed, "two owners of different pages need no plane", "room");
	mark_first(holdings[1][0], 1, 1);
	point(owners.failed, "two of one page do", "room");
	end();
	begin_anew(1000);
	point(!census_owners_room(&owners, ~0U) && owners.failed, "there is an end", "room");
	end();
	begin_anew(1000);
	memory_left = 0;
	point(!census_owners_turn(&owners, holdings[0][0], 1, &chains[0]) && owners.failed,
	      "nor is there a turn without memory", "room");
	end();
	begin_anew(1000);
	point(census_owners_turn(&owners, holdings[0][0], 1, &chains[0]) &&
	      census_owners_turn(&owners, holdings[0][0], 1, &chains[0]),
	      "with it there is, and again", "room");
	end();
}

/* Tables with few entries, of which an owner lacks those of one word, or has all. */
static void check_forked(void)
{
	static const u64 values[] = { 7, 0, 9, 0, 9 };
	u64 lacks[CENSUS_FORKED_ENTRIES / 64] = {};
	const struct census_forked *t;
	const u32 *lacking;
	unsigned int word;
	u32 table;

	begin_anew(1000);
	table = census_forked_add(&owners, values, 4);
	t = census_forked(&owners, table);
	point(table && t->nr == 4 && t->pages == 2, "its pages are counted",
	      "a table");
	census_owners_turn(&owners, holdings[0][0], 1, &chains[0]);
	point(census_forked_own(&owners, table, lacks) && t->owners == 1 && !t->lacking,
	      "an owner of all of it needs no bitmap", "a table");
	for (word = 0; word < CENSUS_FORKED_ENTRIES / 64; word++) {
		lacks[word] = 1ULL << word;
		census_owners_turn(&owners, holdings[word + 1][0], word + 2, &chains[word + 1]);
		point(census_forked_own(&owners, table, lacks) && t->owners == word + 2,
		      "an owner lacks an entry", "a table");
		lacking = census_forked_lacking(&owners, t);
		point(lacking && lacking[word * 65] == 1 &&
		      census_forked_owners(t, lacking, word * 65) == word + 1,
		      "so it has one owner fewer", "a table");
		lacks[word] = 0;
	}
	end();
}

/* How many times a table is added and owned, with so many @chunks, before that fails. */
static unsigned int tables_in(unsigned int chunks, bool *told)
{
	static const u64 values[CENSUS_FORKED_ENTRIES] = { 1 };
	const u64 lacks[CENSUS_FORKED_ENTRIES / 64] = { 1 };
	unsigned int nr;
	u32 table;

	begin_anew(100);
	memory_left = chunks;
	for (nr = 0; nr < 1000; nr++) {
		table = census_forked_add(&owners, values, CENSUS_FORKED_ENTRIES);
		if (!table)
			break;
		census_owners_turn(&owners, holdings[0][0], 1, &chains[0]);
		if (!census_forked_own(&owners, table, lacks))
			break;
	}
	*told &= nr == 1000 || owners.failed;
	end();
	return nr;
}

static void check_forked_memory(void)
{
	unsigned int chunks, nr, last = 0;
	bool told = true, more = true;

	for (chunks = 0; chunks < 40; chunks++) {
		nr = tables_in(chunks, &told);
		more &= nr >= last && (chunks > 3 || !nr);
		last = nr;
	}
	point(told, "too little memory is noticed", "tables");
	point(more && last && last < 1000, "and more of it has more tables", "tables");
}

/* A census that runs out of memory reports this and does not overrun its memory. */
static void run_out(void)
{
	unsigned int chunks, failures = 0, s;

	for (chunks = 3; chunks < 200; chunks++) {
		memset(owned, 0, sizeof(owned));
		memset(chains, 0, sizeof(chains));
		memory_left = 100;
		begin();
		memory_left = chunks - 3;
		for (s = 0; s < 300; s++)
			mark_some(s, 0, 30, 60);
		failures += owners.failed;
		end();
	}
	point(failures > 5 && failures < 197, "too little memory is noticed",
	      "run out");
}

int main(void)
{
	unsigned int i;

	srand(1);
	/* What takes long comes last, and each result is seen at once, for mutants. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	check_top(0, 5, "nothing");
	check_top(5, 0, "no room");
	check_top(100, 1, "one");
	check_top(100, 7, "seven of a hundred");
	check_top(100, 200, "all");
	begin_again();
	forget_in_turn();
	check_families();
	check_turns();
	check_sum(0);
	check_sum(0xff);
	check_room();
	check_forked();
	check_forked_memory();
	run_out();
	for (i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++)
		run(&rounds[i]);
	printf("1..%u\n", points);
	return failed;
}
