// SPDX-License-Identifier: GPL-2.0
/* Finishes huge pages: finds those that are mixed, see owners/huge.h. */
#include <linux/sched.h>
#include <linux/string.h>

#include "count/frames.h"
#include "owners/shares.h"

/* Key of the first block of the pages of a huge page of a block, which has @key. */
static u64 pages_key(u64 key, unsigned int at)
{
	u64 space = key >> CENSUS_SPACE_SHIFT, number = key - CENSUS_SPACE(space);

	number = number / CENSUS_HUGE_UNITS * CENSUS_BLOCK_PAGES + at;
	space -= space >= CENSUS_SPACE_FILES ? CENSUS_FILE_HUGE :
					       CENSUS_SPACE_HUGE - CENSUS_SPACE_FRAMES;
	return CENSUS_SPACE(space) + number * CENSUS_HUGE_BLOCKS;
}

/**
 * census_frames_has_huge() - check whether the current owner's space has a page by a huge page
 * @f: the marks
 * @key: of a block of a file's pages
 */
bool census_frames_has_huge(const struct census_frames *f, u64 key)
{
	u64 space = key >> CENSUS_SPACE_SHIFT;
	u64 number = (key - CENSUS_SPACE(space)) / CENSUS_HUGE_BLOCKS;
	const struct census_block *b;

	b = census_frames_block(f, census_huge_key(census_file_huge_key(CENSUS_SPACE(space)),
						   number));
	return b && census_owners_marked(&f->owners, b) >> (number & (CENSUS_BLOCK_PAGES - 1)) & 1;
}

/*
 * Return: those of the huge pages @left of a block of which @f has marked pages one by one.  Users
 * choose how many huge pages of a file are in a block, so only those are looked for.
 */
static u64 with_pages(const struct census_frames *f, u64 key, u64 left)
{
	const struct census_block *b = NULL;
	u64 first = 0, nr = 0, found = 0;

	for (; left; left &= left - 1) {
		unsigned int at = __builtin_ctzll(left);
		u64 page = pages_key(key, at), end = page + CENSUS_HUGE_BLOCKS;

		for (; page < end; page++) {
			/* Neighbours are in one section. */
			if (page - first >= nr) {
				first = page;
				b = census_frames_blocks(f, page, &nr);
			}
			if (!b)
				page = min(end, first + nr) - 1;
			else if (b[page - first].ones || b[page - first].planes)
				found |= BIT_ULL(at);
		}
	}
	return found;
}

/**
 * struct huge_blocks - an iteration over the blocks of huge pages
 * @f: the marks
 * @section: number of the next section
 * @s: the current one
 * @at: of the next block in @s
 * @key: of the current block
 */
struct huge_blocks {
	const struct census_frames *f;
	u32 section;
	const struct census_section *s;
	u32 at;
	u64 key;
};

/* Return: the next block that has an owner or mixed pages, or NULL after the last. */
static struct census_huge_block *next_huge(struct huge_blocks *i)
{
	struct census_huge_block *h;

	for (;;) {
		if (!i->s || i->at == census_section_blocks(i->s)) {
			i->s = census_frames_section(i->f, i->section++);
			i->at = 0;
			cond_resched();
			if (!i->s)
				return NULL;
		}
		if (!census_key_huge(i->s->key)) {
			i->s = NULL;
			continue;
		}
		h = census_huge_block(i->s->first + i->at);
		i->key = i->s->key + i->at;
		i->at += CENSUS_HUGE_UNITS;
		if (h->block.ones || h->block.planes || h->mixed)
			return h;
	}
}

/**
 * census_frames_find_mixed() - find huge pages of which some pages are marked one by one
 * @f: all is marked, and the tables that fork() copied are added
 *
 * Return: 0, or -EINTR after a fatal signal.
 */
int census_frames_find_mixed(const struct census_frames *f)
{
	struct huge_blocks i = { .f = f };
	struct census_huge_block *h;

	while ((h = next_huge(&i))) {
		h->mixed |= with_pages(f, i.key, census_block_owned(&f->owners, &h->block));
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/* Return: false without memory. */
static bool split_mixed(struct census_frames *f, struct census_huge_block *h, u64 key)
{
	u64 left, i;

	for (left = h->mixed; left; left &= left - 1) {
		unsigned int at = __builtin_ctzll(left);
		u32 owners = census_block_owners(&f->owners, &h->block, at);

		for (i = 0; i < CENSUS_HUGE_BLOCKS; i++)
			if (!census_frames_add(f, pages_key(key, at) + i, ~0ULL, owners))
				return false;
	}
	h->sums = census_pool_take(&f->owners.splits, census_popcount(h->mixed));
	if (!h->sums) {
		f->owners.failed = true;
		return false;
	}
	memset(census_unit(&f->owners.splits, h->sums), 0,
	       census_popcount(h->mixed) * CENSUS_UNIT_BYTES);
	census_planes_clear(&f->owners, &h->block, h->mixed);
	/* If no other is left, the block is not finished: it has no splits. */
	h->block.newest = 0;
	return true;
}

/**
 * census_frames_split_mixed() - add the owners of mixed huge pages to the blocks of their pages
 * @f: census_frames_find_mixed() has ended
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_frames_split_mixed(struct census_frames *f)
{
	struct huge_blocks i = { .f = f };
	struct census_huge_block *h;

	while ((h = next_huge(&i))) {
		if (h->mixed && !split_mixed(f, h, i.key))
			break;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return census_frames_failed(f) ? -ENOMEM : 0;
}

/**
 * census_frames_sum_mixed() - sum up what each owner has of mixed huge pages
 * @f: all blocks are finished
 *
 * Return: 0, or -EINTR after a fatal signal.
 */
int census_frames_sum_mixed(const struct census_frames *f)
{
	struct huge_blocks i = { .f = f };
	struct census_huge_block *h;
	u64 left, n;

	while ((h = next_huge(&i))) {
		for (left = h->mixed; left; left &= left - 1) {
			unsigned int at = __builtin_ctzll(left);
			u64 key = pages_key(i.key, at);

			for (n = 0; n < CENSUS_HUGE_BLOCKS; n++)
				census_mixed_add(&f->owners, census_frames_block(f, key + n),
						 census_mixed(&f->owners, h, at));
		}
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}
