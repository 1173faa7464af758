// SPDX-License-Identifier: GPL-2.0
/*
 * How the frames of a zone are read:
 *
 * A frame has the class that class.c finds in a copy of its struct page.  A block of the buddy
 * allocator and a compound page are read once for all their frames.  Memory that was allocated in
 * other blocks has its use in the first struct page only: frames behind it without a reference, a
 * type or a flag are taken for the rest of it, see follows_first().
 *
 * Most small pages look like one that was read before.  They are recognized without a copy, only
 * counted, and added as one (repeats.h).
 *
 * struct page is read under a lock against memory hotplug and under RCU, for which the cgroups
 * that it names stay.  Both are held for some thousand frames.  Under RCU no memory can be waited
 * for: if a table is full, the frame is not added, the pass makes room after the section, and reads
 * the frame again.
 */
#include <linux/align.h>
#include <linux/log2.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/poison.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "base/charge.h"
#include "base/compat.h"
#include "base/hotplug.h"
#include "base/memory.h"
#include "physical/pass.h"
#include "physical/repeats.h"

/*
 * Frames between two cond_resched(), with census_hotplug_lock() held: 100 to 300 microseconds if no
 * struct page is cached.
 */
#define FRAMES_AT_ONCE 8192UL

/*
 * How far ahead of the current frame struct page is fetched: a cache miss, some 100 ns, takes as
 * long as half of these at 7.5 ns each.
 */
#define FRAMES_AHEAD 32

/**
 * struct census_pass - a pass over all frames
 * @req: what it reports
 * @result: to be filled
 * @z: the current zone
 * @end: first frame behind it
 * @first: last frame of the zone that has a reference, or is on the list of a processor, and is
 *	not compound: those right behind it may be the rest of its allocation
 * @last: of @first and those that were found to be the rest of its allocation, the last
 * @first_class: of @first
 * @first_cgroup: the record in charges that @first is charged to
 * @cgroup: the same of the current frame
 * @file: the record of the file that the current frame is of
 * @full: the table that must grow, or NULL
 * @frame: the current one; here because some kernels clear all variables on the stack
 * @repeats: frames of which repetitions are only counted
 */
struct census_pass {
	const struct census_physical_request *req;
	struct census_physical *result;
	struct census_physical_zone *z;
	unsigned long end;
	unsigned long first;
	unsigned long last;
	enum memcensus_frame_class first_class;
	struct census_charge *first_cgroup;
	struct census_charge *cgroup;
	struct census_mapping *file;
	struct census_index *full;
	struct census_frame frame;
	struct census_repeats repeats;
};

/* Counts frames for their zone, and for the cgroup that they are charged to. */
static void count_frames(struct census_pass *p, enum memcensus_frame_class class, unsigned long nr)
{
	p->z->classes[class] += nr;
	if (p->req->cgroups)
		p->cgroup->classes[class] += nr;
}

static void add_class(struct census_pass *p, enum memcensus_frame_class class, unsigned long pfn,
		      unsigned long nr)
{
	count_frames(p, class, nr);
	census_frame_blocks_add(&p->z->contiguous, class, pfn, nr);
}

/* Return: the list entry of the page that has @entry, or NULL if no page that is online has. */
static const struct list_head *online_entry(const struct list_head *entry)
{
	const struct page *page = container_of(entry, struct page, lru);

	return pfn_to_online_page(page_to_pfn(page)) == page ? entry : NULL;
}

/*
 * Checks whether a page is on the list of free pages of a processor.  No lock is held, so the
 * pointers may be old: a neighbour is read only if it is in a struct page that is online, and must
 * point back.  One of the two may be the head of the list; of its only page both are.
 */
static bool is_pcp(const struct page *page)
{
	const struct list_head *next = READ_ONCE(page->lru.next), *prev = READ_ONCE(page->lru.prev);
	const struct list_head *entry;

	if (!next || !prev || next == LIST_POISON1 || prev == LIST_POISON2)
		return false;
	/* It was never on a list: struct page is initialized so, tails keep it. */
	if (next == &page->lru)
		return false;
	if (!CENSUS_MEMMAP_FLAT || next == prev)
		return true;
	entry = online_entry(next);
	if (entry)
		return READ_ONCE(entry->prev) == &page->lru;
	entry = online_entry(prev);
	return entry && READ_ONCE(entry->next) == &page->lru;
}

/* A frame that is not compound: those right behind it may be the rest of its allocation. */
static void set_first(struct census_pass *p, enum memcensus_frame_class class, unsigned long pfn,
		      struct census_charge *cgroup)
{
	p->first = pfn;
	p->last = pfn;
	p->first_class = class;
	p->first_cgroup = cgroup;
}

/*
 * Checks whether @pfn is of the allocation of @p->first: nothing else is between them, and as
 * blocks of the buddy allocator are aligned, the smallest block that starts at @p->first and has
 * both is one.  Lists of a processor have blocks of few orders only.
 */
static bool follows_first(const struct census_pass *p, unsigned long pfn)
{
	unsigned long rest = pfn - p->first;

	if (pfn != p->last + 1)
		return false;
	if (p->first_class == MEMCENSUS_FC_FREE_PCP && rest >= BIT(PAGE_ALLOC_COSTLY_ORDER) &&
	    (rest >= pageblock_nr_pages || !IS_ALIGNED(p->first, pageblock_nr_pages)))
		return false;
	return p->first < pfn && rest < BIT(CENSUS_ORDERS - 1) &&
	       IS_ALIGNED(p->first, roundup_pow_of_two(rest + 1));
}

/*
 * One frame with neither reference, type nor flags: free on the list of a processor, or part of an
 * allocation of several frames, of which only the first one tells its use.
 */
static void add_unreferenced(struct census_pass *p, const struct census_frame *f)
{
	enum memcensus_frame_class class = MEMCENSUS_FC_REMAINDER;

	if (is_pcp(f->page)) {
		class = MEMCENSUS_FC_FREE_PCP;
		set_first(p, class, f->pfn, p->result->charges.first);
	} else if (follows_first(p, f->pfn)) {
		class = p->first_class;
		p->cgroup = p->first_cgroup;
		p->last = f->pfn;
	}
	add_class(p, class, f->pfn, 1);
}

/* The class of frames that no page table maps, of a folio of which no part is mapped. */
static enum memcensus_frame_class unmapped_class(const struct census_frame *f,
						 enum memcensus_frame_class class)
{
	unsigned long flags = census_page_flags(&f->pages[0]);

	switch (class) {
	case MEMCENSUS_FC_ANON:
		return flags & BIT(PG_swapcache) && flags & BIT(PG_swapbacked) ?
		       MEMCENSUS_FC_SWAP_CACHE : MEMCENSUS_FC_ANON_UNMAPPED;
	case MEMCENSUS_FC_SHMEM:
		return MEMCENSUS_FC_SHMEM_UNMAPPED;
	default:
		return MEMCENSUS_FC_FILE_UNMAPPED;
	}
}

/*
 * Return: how many of @nr frames from frame @at of a folio on are mapped; of a small one, of @nr
 * frames that are like it.  Without map counts of each page all are taken for mapped if one is.
 */
static unsigned long count_mapped(struct census_pass *p, const struct census_frame *f,
				  unsigned long at, unsigned long nr)
{
	unsigned long mapped = 0, i;

	if (!f->order)
		return atomic_read(&f->pages[0]._mapcount) >= 0 ? nr : 0;
	if (folio_entire_mapcount((struct folio *)&f->folio) > 0)
		return nr;
	if (census_folio_unmapped(&f->folio))
		return 0;
	if (!CENSUS_MAPCOUNT_EXACT)
		return nr;
	for (i = at; i < at + nr; i++)
		mapped += atomic_read(&f->page[i]._mapcount) >= 0;
	p->result->read += nr - 1;
	return mapped;
}

/*
 * Return: how many of @nr frames from frame @at of a folio on more than one page table entry
 * maps, as far as each page has a map count.
 */
static unsigned long count_shared(struct census_pass *p, const struct census_frame *f,
				  unsigned long at, unsigned long nr)
{
	struct folio *folio = (struct folio *)&f->folio;
	unsigned long shared = 0, i;

	if (!f->order)
		return atomic_read(&f->pages[0]._mapcount) >= 1 ? nr : 0;
	if (folio_entire_mapcount(folio) > 1)
		return nr;
	if (census_folio_unmapped(folio))
		return 0;
	for (i = at; i < at + nr; i++)
		shared += census_frame_mapcount(folio, f->page + i) > 1;
	p->result->read += nr - 1;
	return shared;
}

/* Return: where to count @nr frames that are anywhere in the block of @pfn, or @pfn alone. */
static unsigned long first_of(const struct census_pass *p, unsigned long pfn, unsigned long nr)
{
	return p->req->order && nr > 1 ? ALIGN_DOWN(pfn, BIT(p->req->order)) : pfn;
}

/*
 * Adds @nr frames from frame @at of a folio on, which is anonymous or page cache; of a small one,
 * @nr frames that are like it, in the same block.
 */
static void add_folio(struct census_pass *p, const struct census_frame *f,
		      enum memcensus_frame_class class, unsigned long at, unsigned long nr)
{
	enum memcensus_frame_class unmapped = unmapped_class(f, class);
	unsigned long mapped = count_mapped(p, f, at, nr);
	unsigned long pfn = first_of(p, f->pfn + at, f->order ? 0 : nr);

	census_frame_states(f, class, nr, p->z->states);
	if (mapped && class == MEMCENSUS_FC_ANON)
		unmapped = MEMCENSUS_FC_ANON_TAILS;
	count_frames(p, class, mapped);
	count_frames(p, unmapped, nr - mapped);
	if (p->req->cgroups && CENSUS_MAPCOUNT_EXACT)
		p->cgroup->shared += count_shared(p, f, at, nr);
	if (p->req->files && class != MEMCENSUS_FC_ANON)
		census_frame_files_add(p->file, f, nr, mapped);
	if (folio_maybe_dma_pinned((struct folio *)&f->folio)) {
		p->z->states[MEMCENSUS_FS_PINNED] += nr;
		if (p->req->cgroups)
			p->cgroup->pinned += nr;
		census_frame_blocks_add(&p->z->contiguous, CENSUS_BLOCK_PINNED, pfn, nr);
		return;
	}
	/* Which of a folio that is larger than a block are mapped makes no difference there. */
	census_frame_blocks_add(&p->z->contiguous, class, pfn, mapped);
	census_frame_blocks_add(&p->z->contiguous, unmapped, pfn + mapped, nr - mapped);
}

/*
 * Finds which cgroup pays, and the file of a frame of the page cache.  Of slab pages each object
 * has its own cgroup.  Return: false if a table is full.
 */
static bool find_records(struct census_pass *p, enum memcensus_frame_class class)
{
	struct census_index *charges = &p->result->charges, *files = &p->result->files.mappings;
	u64 cgroup = 0;

	if (p->req->cgroups && class != MEMCENSUS_FC_SLAB)
		cgroup = census_folio_payer(&p->frame.folio);
	p->cgroup = cgroup ? census_index_find(charges, cgroup) : charges->first;
	if (p->req->cgroups && !p->cgroup)
		p->full = charges;
	if (p->req->files && (class == MEMCENSUS_FC_FILE || class == MEMCENSUS_FC_SHMEM)) {
		p->file = census_index_find(files, (unsigned long)p->frame.pages[0].mapping);
		if (!p->file)
			p->full = files;
	}
	return !p->full;
}

/* Adds the frames that were only counted.  The current frame stays what it is. */
static void add_repeated(struct census_pass *p, struct census_repeat *r)
{
	struct census_frame *f = &p->repeats.frame;
	struct census_charge *cgroup = p->cgroup;
	struct census_mapping *file = p->file;

	if (!r->nr)
		return;
	f->pages[0] = r->page;
	f->pfn = r->pfn;
	p->cgroup = r->cgroup;
	p->file = r->file;
	if (r->folio)
		add_folio(p, f, r->class, 0, r->nr);
	else
		add_class(p, r->class, first_of(p, r->pfn, r->nr), r->nr);
	r->nr = 0;
	p->cgroup = cgroup;
	p->file = file;
}

static void add_all_repeated(struct census_pass *p)
{
	u32 i;

	for (i = 0; i < p->repeats.nr; i++)
		add_repeated(p, &p->repeats.slots[p->repeats.used[i]]);
}

/* Remembers the current frame, which was added, for those that look like it. */
static void remember_frame(struct census_pass *p, enum memcensus_frame_class class, bool folio)
{
	struct census_repeat *r = census_repeats_room(&p->repeats, &p->frame, class);

	if (!r)
		return;
	add_repeated(p, r);
	census_repeats_remember(&p->repeats, r, &p->frame);
	r->class = class;
	r->folio = folio;
	r->cgroup = p->cgroup;
	r->file = p->file;
}

/*
 * Checks whether frames of a class that are not compound are allocated several at a time.  What
 * is behind a free page, or one of a user, is no part of it.
 */
static bool may_have_rest(enum memcensus_frame_class class)
{
	switch (class) {
	case MEMCENSUS_FC_KERNEL:
	case MEMCENSUS_FC_REMAINDER:
	case MEMCENSUS_FC_PAGE_TABLES:
	case MEMCENSUS_FC_OFFLINE:
	case MEMCENSUS_FC_RESERVED:
		return true;
	default:
		return false;
	}
}

/* Counts the frame at @pfn if it repeats another one.  Return: false if it does not. */
static __always_inline bool count_repeated(struct census_pass *p, struct page *page,
					   unsigned long pfn)
{
	struct census_repeat *r = census_repeats_find(&p->repeats, page);

	/* The zero page, which looks as if it were reserved, has a class of its own. */
	if (!r || (r->class == MEMCENSUS_FC_RESERVED && is_zero_pfn(pfn)))
		return false;
	r->nr++;
	r->pfn = pfn;
	if (may_have_rest(r->class))
		set_first(p, r->class, pfn, r->cgroup);
	return true;
}

/* Return: behind the last frame that is online if @pfn is, and in the same block. */
static unsigned long end_of_unit(const struct census_pass *p, unsigned long pfn)
{
	unsigned long unit = CENSUS_ONLINE_FRAMES;

	if (p->req->order && BIT(p->req->order) < unit)
		unit = BIT(p->req->order);
	return min(p->end, ALIGN(pfn + 1, unit));
}

/*
 * Adds the frame at @pfn, and those that its struct page describes.  Return: how many; 0 if a
 * table is full, then nothing was added.
 */
static unsigned long add_frame(struct census_pass *p, struct page *page, unsigned long pfn)
{
	struct census_frame *f = &p->frame;
	enum memcensus_frame_class class;
	unsigned long at, nr;

	p->result->read++;
	if (!census_frame_read(f, page, pfn, &p->result->changed)) {
		p->cgroup = p->result->charges.first;
		add_class(p, MEMCENSUS_FC_REMAINDER, pfn, 1);
		return 1;
	}
	if (page_zone(&f->pages[0]) != p->z->zone) {
		p->z->others++;
		census_frame_blocks_add(&p->z->contiguous, CENSUS_BLOCK_HOLE, pfn, 1);
		return 1;
	}
	at = pfn - f->pfn;
	nr = min(BIT(f->order) - at, p->end - pfn);
	class = census_frame_class(f);
	if (f->order && census_frame_poisoned(f, class, at, &nr))
		class = MEMCENSUS_FC_POISONED;
	/* Those of earlier blocks first. */
	if (p->req->order && nr > end_of_unit(p, pfn) - pfn)
		add_all_repeated(p);
	if (!find_records(p, class))
		return 0;
	switch (class) {
	case MEMCENSUS_FC_FREE:
		p->z->blocks[f->order]++;
		break;
	case MEMCENSUS_FC_ANON:
	case MEMCENSUS_FC_SHMEM:
	case MEMCENSUS_FC_FILE:
		add_folio(p, f, class, at, nr);
		remember_frame(p, class, true);
		return nr;
	case MEMCENSUS_FC_SWAP_CACHE:
		census_frame_states(f, class, nr, p->z->states);
		break;
	case MEMCENSUS_FC_KERNEL:
		/* In its map count, as of page cache; of a compound page all are if one is. */
		if (count_mapped(p, f, 0, BIT(f->order))) {
			class = MEMCENSUS_FC_DEVICE;
			break;
		}
		fallthrough;
	case MEMCENSUS_FC_REMAINDER:
		if (!census_frame_unused(f))
			break;
		add_unreferenced(p, f);
		return 1;
	default:
		break;
	}
	add_class(p, class, pfn, nr);
	if (!f->order && may_have_rest(class))
		set_first(p, class, pfn, p->cgroup);
	remember_frame(p, class, false);
	return nr;
}

/* Adds frames from @pfn on, FRAMES_AT_ONCE or a few more.  Return: the next frame. */
static unsigned long add_some(struct census_pass *p, unsigned long pfn)
{
	unsigned long end = min(p->end, pfn + FRAMES_AT_ONCE), nr;

	census_hotplug_lock();
	/* Keeps the cgroups that a copied struct page is charged to. */
	rcu_read_lock();
	while (pfn < end) {
		struct page *page = pfn_to_online_page(pfn);
		unsigned long next = end_of_unit(p, pfn), repeated = 0;

		if (!page) {
			p->z->holes += next - pfn;
			census_frame_blocks_add(&p->z->contiguous, CENSUS_BLOCK_HOLE, pfn,
						next - pfn);
			pfn = next;
			continue;
		}
		for (; pfn < next; pfn += nr, page += nr) {
			prefetch(page + FRAMES_AHEAD);
			nr = 1;
			if (count_repeated(p, page, pfn)) {
				repeated++;
				continue;
			}
			nr = add_frame(p, page, pfn);
			if (!nr)
				break;
		}
		p->result->read += repeated;
		if (p->req->order)
			add_all_repeated(p);
		if (pfn < next)
			break;
	}
	add_all_repeated(p);
	census_repeats_forget(&p->repeats);
	rcu_read_unlock();
	census_hotplug_unlock();
	return pfn;
}

static int begin_pass(struct census_pass *p, struct census_physical *result)
{
	int err = 0;

	p->req = &result->req;
	p->result = result;
	census_repeats_init(&p->repeats, p->req->files);
	if (p->req->cgroups)
		err = census_index_begin(&result->charges, sizeof(struct census_charge),
					 CENSUS_CHARGES_MAX);
	if (!err && p->req->files)
		err = census_frame_files_begin(&result->files, p->req->files);
	return err;
}

/* Without memory, frames of further files are only summed.  Return: 0 or an error. */
static int make_room(struct census_pass *p)
{
	struct census_index *full = p->full;
	int err = full ? census_index_grow(full) : 0;

	p->full = NULL;
	if (!err || full == &p->result->charges)
		return err;
	full->max = full->nr;
	return 0;
}

static int add_zone(struct census_pass *p, struct census_physical_zone *z)
{
	unsigned long pfn = z->pfn;
	int err;

	p->z = z;
	p->end = pfn + z->spanned;
	p->first = ULONG_MAX;
	p->last = ULONG_MAX;
	while (pfn < p->end) {
		pfn = add_some(p, pfn);
		cond_resched();
		err = fatal_signal_pending(current) ? -EINTR : make_room(p);
		if (err)
			return err;
	}
	census_frame_blocks_finish(&z->contiguous);
	return 0;
}

/**
 * census_pass() - add each frame of all zones
 * @result: has the request and the zones; the caller frees it, also after an error
 *
 * Return: 0, -ENOMEM, -EDQUOT if results use all of max_results, or -EINTR after a fatal signal.
 */
int census_pass(struct census_physical *result)
{
	struct census_pass *p = census_kvzalloc(sizeof(*p));
	int err;
	u32 i;

	if (!p)
		return -ENOMEM;
	err = begin_pass(p, result);
	for (i = 0; i < result->nr_zones && !err; i++)
		err = add_zone(p, &result->zones[i]);
	kvfree(p);
	return err;
}
