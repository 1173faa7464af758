// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/slab.h>

#include "compat.h"
#include "frames.h"
#include "memory.h"
#include "params.h"

/* Scattered frames: so many runs ahead their tags are fetched. */
#define AHEAD 12

/*
 * A frame that one address space freed after it was walked and another one got
 * before it is walked looks shared.  If its page is mapped once, it is not.
 * The page may be freed while we look; its struct stays.
 */
static bool gave_up(unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);
	struct folio *folio = page_folio(page);

	if (!CENSUS_MAPCOUNT_EXACT && folio_test_large(folio))
		return false;
	return census_page_mapcount(folio, page) == 1;
}

/* Bring the counts of the sets up to date. */
static void flush(struct census_frames *f)
{
	u32 kind;

	for (kind = 0; kind < CENSUS_KINDS; kind++)
		census_marker_flush(&f->markers[kind]);
}

/**
 * census_frames_turn() - who marks from now on
 * @f: the owners
 * @owner: its number
 * @first: first number of the same address space
 * @mixed: other address spaces have marked since this one did
 */
void census_frames_turn(struct census_frames *f, u32 owner, u32 first,
			bool mixed)
{
	u32 kind;

	flush(f);
	if (f->markers[0].first != first)
		f->starved = false;
	for (kind = 0; kind < CENSUS_KINDS; kind++)
		f->moved += f->markers[kind].moved;
	for (kind = 0; kind < CENSUS_KINDS; kind++)
		f->markers[kind] = (struct census_marker) {
			.o = &f->owners,
			.kind = kind,
			.owner = owner,
			.first = first,
			.mixed = mixed,
			.from = CENSUS_NO_TAG,
			.gave_up = kind == CENSUS_OF_ANON ? gave_up : NULL,
		};
}

/* Frames that cannot be marked: what their pages say. */
static void take_lost(struct census_holding *lost, unsigned long pfn,
		      unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct page *page = pfn_to_page(pfn + i);
		int owners = max(census_page_mapcount(page_folio(page), page),
				 1);

		lost->things++;
		lost->unsure++;
		lost->alone += owners == 1;
		lost->share += (1U << CENSUS_SHARE_SHIFT) / owners;
	}
}

/*
 * Mark what may be in several sections, or in one that is not there yet.
 *
 * Return: number of things marked; the rest cannot be.
 */
static unsigned int mark_slowly(struct census_frames *f,
				struct census_space *space,
				struct census_marker *m, unsigned long first,
				unsigned int nr)
{
	unsigned int done = 0;

	while (done < nr) {
		unsigned long at = first + done;
		unsigned int n = min3((unsigned long)(nr - done),
				      CENSUS_SECTION_TAGS -
				      (at & (CENSUS_SECTION_TAGS - 1)),
				      (unsigned long)CENSUS_CHUNK_SETS);
		unsigned long number = at >> CENSUS_SECTION_SHIFT;
		struct census_section *s = census_frames_section(f, space, number,
								 false);
		unsigned int marked;

		if (!s || !census_frames_room(f, n))
			break;
		marked = census_mark(m, s, at, n);
		done += marked;
		/* It stops where tags are needed. */
		if (marked < n && !census_frames_section(f, space, number, true))
			break;
	}
	return done;
}

static void mark_frames(struct census_frames *f, struct census_marker *m,
			unsigned long pfn, unsigned int nr,
			struct census_holding *lost)
{
	unsigned int done = mark_slowly(f, &f->frames, m, pfn, nr);

	if (done < nr) {
		take_lost(lost, pfn + done, nr - done);
		census_frames_lose(f, pfn + done, nr - done);
	}
}

/* The section of a frame, or NULL where nothing in it is marked yet. */
static struct census_section *find_section(const struct census_space *space,
					   unsigned long pfn)
{
	unsigned long number = pfn >> CENSUS_SECTION_SHIFT;

	if (unlikely(number >= space->nr || !space->sections[number].blocks))
		return NULL;
	return &space->sections[number];
}

static void fetch_ahead(const struct census_space *space, unsigned long pfn)
{
	const struct census_section *s = find_section(space, pfn);

	if (s && s->tags)
		prefetchw(s->tags + (pfn & (CENSUS_SECTION_TAGS - 1)));
}

/* Return: false if that is to be done slowly. */
static bool mark_fast(struct census_space *space, struct census_marker *m,
		      unsigned long pfn, unsigned int nr)
{
	struct census_section *s = find_section(space, pfn);
	unsigned int at = pfn & (CENSUS_SECTION_TAGS - 1);

	if (unlikely(!s))
		return false;
	if (nr == 1 && s->blocks[at >> CENSUS_BLOCK_SHIFT] == CENSUS_MIXED) {
		census_mark_one(m, s->tags + at, pfn);
		return true;
	}
	/* Where tags may be needed they must be there, or it is half done. */
	if (!s->tags || at + nr > CENSUS_SECTION_TAGS)
		return false;
	census_mark(m, s, pfn, nr);
	return true;
}

/**
 * census_frames_mark_runs() - mark the frames of runs
 * @f: the owners
 * @kind: of the frames
 * @runs: those of kind PRESENT are taken
 * @nr: how many; of one page table
 * @lost: added to, where frames could not be marked
 * @nr_pages: how many frames were in them
 *
 * Allocates, so not under a page table's lock.  A frame may have got another
 * owner since its entry was read.
 *
 * Return: how many of the runs were PRESENT.
 */
unsigned int census_frames_mark_runs(struct census_frames *f,
				     enum census_kind_of_thing kind,
				     const struct census_run *runs,
				     unsigned int nr,
				     struct census_holding *lost,
				     unsigned long *nr_pages)
{
	struct census_marker *m = &f->markers[kind];
	struct census_space *space = &f->frames;
	bool room = census_frames_room(f, CENSUS_BATCH_MAX);
	unsigned long marked = 0;
	unsigned int i, taken = 0;

	for (i = 0; i < nr; i++) {
		unsigned int pages = census_run_nr(&runs[i]);

		if (i + AHEAD < nr)
			fetch_ahead(space, runs[i + AHEAD].pfn);
		if (runs[i].kind != CENSUS_PRESENT)
			continue;
		taken++;
		marked += pages;
		if (unlikely(!room || !mark_fast(space, m, runs[i].pfn, pages)))
			mark_frames(f, m, runs[i].pfn, pages, lost);
	}
	*nr_pages = marked;
	return taken;
}

/**
 * census_frames_mark_page() - mark one frame
 * @f: the owners
 * @kind: of the frame
 * @pfn: its number
 * @lost: added to, where it could not be marked
 */
void census_frames_mark_page(struct census_frames *f,
			     enum census_kind_of_thing kind, unsigned long pfn,
			     struct census_holding *lost)
{
	mark_frames(f, &f->markers[kind], pfn, 1, lost);
}

/*
 * The kind for hugetlb pages of @nr base pages: those of a PMD, of a PUD, and
 * where an architecture has sizes in between, one below and one above a PMD.
 */
static u32 hugetlb_kind(struct census_frames *f, unsigned int nr)
{
	u32 i = nr < PMD_SIZE / PAGE_SIZE ? 2 : 3;

	if (nr == PMD_SIZE / PAGE_SIZE)
		i = 0;
	else if (nr == PUD_SIZE / PAGE_SIZE)
		i = 1;
	f->hugetlb[i] = nr;
	return CENSUS_OF_HUGETLB + i;
}

/**
 * census_frames_mark_hugetlb() - mark a hugetlb page, by its first frame
 * @f: the owners
 * @run: of kind HUGETLB
 * @lost: added to, where it could not be marked
 */
void census_frames_mark_hugetlb(struct census_frames *f,
				const struct census_run *run,
				struct census_holding *lost)
{
	u32 kind = hugetlb_kind(f, census_run_nr(run));

	mark_frames(f, &f->markers[kind], run->pfn, 1, &lost[kind]);
}

/**
 * census_frames_mark_swap() - mark swap slots
 * @f: the owners
 * @run: of kind SWAP
 */
void census_frames_mark_swap(struct census_frames *f,
			     const struct census_run *run)
{
	if (run->swap_type >= MAX_SWAPFILES ||
	    mark_slowly(f, &f->swap[run->swap_type],
			&f->markers[CENSUS_OF_SWAP], run->pfn, census_run_nr(run)) <
	    census_run_nr(run))
		f->swap_lost = true;
}

/**
 * census_frames_join() - who has what, by groups of owners
 * @f: all have marked; not settled
 * @group_of: by owner
 * @nr_groups: highest group and one
 *
 * Return: by group and kind, to be freed by kvfree(); or NULL.
 */
struct census_holding *census_frames_join(struct census_frames *f,
					  const u32 *group_of, u32 nr_groups)
{
	struct census_frames *g = census_frames_alloc(census_params.max_mem -
						      f->memory);
	struct census_holding *holdings;
	u32 *map;

	flush(f);
	census_owners_pass_on(&f->owners);
	map = g ? census_frames_memory(g, f->owners.nr * sizeof(*map)) : NULL;
	holdings = census_kvcalloc((size_t)nr_groups * CENSUS_KINDS,
				   sizeof(*holdings));
	if (g && map && holdings && census_frames_room(g, f->owners.nr)) {
		census_owners_init(&g->owners, CENSUS_KINDS);
		census_owners_join(&f->owners, group_of, map, &g->owners);
		census_owners_settle(&g->owners, holdings);
	} else {
		kvfree(holdings);
		holdings = NULL;
	}
	if (g) {
		f->peak = max(f->peak, f->memory + g->peak);
		census_frames_give(g, map, f->owners.nr * sizeof(*map));
	}
	census_frames_free(g);
	return holdings;
}

/**
 * census_frames_check() - are all shares together all frames
 * @f: the owners; @total and @violated are set
 *
 * They are, but for what the divisions lose: less than one part of a frame for
 * each of its owners.
 */
void census_frames_check(struct census_frames *f)
{
	u64 whole, marks = 0;
	u32 owner, kind;

	f->total = (struct census_holding) {};
	f->violated = false;
	for (kind = CENSUS_OF_ANON; kind <= CENSUS_OF_SHMEM; kind++) {
		for (owner = 1; owner < f->next_owner; owner++) {
			const struct census_holding *h =
				census_frames_holdings(f, owner) + kind;

			f->total.share += h->share;
			marks += h->things;
		}
		f->total.things += f->owners.tagged[kind];
	}
	whole = f->total.things << CENSUS_SHARE_SHIFT;
	if (f->total.share > whole || f->total.share + marks < whole)
		f->violated = true;
}

/**
 * census_frames_holdings_alloc() - memory for what each owner has
 * @f: the owners
 *
 * Return: 0 or -ENOMEM.
 */
int census_frames_holdings_alloc(struct census_frames *f)
{
	f->holdings = census_kvzalloc(census_frames_holdings_size(f));
	return f->holdings ? 0 : -ENOMEM;
}

/**
 * census_frames_swapped() - has anything in swap been marked
 * @f: the owners
 */
bool census_frames_swapped(struct census_frames *f)
{
	flush(f);
	census_owners_pass_on(&f->owners);
	return f->owners.tagged[CENSUS_OF_SWAP];
}

/**
 * census_frames_unsure() - whose frames may have owners who could not mark them
 * @to: where all have marked; counted
 * @from: where some have not, the same or another
 */
void census_frames_unsure(struct census_frames *to,
			  const struct census_frames *from)
{
	unsigned long i;

	if (!from->lost)
		return;
	for (i = 0; i < to->frames.nr; i++) {
		const struct census_section *s = &to->frames.sections[i];
		const u64 *lost = NULL;

		if (!s->blocks || (!from->lost_anywhere && i >= from->frames.nr))
			continue;
		if (!from->lost_anywhere)
			lost = from->frames.sections[i].lost;
		census_owners_unsure(&to->owners, s, lost);
		cond_resched();
	}
}

/**
 * census_frames_settle() - all have marked: who has what
 * @f: the owners; census_frames_holdings() can be asked from now on
 *
 * Return: 0 or -ENOMEM.
 */
int census_frames_settle(struct census_frames *f)
{
	census_frames_turn(f, 0, 0, false);
	if (census_frames_holdings_alloc(f))
		return -ENOMEM;
	census_owners_count(&f->owners, NULL, f->holdings);
	census_frames_unsure(f, f);
	census_owners_share(&f->owners, NULL, NULL, f->holdings);
	census_frames_check(f);
	return 0;
}
