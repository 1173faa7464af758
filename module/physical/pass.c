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
 * that it names, and their LRU lists, stay.  Both are held for some thousand frames.  Under RCU no
 * memory can be waited for: if a table is full, the frame is not added, the pass makes room after
 * the section, and reads the frame again.
 */
#include <linux/align.h>
#include <linux/log2.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#include <linux/poison.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

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

/* How far ahead of the current frame struct page is fetched from memory. */
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
 * @key: of @first
 * @first_cgroup: the record in charges that @first is charged to
 * @cgroup: the same of the current frame
 * @file: the record of the file that the current frame is of
 * @full: the table of charges must grow
 * @files_full: the table of files must grow
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
	struct census_kernel_key key;
	struct census_charge *first_cgroup;
	struct census_charge *cgroup;
	struct census_mapping *file;
	bool full;
	bool files_full;
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

/* Adds frames to their class, and to the record of their kind if they have one. */
static void add_frames(struct census_pass *p, const struct census_kernel_key *key,
		       unsigned long pfn, unsigned long nr)
{
	add_class(p, key->class, pfn, nr);
	if (key->class == MEMCENSUS_FC_KERNEL || key->class == MEMCENSUS_FC_REMAINDER)
		census_frame_kinds_add(&p->result->kinds, key, pfn, nr);
}

/* Checks whether @node is in the lists of free pages of any processor. */
static bool is_pcp_head(const struct census_pass *p, const struct list_head *node)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const void *pcp = per_cpu_ptr(p->z->zone->per_cpu_pageset, cpu);

		if ((const void *)node >= pcp &&
		    (const void *)node < pcp + sizeof(struct per_cpu_pages))
			return true;
	}
	return false;
}

/*
 * Checks whether a page is on the list of free pages of a processor.  No lock is held, so
 * the pointers may be old: the next entry is read only if it is in a struct page that is
 * online, and must point back.
 */
static bool is_pcp(const struct census_pass *p, const struct page *page)
{
	const struct list_head *next = READ_ONCE(page->lru.next);
	const struct list_head *prev = READ_ONCE(page->lru.prev);
	const struct page *other = container_of(next, struct page, lru);

	if (!next || !prev || next == LIST_POISON1 || prev == LIST_POISON2)
		return false;
	/* It was never on a list: struct page is initialized so, tails keep it. */
	if (next == &page->lru)
		return false;
	if (CENSUS_MEMMAP_FLAT && pfn_to_online_page(page_to_pfn(other)) == other)
		return READ_ONCE(other->lru.prev) == &page->lru;
	/* There are many processors, and few pages at the ends of their lists. */
	return is_pcp_head(p, next);
}

/* A frame that is not compound: those right behind it may be the rest of its allocation. */
static void set_first(struct census_pass *p, const struct census_kernel_key *key, unsigned long pfn,
		      struct census_charge *cgroup)
{
	p->first = pfn;
	p->last = pfn;
	p->key = *key;
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
	if (p->key.class == MEMCENSUS_FC_FREE_PCP && rest >= BIT(PAGE_ALLOC_COSTLY_ORDER) &&
	    (rest >= pageblock_nr_pages || !IS_ALIGNED(p->first, pageblock_nr_pages)))
		return false;
	return p->first < pfn && rest < BIT(CENSUS_ORDERS - 1) &&
	       IS_ALIGNED(p->first, roundup_pow_of_two(rest + 1));
}

/*
 * One frame with neither reference, type nor flags: free on the list of a processor, or
 * part of an allocation of several frames, of which only the first one tells its use.
 */
static void add_unreferenced(struct census_pass *p, const struct census_frame *f,
			     struct census_kernel_key *key)
{
	if (is_pcp(p, f->page)) {
		key->class = MEMCENSUS_FC_FREE_PCP;
		set_first(p, key, f->pfn, p->result->charges.table.first);
	} else if (follows_first(p, f->pfn)) {
		p->last = f->pfn;
		*key = p->key;
		p->cgroup = p->first_cgroup;
		if (key->class == MEMCENSUS_FC_KERNEL)
			key->marks |= MEMCENSUS_FRAME_MARK_TAIL;
	}
	add_frames(p, key, f->pfn, 1);
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

/* Return: how many of @nr frames from @page on are mapped by entries of their own. */
static unsigned long count_mapped(const struct page *page, unsigned long nr)
{
	unsigned long mapped = 0, i;

	for (i = 0; i < nr; i++)
		mapped += atomic_read(&page[i]._mapcount) >= 0;
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

static void add_states(struct census_pass *p, const struct census_frame *f,
		       enum memcensus_frame_class class, unsigned long nr)
{
	census_frame_states(f, class, nr, p->z->states);
	census_frame_lru(f, nr, p->z->states);
}

/*
 * Adds @nr frames from frame @at of a folio on, which is anonymous or page cache; of a small one,
 * @nr frames that are like it, in the same block.
 */
static void add_folio(struct census_pass *p, const struct census_frame *f,
		      enum memcensus_frame_class class, unsigned long at, unsigned long nr)
{
	enum memcensus_frame_class unmapped = unmapped_class(f, class);
	unsigned long mapped, pfn = first_of(p, f->pfn + at, f->order ? 0 : nr);

	add_states(p, f, class, nr);
	if (!f->order) {
		mapped = atomic_read(&f->pages[0]._mapcount) >= 0 ? nr : 0;
	} else if (folio_entire_mapcount((struct folio *)&f->folio) > 0) {
		mapped = nr;
	} else if (census_folio_unmapped(&f->folio)) {
		mapped = 0;
	} else if (!CENSUS_MAPCOUNT_EXACT) {
		mapped = nr;
	} else {
		mapped = count_mapped(f->page + at, nr);
		p->result->read += nr - 1;
		if (mapped && class == MEMCENSUS_FC_ANON)
			unmapped = MEMCENSUS_FC_ANON_TAILS;
	}
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
 * Checks whether a frame of the kernel is mapped, which the kernel counts in its map count as for
 * page cache.  Of a compound page all frames are taken for mapped if one is.
 */
static bool is_mapped(struct census_pass *p, const struct census_frame *f)
{
	if (!f->order)
		return atomic_read(&f->pages[0]._mapcount) >= 0;
	if (folio_entire_mapcount((struct folio *)&f->folio) > 0)
		return true;
	if (census_folio_unmapped(&f->folio))
		return false;
	if (!CENSUS_MAPCOUNT_EXACT)
		return true;
	p->result->read += BIT(f->order) - 1;
	return count_mapped(f->page, BIT(f->order));
}

/* Finds which cgroup pays; of slab pages each object has its own.  Return: false if full. */
static bool find_cgroup(struct census_pass *p, enum memcensus_frame_class class)
{
	p->cgroup = p->result->charges.table.first;
	if (p->req->cgroups && class != MEMCENSUS_FC_SLAB)
		p->cgroup = census_charges_find(&p->result->charges, &p->frame);
	p->full = p->req->cgroups && !p->cgroup;
	return !p->full;
}

/* Finds the file of a frame of the page cache.  Return: false if full. */
static bool find_file(struct census_pass *p, enum memcensus_frame_class class)
{
	p->files_full = false;
	if (p->req->files && (class == MEMCENSUS_FC_FILE || class == MEMCENSUS_FC_SHMEM)) {
		p->file = census_frame_files_find(&p->result->files, &p->frame);
		p->files_full = !p->file;
	}
	return !p->files_full;
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
	struct census_kernel_key key = { .zone = p->z - p->result->zones };

	/* The zero page, which looks as if it were reserved, has a class of its own. */
	if (!r || (r->class == MEMCENSUS_FC_RESERVED && is_zero_pfn(pfn)))
		return false;
	r->nr++;
	r->pfn = pfn;
	if (may_have_rest(r->class)) {
		key.class = r->class;
		set_first(p, &key, pfn, r->cgroup);
	}
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
	struct census_kernel_key key = { .zone = p->z - p->result->zones };
	struct census_frame *f = &p->frame;
	unsigned long at, nr;

	p->result->read++;
	if (!census_frame_read(f, page, pfn, &p->result->changed)) {
		key.class = MEMCENSUS_FC_REMAINDER;
		key.marks = MEMCENSUS_FRAME_MARK_CHANGED;
		p->cgroup = p->result->charges.table.first;
		add_frames(p, &key, pfn, 1);
		return 1;
	}
	if (page_zone(&f->pages[0]) != p->z->zone) {
		p->z->others++;
		census_frame_blocks_add(&p->z->contiguous, CENSUS_BLOCK_HOLE, pfn, 1);
		return 1;
	}
	at = pfn - f->pfn;
	nr = min(BIT(f->order) - at, p->end - pfn);
	key.class = census_frame_class(f);
	if (f->order && census_frame_poisoned(f, key.class, at, &nr))
		key.class = MEMCENSUS_FC_POISONED;
	/* Those of earlier blocks first. */
	if (p->req->order && nr > end_of_unit(p, pfn) - pfn)
		add_all_repeated(p);
	if (!find_cgroup(p, key.class) || !find_file(p, key.class))
		return 0;
	switch (key.class) {
	case MEMCENSUS_FC_FREE:
		p->z->blocks[f->order]++;
		break;
	case MEMCENSUS_FC_ANON:
	case MEMCENSUS_FC_SHMEM:
	case MEMCENSUS_FC_FILE:
		add_folio(p, f, key.class, at, nr);
		remember_frame(p, key.class, true);
		return nr;
	case MEMCENSUS_FC_SWAP_CACHE:
		add_states(p, f, key.class, nr);
		break;
	case MEMCENSUS_FC_KERNEL:
		if (is_mapped(p, f)) {
			key.class = MEMCENSUS_FC_DEVICE;
			break;
		}
		fallthrough;
	case MEMCENSUS_FC_REMAINDER:
		key.flags = census_frame_flags(f);
		key.marks = census_frame_marks(f);
		key.type = page_has_type(&f->pages[0]) ? f->pages[0].page_type : 0;
		key.order = f->order;
		if (key.marks == MEMCENSUS_FRAME_MARK_UNREFERENCED && !key.flags && !key.type) {
			add_unreferenced(p, f, &key);
			return nr;
		}
		break;
	default:
		break;
	}
	if (!f->order && may_have_rest(key.class))
		set_first(p, &key, pfn, p->cgroup);
	add_frames(p, &key, pfn, nr);
	remember_frame(p, key.class, false);
	return nr;
}

/* Adds frames from @pfn on, FRAMES_AT_ONCE or a few more.  Return: the next frame. */
static unsigned long add_some(struct census_pass *p, unsigned long pfn)
{
	unsigned long end = min(p->end, pfn + FRAMES_AT_ONCE), nr;

	census_hotplug_lock();
	/* Keeps the cgroups, and their LRU lists, that a copied struct page is charged to. */
	rcu_read_lock();
	/* What it points to may be another cgroup now. */
	p->result->charges.last = 0;
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
	census_frame_kinds_begin(&result->kinds);
	census_repeats_init(&p->repeats, p->req->files);
	if (p->req->cgroups)
		err = census_index_begin(&result->charges.table, sizeof(struct census_charge),
					 CENSUS_CHARGES_MAX);
	if (!err && p->req->files)
		err = census_frame_files_begin(&result->files, p->req->files);
	return err;
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
		if (p->files_full)
			census_frame_files_grow(&p->result->files);
		err = p->full ? census_index_grow(&p->result->charges.table) : 0;
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
		if (err)
			return err;
		p->files_full = false;
		p->full = false;
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
