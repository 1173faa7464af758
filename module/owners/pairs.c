// SPDX-License-Identifier: GPL-2.0
#include "owners/forked.h"
#include "owners/pairs.h"

/* Number of masks between two cond_resched(). */
#define AT_ONCE BIT(14)

static struct census_pair_state *state_of(const struct census_masks *m,
					  const struct census_owners *o, u32 block)
{
	return census_unit(m->states, census_block(o, block)->planes);
}

static struct census_pair_mask *pair_mask(const struct census_masks *m, u32 unit)
{
	return census_unit(&m->masks, unit);
}

/* Return: the mask of the same block that was added before @mask, or NULL. */
static const struct census_pair_mask *older_mask(const struct census_masks *m,
						 const struct census_pair_mask *mask)
{
	if (!mask->first)
		return mask - 1;
	return mask->older ? pair_mask(m, mask->older) : NULL;
}

/* Units of the run of @last, which is full. */
static u32 run_units(const struct census_pair_mask *last)
{
	u32 nr = 1;

	for (; !last->first; last--)
		nr++;
	return nr;
}

/*
 * Adds a mask of @row to a block with the newest mask @newest, 0: none.
 *
 * Return: its unit, or 0 without memory.
 */
static u32 add_mask(struct census_masks *m, u32 newest, u64 mask, u32 row, u32 kind)
{
	const struct census_pair_mask *last = newest ? pair_mask(m, newest) : NULL;
	bool first = !last || !last->left;
	u32 nr = first ? 1 : last->left, unit = newest + 1;

	if (first) {
		if (last)
			nr = run_units(last) * 2;
		if (nr > CENSUS_RUN_UNITS)
			nr = CENSUS_RUN_UNITS;
		unit = census_pool_take(&m->masks, nr);
		if (!unit)
			return 0;
	}
	*pair_mask(m, unit) = (struct census_pair_mask) {
		.mask = mask, .row = row, .kind = kind, .first = first, .left = nr - 1,
		.older = first ? newest : 0,
	};
	return unit;
}

/**
 * struct note - the masks that a row adds
 * @masks: all masks
 * @row: number of the row
 */
struct note {
	struct census_masks *masks;
	u32 row;
};

static bool note_pair(void *context, const struct census_owners *o, u32 block, u64 mask)
{
	const struct note *n = context;
	struct census_masks *m = n->masks;
	struct census_pair_state *s = state_of(m, o, block);
	u32 unit;

	if (s->newest && pair_mask(m, s->newest)->row == n->row) {
		pair_mask(m, s->newest)->mask |= mask;
		return true;
	}
	unit = add_mask(m, s->newest, mask, n->row, census_block_kind(o, block));
	if (!unit)
		return false;
	if (!s->newest) {
		s->next = m->first;
		m->first = census_block(o, block)->planes;
	}
	s->newest = unit;
	return true;
}

/**
 * census_turn_note() - add the pages of a turn to the masks of a row
 * @m: the masks
 * @o: its blocks' @planes are units of @m->states
 * @turn: number of one of its turns
 * @begin: entry to start at, first that of the turn
 * @row: number of the row.  If several of its turns have the same page, they are passed
 *	consecutively; then it is in one mask of the row only
 *
 * Return: entry to continue at, the end of the turn after the last; or 0 without memory.
 */
u32 census_turn_note(struct census_masks *m, const struct census_owners *o, u32 turn,
		     u32 begin, u32 row)
{
	struct note n = { .masks = m, .row = row };

	return census_turn_each(o, turn, begin, note_pair, &n);
}

static bool count_pair(void *context, const struct census_owners *o, u32 block, u64 mask)
{
	struct census_pair_state *s = state_of(context, o, block);

	if (!s->newest)
		return true;
	s->three |= s->two & mask;
	s->two |= s->one & mask;
	s->one |= mask;
	return true;
}

/**
 * census_turn_count() - count an owner of the pages of a turn
 * @m: masks of all rows
 * @o: as for census_turn_note()
 * @turn: number of one of its turns; no other turn of its owner has the same pages
 * @begin: entry to start at, first that of the turn
 *
 * Return: entry to continue at, the end of the turn after the last.
 */
u32 census_turn_count(const struct census_masks *m, const struct census_owners *o, u32 turn,
		      u32 begin)
{
	return census_turn_each(o, turn, begin, count_pair, (void *)m);
}

/**
 * struct comparison - an owner that is compared with all rows
 * @masks: of the rows
 * @row: of the owner, or 0
 * @to: result
 */
struct comparison {
	const struct census_masks *masks;
	u32 row;
	struct census_overlaps *to;
};

static bool compare_pair(void *context, const struct census_owners *o, u32 block, u64 mask)
{
	const struct comparison *c = context;
	const struct census_pair_state *s = state_of(c->masks, o, block);
	u64 alone = mask & (c->masks->together ? s->one & ~s->two : s->two & ~s->three);
	u32 kind = census_block_kind(o, block);
	struct census_overlap *common = census_overlap(c->to, kind);
	const struct census_pair_mask *with;

	if (!s->newest)
		return true;
	c->to->kinds |= BIT(kind);
	for (with = pair_mask(c->masks, s->newest); with; with = older_mask(c->masks, with)) {
		if (with->row == c->row)
			continue;
		common[with->row].both += census_popcount(mask & with->mask);
		/* Of most pages there are more than two owners. */
		if (alone)
			common[with->row].alone += census_popcount(alone & with->mask);
	}
	return true;
}

/**
 * census_turn_common() - count what a turn has in common with each row
 * @m: masks of all rows
 * @o: as for census_turn_note(); census_turn_count() has counted all its turns
 * @turn: number of one of its turns; no other turn of its owner has the same pages
 * @begin: entry to start at, first that of the turn
 * @row: the row that is its owner, or 0
 * @to: increased, except for @row
 *
 * Return: entry to continue at, the end of the turn after the last.
 */
u32 census_turn_common(const struct census_masks *m, const struct census_owners *o, u32 turn,
		       u32 begin, u32 row, struct census_overlaps *to)
{
	struct comparison c = { .masks = m, .row = row, .to = to };

	return census_turn_each(o, turn, begin, compare_pair, &c);
}

/**
 * census_state_by_others() - count the pages of a single row by number of other owners
 * @m: the masks; all other owners are counted
 * @state: unit of a state that has a mask
 * @pages: increased, by number of other owners: none, one, more
 *
 * Return: unit of the next state that has a mask, or 0.
 */
u32 census_state_by_others(const struct census_masks *m, u32 state, census_kinds *pages)
{
	const struct census_pair_state *s = census_unit(m->states, state);
	const struct census_pair_mask *row = pair_mask(m, s->newest);

	pages[0][row->kind] += census_popcount(row->mask & ~s->one);
	pages[1][row->kind] += census_popcount(row->mask & s->one & ~s->two);
	pages[2][row->kind] += census_popcount(row->mask & s->two);
	return s->next;
}

/*
 * Adds the pages of the groups by number of owners, and the number of all pairs.
 *
 * Return: the pages of two groups.
 */
static u64 count_owners(const struct census_masks *m, const struct census_pair_state *s,
			const struct census_plane_sum *sum, u64 left,
			struct census_matrix *matrix)
{
	u64 classes[CENSUS_OWNER_CLASSES] = {}, same, owners;
	u32 nr = 0, kind = pair_mask(m, s->newest)->kind;
	const struct census_pair_mask *mask;
	unsigned int i;

	for (; left; left &= ~same) {
		same = census_plane_sum_next(sum, left, &owners);
		classes[census_owner_class(owners)] |= same;
		matrix->all[kind] += census_popcount(same) * (owners * (owners - 1) / 2);
	}
	for (mask = pair_mask(m, s->newest); mask; mask = older_mask(m, mask)) {
		for (i = 0; i < CENSUS_OWNER_CLASSES; i++)
			census_group_by_owners(matrix, mask->row)[i][kind] +=
				census_popcount(mask->mask & classes[i]);
		if (!(++nr % AT_ONCE))
			cond_resched();
	}
	return classes[census_owner_class(2)];
}

/* @pair: the pages of two groups */
static void compare_rows(u32 kind, u32 nr, u64 pair, struct census_matrix *matrix)
{
	const struct census_pair_mask *row = matrix->row;
	u32 i, j;

	for (i = 1; i < nr; i++)
		for (j = 0; j < i; j++) {
			u64 both = row[i].mask & row[j].mask;
			struct census_common *c;

			if (!both)
				continue;
			c = &matrix->common[census_pair_index(row[i].row, row[j].row)];
			c->both[kind] += census_popcount(both);
			c->alone[kind] += census_popcount(both & pair);
		}
}

/**
 * census_state_compare() - compare the groups of a block with each other
 * @m: masks of all groups, each with one mask for a block
 * @state: unit of a state that has masks
 * @matrix: increased
 *
 * Takes a step for each group of the block, and for each pair of those that are compared.
 *
 * Return: unit of the next state that has masks, or 0.
 */
u32 census_state_compare(const struct census_masks *m, u32 state, struct census_matrix *matrix)
{
	const struct census_pair_state *s = census_unit(m->states, state);
	struct census_plane_sum sum = {};
	const struct census_pair_mask *mask;
	u32 place, nr = 0, n = 0;
	u64 some = 0;

	for (mask = pair_mask(m, s->newest); mask; mask = older_mask(m, mask)) {
		some |= mask->mask;
		census_plane_sum_add(&sum, mask->mask);
		place = matrix->place[mask->row];
		if (place)
			matrix->row[nr++] = (struct census_pair_mask) {
				.mask = mask->mask, .row = place,
			};
		if (!(++n % AT_ONCE))
			cond_resched();
	}
	some = count_owners(m, s, &sum, some, matrix);
	compare_rows(pair_mask(m, s->newest)->kind, nr, some, matrix);
	return s->next;
}
