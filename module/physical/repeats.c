// SPDX-License-Identifier: GPL-2.0
#include "physical/repeats.h"

/*
 * Checks whether all frames of a class that look alike are counted alike.  Of the others, struct
 * page says more than a look: an order, a signature, the frames that are named to start from.
 */
static bool is_repeatable(enum memcensus_frame_class class)
{
	switch (class) {
	case MEMCENSUS_FC_ANON:
	case MEMCENSUS_FC_SHMEM:
	case MEMCENSUS_FC_FILE:
	case MEMCENSUS_FC_PAGE_TABLES:
	case MEMCENSUS_FC_SLAB:
	case MEMCENSUS_FC_ZSMALLOC:
	case MEMCENSUS_FC_OFFLINE:
	case MEMCENSUS_FC_RESERVED:
		return true;
	default:
		return false;
	}
}

/* @rs: zeroed; @files: files are counted. */
void census_repeats_init(struct census_repeats *rs, bool files)
{
	u32 i;

	rs->files = files;
	rs->last = rs->slots;
	for (i = 0; i < CENSUS_REPEATS; i++)
		rs->slots[i].look.use = CENSUS_USE_NONE;
}

/**
 * census_repeats_room() - find where a frame can be remembered
 * @rs: those that are remembered
 * @f: the frame
 * @class: as census_frame_class() says
 *
 * Return: what was remembered there must be added first; NULL if the frame cannot be repeated.
 */
struct census_repeat *census_repeats_room(struct census_repeats *rs, struct census_frame *f,
					  enum memcensus_frame_class class)
{
	struct census_look look;

	if (f->order || !is_repeatable(class) || !census_look(&f->pages[0], rs->files, &look))
		return NULL;
	return census_repeats_slot(rs, &look);
}

/* @r: from census_repeats_room(); the caller sets the numbers of its records. */
void census_repeats_remember(struct census_repeats *rs, struct census_repeat *r,
			     struct census_frame *f)
{
	if (r->look.use == CENSUS_USE_NONE)
		rs->used[rs->nr++] = r - rs->slots;
	census_look(&f->pages[0], rs->files, &r->look);
	r->nr = 0;
	r->pfn = f->pfn;
	r->page = f->pages[0];
	rs->last = r;
}

/* All were added; before the RCU read lock is released. */
void census_repeats_forget(struct census_repeats *rs)
{
	while (rs->nr)
		rs->slots[rs->used[--rs->nr]].look.use = CENSUS_USE_NONE;
}
