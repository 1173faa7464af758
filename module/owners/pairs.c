// SPDX-License-Identifier: GPL-2.0
#include "owners/forked.h"
#include "owners/pairs.h"
#include "owners/shares.h"

/**
 * struct passed - what was passed of a block
 * @pages: of the last owner
 * @owner: this owner: &struct census_pairs.turn_of
 * @newest: unit of the &struct row_masks added last, 0: none
 */
struct passed {
	u64 pages;
	u32 owner;
	u32 newest;
};

static_assert(sizeof(struct passed) == CENSUS_UNIT_BYTES);

/* More are read faster, and waste more memory where a block has one row. */
#define ROWS_OF_UNITS 2

/**
 * struct row_masks - pages of a block that rows have
 * @pages: one bit for each page
 * @older: those of the rows before, or NULL
 * @rows: numbers of the rows
 * @nr: number of rows here
 */
struct row_masks {
	u64 pages[ROWS_OF_UNITS];
	const struct row_masks *older;
	u16 rows[ROWS_OF_UNITS];
	u16 nr;
};

#define ROW_MASKS_UNITS (sizeof(struct row_masks) / CENSUS_UNIT_BYTES)

static_assert(sizeof(struct row_masks) % CENSUS_UNIT_BYTES == 0);

/**
 * census_pairs_begin() - prepare passes by owner
 * @p: with @o, all else is zeroed but the budgets; the caller frees both pools
 *
 * Return: false without memory.
 */
bool census_pairs_begin(struct census_pairs *p)
{
	p->masks.nr = 1;
	while (p->passed.nr_chunks < p->o->blocks.nr_chunks) {
		if (!census_pool_grow(&p->passed)) {
			p->o->failed = true;
			return false;
		}
		memset(census_chunk(p->passed.dirs, p->passed.nr_chunks - 1)->units, 0,
		       CENSUS_CHUNK_BYTES);
		cond_resched();
	}
	return true;
}

/**
 * census_pairs_owner() - set the owner of the turns that follow
 * @p: rows are passed in their order
 * @row: of the owner; with %CENSUS_PAIRS_COMPARE 0: none, and all rows are compared
 * @by_owners: see &struct census_pairs
 */
void census_pairs_owner(struct census_pairs *p, u32 row, census_kinds *by_owners)
{
	p->turn_of++;
	p->row = row;
	p->by_owners = by_owners;
}

static void recount(struct census_pairs *p, u32 block, u64 mask, u64 *all)
{
	struct census_block *b = census_block(p->o, block);
	u64 planes[CENSUS_ALL_PLANES];
	u32 nr = census_planes_read(p->o, b, planes), i;

	/* Each owner there is makes one more pair. */
	for (i = 0; i < nr; i++)
		*all += (u64)census_popcount(mask & planes[i]) << i;
	census_owners_add(p->o, b, mask, 1);
}

static void note(struct census_pairs *p, struct passed *s, u64 mask)
{
	struct row_masks *m = s->newest ? census_unit(&p->masks, s->newest) : NULL, *older = m;

	if (m && m->rows[m->nr - 1] == p->row) {
		m->pages[m->nr - 1] |= mask;
		return;
	}
	if (!m || m->nr == ROWS_OF_UNITS) {
		s->newest = census_pool_take(&p->masks, ROW_MASKS_UNITS);
		if (!s->newest) {
			p->o->failed = true;
			return;
		}
		m = census_unit(&p->masks, s->newest);
		*m = (struct row_masks) { .older = older };
	}
	m->pages[m->nr] = mask;
	m->rows[m->nr++] = p->row;
}

static void compare(struct census_pairs *p, const struct passed *s, u32 block, u64 mask, u32 kind)
{
	const struct row_masks *m = s->newest ? census_unit(&p->masks, s->newest) : NULL;
	struct census_overlap *common = p->common + (size_t)kind * p->nr_rows;
	u64 classes[CENSUS_OWNER_CLASSES] = {}, both;
	u32 i;

	census_block_classes(p->o, block, classes);
	for (i = 0; p->by_owners && i < CENSUS_OWNER_CLASSES; i++)
		p->by_owners[i][kind] += census_popcount(mask & classes[i]);
	for (; m; m = m->older)
		for (i = m->nr; i--;) {
			if (m->rows[i] <= p->row)
				return;
			both = mask & m->pages[i];
			if (!both)
				continue;
			p->kinds |= BIT(kind);
			common[m->rows[i]].both += census_popcount(both);
			common[m->rows[i]].alone += census_popcount(both & classes[1]);
		}
}

static bool pass_pages(void *context, const struct census_owners *o, u32 block, u64 mask)
{
	struct census_pairs *p = context;
	struct passed *s = census_unit(&p->passed, block);
	u32 kind = census_block_kind(o, block);

	if (s->owner != p->turn_of) {
		s->owner = p->turn_of;
		s->pages = 0;
	}
	mask &= ~s->pages;
	s->pages |= mask;
	if (p->step == CENSUS_PAIRS_RECOUNT)
		recount(p, block, mask, &p->all[kind]);
	else if (p->step == CENSUS_PAIRS_NOTE)
		note(p, s, mask);
	else
		compare(p, s, block, mask, kind);
	return true;
}

/**
 * census_pairs_turn() - pass entries of a turn of the current owner
 * @pairs: &struct census_pairs; without memory @failed of its owners is set
 * @turn: number of a turn
 * @begin: entry to start at, first that of the turn
 *
 * Return: entry to continue at; the end of the turn after the last.
 */
u32 census_pairs_turn(void *pairs, u32 turn, u32 begin)
{
	return census_turn_each(((struct census_pairs *)pairs)->o, turn, begin, pass_pages, pairs);
}

/* Empties the blocks of a chunk, for a recount.  @o: all of them are emptied */
void census_blocks_empty(struct census_owners *o, u32 chunk)
{
	memset(census_chunk(o->blocks.dirs, chunk)->units, 0, CENSUS_CHUNK_BYTES);
	o->planes.nr = 1;
	o->splits.nr = 1;
}

/* Splits the blocks of a chunk, which were recounted.  @o: @failed is set without memory */
void census_blocks_finish(struct census_owners *o, u32 chunk)
{
	struct census_totals totals = {};
	u32 block = chunk << CENSUS_CHUNK_SHIFT, end = block + CENSUS_CHUNK_UNITS;

	for (; block < end; block++)
		if (census_block(o, block)->planes)
			census_block_finish(o, block, &totals);
}
