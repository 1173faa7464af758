// SPDX-License-Identifier: GPL-2.0
/*
 * How the class of a frame is found:
 *
 * Its struct page is copied, and that of the head if it is a tail.  Of a compound page four are
 * copied: the second to fourth have its order and its counts.  Nothing keeps the page from being
 * freed, split or used otherwise during the copy.  So what decides the class (flags, type, mapping)
 * is compared after the copy, and of a compound page its last tail must have the same head.  A
 * frame that changes five times has no class.
 *
 * Kernels differ in where a use is written: in page_type, in page flags, in low bits of
 * page->mapping, or in a magic number.  base/compat.h gives each of them the newest name.
 */
#include <linux/align.h>
#include <linux/hugetlb.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "base/compat.h"
#include "physical/class.h"

/* Attempts to read a frame that changes. */
#define READS_MAX 5

/* Largest order of a compound page: a gigantic hugetlb page. */
#define ORDER_MAX (P4D_SHIFT - PAGE_SHIFT)

/*
 * Flags that a page may have without its owner's doing: of waiters, of caches of the
 * processor, of page_idle.
 */
#define IGNORED_FLAGS (BIT(PG_head) | BIT(PG_waiters) | BIT(PG_workingset) | ARCH_FLAGS)
#if defined(CONFIG_ARCH_USES_PG_ARCH_2) || defined(CONFIG_ARM64)
#define ARCH_FLAGS (BIT(PG_arch_1) | BIT(PG_arch_2))
#else
#define ARCH_FLAGS BIT(PG_arch_1)
#endif

/*
 * Checks whether this kernel tells frames of a class.  Return: false if the number of its frames
 * is unknown, because they have another class.
 */
bool census_class_known(enum memcensus_frame_class class)
{
	switch (class) {
	case MEMCENSUS_FC_UNSPEC:
	case MEMCENSUS_FC_PAD:
		return false;
	case MEMCENSUS_FC_ANON_TAILS:
		return CENSUS_MAPCOUNT_EXACT;
	case MEMCENSUS_FC_LARGE_KMALLOC:
		return CENSUS_HAS_LARGE_KMALLOC;
	case MEMCENSUS_FC_ZSMALLOC:
		return CENSUS_HAS_ZSMALLOC;
	case MEMCENSUS_FC_MOVABLE:
		return CENSUS_HAS_MOVABLE;
	case MEMCENSUS_FC_PAGE_POOL:
		return CENSUS_HAS_PAGE_POOL;
	case MEMCENSUS_FC_UNACCEPTED:
		return CENSUS_HAS_UNACCEPTED;
	case MEMCENSUS_FC_POISONED:
		return IS_ENABLED(CONFIG_MEMORY_FAILURE);
	default:
		return true;
	}
}

/*
 * Finds the head of the compound page of @page, which may be freed or split at any time.
 * Return: false if what was read cannot be its head.
 */
static bool find_head(struct census_frame *f, struct page *page, unsigned long pfn)
{
	f->page = compound_head(page);
	f->pfn = page_to_pfn(f->page);
	if (f->page == page)
		return true;
	return f->pfn < pfn && pfn - f->pfn < BIT(ORDER_MAX) &&
	       pfn_to_online_page(f->pfn) == f->page;
}

/*
 * Copies what the second to fourth struct page tell of a compound page.  They may be copied while
 * they are part of another one: only if the last page that they promise is online and has the
 * same head is the order taken for true, as callers read all pages up to there.
 *
 * Return: false if the page is not the head of an aligned compound page.
 */
static bool copy_compound(struct census_frame *f)
{
	struct page *last;

	/* The owner of the page may write: the caller compares. */
	data_race(memcpy(&f->pages[1], f->page + 1, sizeof(struct page)));
	/* Or a copy at the start of a page of memory would look as if hugetlb had remapped it. */
	clear_compound_head(&f->pages[1]);
	f->order = folio_order(&f->folio);
	if (!f->order || f->order > ORDER_MAX || !IS_ALIGNED(f->pfn, BIT(f->order)))
		return false;
	if (f->order > 1)
		/* As above. */
		data_race(memcpy(&f->pages[2], f->page + 2, 2 * sizeof(struct page)));
	smp_rmb();	/* compared below after it was copied */
	last = pfn_to_online_page(f->pfn + BIT(f->order) - 1);
	return last && compound_head(last) == f->page && compound_head(f->page + 1) == f->page;
}

/* The order of a block that one struct page describes.  Return: false if there is none. */
static bool block_order(struct census_frame *f)
{
	struct page *page = &f->pages[0];

	if (PageBuddy(page) || PageGuard(page))
		f->order = page_private(page);
	else if (census_page_unaccepted(page))
		f->order = CENSUS_ORDERS - 1;
	return f->order < CENSUS_ORDERS && IS_ALIGNED(f->pfn, BIT(f->order));
}

/*
 * Reads what the frame is charged to, in one load: memcpy() may copy halves of two pointers, and
 * charges.c follows it.  It changes when the page is charged, uncharged or moved to another cgroup,
 * and when a slab gets its vector.  A tail has something else there: a number of pages, in 7.3.
 */
static void copy_charge(struct census_frame *f)
{
#ifdef CONFIG_MEMCG
	f->pages[0].memcg_data = READ_ONCE(f->page->memcg_data);
#endif
}

static bool charge_changed(const struct page *now, const struct page *then)
{
#ifdef CONFIG_MEMCG
	return READ_ONCE(now->memcg_data) != then->memcg_data;
#else
	return false;
#endif
}

/*
 * Checks whether the frame still is what was copied, as far as its class and its cgroup depend on
 * it.
 */
static bool is_unchanged(struct census_frame *f)
{
	struct page *now = f->page, *then = &f->pages[0];
	unsigned long flags = census_page_flags(now) ^ census_page_flags(then);

	if (flags & CENSUS_CLASS_FLAGS || PageTail(now) || charge_changed(now, then))
		return false;
	/* Owners of pages with a type may use page->mapping for something else. */
	if (page_has_type(then))
		return READ_ONCE(now->page_type) == then->page_type &&
		       (!PageBuddy(then) || READ_ONCE(now->private) == then->private);
	return !census_page_has_type(now) && READ_ONCE(now->mapping) == then->mapping;
}

/**
 * census_frame_read() - copy the struct page of a frame
 * @f: the copy, of the head if the frame is in a compound page
 * @page: of the frame; its memory stays online
 * @pfn: of the frame
 * @changed: incremented for each attempt that failed
 *
 * Return: false if the frame changed each time; then @f is not valid.
 */
bool census_frame_read(struct census_frame *f, struct page *page, unsigned long pfn,
		       u64 *changed)
{
	unsigned int i;

	for (i = 0; i < READS_MAX; i++, ++*changed) {
		if (!find_head(f, page, pfn))
			continue;
		/* The owner of the page may write: compared by is_unchanged(). */
		data_race(memcpy(&f->pages[0], f->page, sizeof(struct page)));
		copy_charge(f);
		smp_rmb();	/* compared below after it was copied */
		/* It became part of another compound page before it was copied. */
		if (PageTail(&f->pages[0]))
			continue;
		f->order = 0;
		if (census_page_flags(&f->pages[0]) & BIT(PG_head)) {
			if (!copy_compound(f))
				continue;
		} else if (!block_order(f)) {
			continue;
		}
		if (pfn - f->pfn < BIT(f->order) && is_unchanged(f))
			return true;
	}
	return false;
}

static bool is_poisoned(const struct page *page)
{
#ifdef CONFIG_MEMORY_FAILURE
	return census_page_flags(page) & BIT(PG_hwpoison);
#else
	return false;
#endif
}

/*
 * Checks whether a page of a compound page may be poisoned.  The kernel splits huge pages of users
 * and marks those that it cannot split.  Of others only the page itself is marked, on a node that
 * has had errors.
 */
static bool may_be_poisoned(const struct census_frame *f, enum memcensus_frame_class class)
{
	switch (class) {
	case MEMCENSUS_FC_ANON:
	case MEMCENSUS_FC_SHMEM:
	case MEMCENSUS_FC_FILE:
	case MEMCENSUS_FC_SWAP_CACHE:
		return folio_test_has_hwpoisoned((struct folio *)&f->folio);
	default:
		return census_node_poisoned(NODE_DATA(page_to_nid(&f->pages[0])));
	}
}

/**
 * census_frame_poisoned() - find the poisoned frames of a compound page
 * @f: its first frame
 * @class: as census_frame_class() says
 * @at: the frame to start from
 * @nr: number of frames from there on; set to those that are all poisoned, or all not
 *
 * A hugetlb page is marked in its first frame, wherever the error is, so that it counts as one.
 *
 * Return: whether they are poisoned.
 */
bool census_frame_poisoned(const struct census_frame *f, enum memcensus_frame_class class,
			   unsigned long at, unsigned long *nr)
{
	unsigned long i;
	bool poisoned;

	if (!(census_page_flags(&f->pages[0]) & BIT(PG_head)))
		return class == MEMCENSUS_FC_POISONED;
	if (class == MEMCENSUS_FC_HUGETLB || class == MEMCENSUS_FC_HUGETLB_FREE) {
		poisoned = !at && is_poisoned(&f->pages[0]);
		*nr = poisoned ? 1 : *nr;
		return poisoned;
	}
	if (!may_be_poisoned(f, class))
		return false;
	poisoned = is_poisoned(f->page + at);
	for (i = 1; i < *nr && is_poisoned(f->page + at + i) == poisoned; )
		i++;
	*nr = i;
	return poisoned;
}

/* Return: the class of a page type; UNSPEC if it has none that is known here. */
static enum memcensus_frame_class type_class(struct page *page)
{
	if (PageBuddy(page))
		return MEMCENSUS_FC_FREE;
	if (PageTable(page))
		return MEMCENSUS_FC_PAGE_TABLES;
	if (PageOffline(page))
		return MEMCENSUS_FC_OFFLINE;
	if (PageGuard(page))
		return MEMCENSUS_FC_GUARD;
	if (census_page_zsmalloc(page))
		return MEMCENSUS_FC_ZSMALLOC;
	if (census_page_large_kmalloc(page))
		return MEMCENSUS_FC_LARGE_KMALLOC;
	if (census_page_unaccepted(page))
		return MEMCENSUS_FC_UNACCEPTED;
	if (census_page_netpp(page))
		return MEMCENSUS_FC_PAGE_POOL;
	return MEMCENSUS_FC_UNSPEC;
}

/* Page cache and anonymous memory, as if it is mapped. */
static enum memcensus_frame_class cache_class(const struct census_frame *f)
{
	unsigned long mapping = (unsigned long)f->pages[0].mapping;
	unsigned long flags = census_page_flags(&f->pages[0]);
	bool swap = flags & BIT(PG_swapbacked);

	if (mapping & FOLIO_MAPPING_ANON)
		return MEMCENSUS_FC_ANON;
	if (swap && flags & BIT(PG_swapcache))
		return MEMCENSUS_FC_SWAP_CACHE;
	if (mapping & PAGE_MAPPING_MOVABLE)
		return MEMCENSUS_FC_MOVABLE;
	if (!mapping || mapping & FOLIO_MAPPING_FLAGS)
		return MEMCENSUS_FC_UNSPEC;
	return swap ? MEMCENSUS_FC_SHMEM : MEMCENSUS_FC_FILE;
}

/* Checks whether the frame has no reference.  That of tails is always 0. */
static bool is_unreferenced(const struct census_frame *f)
{
	return !page_ref_count(&f->pages[0]);
}

/*
 * Classifies a frame.  Return: its class; anonymous memory and page cache as if all of it is
 * mapped.  A frame without a reference that is free or follows another one of its allocation is
 * REMAINDER.  Poisoned frames of a compound page are found by census_frame_poisoned().
 */
enum memcensus_frame_class census_frame_class(struct census_frame *f)
{
	struct page *page = &f->pages[0];
	unsigned long flags = census_page_flags(page);
	enum memcensus_frame_class class;

	if (!f->order && is_poisoned(page))
		return MEMCENSUS_FC_POISONED;
	if (folio_test_slab(&f->folio))
		return MEMCENSUS_FC_SLAB;
	if (f->order && folio_test_hugetlb(&f->folio))
		return is_unreferenced(f) ? MEMCENSUS_FC_HUGETLB_FREE : MEMCENSUS_FC_HUGETLB;
	if (page_has_type(page))
		return type_class(page) ?: MEMCENSUS_FC_REMAINDER;
	if (is_zero_pfn(f->pfn))
		return MEMCENSUS_FC_ZERO;
	if (flags & BIT(PG_reserved))
		return MEMCENSUS_FC_RESERVED;
	class = cache_class(f);
	if (class)
		return class;
	if (CENSUS_HAS_PAGE_POOL && census_page_pool(page))
		return MEMCENSUS_FC_PAGE_POOL;
	if (page->mapping || is_unreferenced(f) ||
	    flags & PAGEFLAGS_MASK & ~IGNORED_FLAGS)
		return MEMCENSUS_FC_REMAINDER;
	return MEMCENSUS_FC_KERNEL;
}

/**
 * census_frame_states() - add the states of frames
 * @f: the first frame
 * @class: its class
 * @nr: number of frames
 * @states: by &enum memcensus_frame_state, to be added to
 */
void census_frame_states(const struct census_frame *f, enum memcensus_frame_class class,
			 unsigned long nr, u64 *states)
{
	unsigned long flags = census_page_flags(&f->pages[0]);

	if (flags & BIT(PG_swapbacked) && flags & BIT(PG_swapcache))
		states[MEMCENSUS_FS_SWAP_CACHED] += nr;
	if (flags & BIT(PG_unevictable))
		states[MEMCENSUS_FS_UNEVICTABLE] += nr;
	if (flags & BIT(PG_mlocked))
		states[MEMCENSUS_FS_MLOCKED] += nr;
	if (flags & BIT(PG_dirty) && class == MEMCENSUS_FC_FILE)
		states[MEMCENSUS_FS_DIRTY] += nr;
	if (flags & BIT(PG_writeback))
		states[MEMCENSUS_FS_WRITEBACK] += nr;
	if (flags & BIT(PG_lru))
		states[MEMCENSUS_FS_LRU] += nr;
}

/* Checks whether a frame has neither a reference, a type, a flag, a mapping nor a payer. */
bool census_frame_unused(struct census_frame *f)
{
	struct page *page = &f->pages[0];

#ifdef CONFIG_MEMCG
	if (page->memcg_data & MEMCG_DATA_KMEM)
		return false;
#endif
	return !f->order && is_unreferenced(f) && !page_has_type(page) && !page->mapping &&
	       atomic_read(&page->_mapcount) < 0 &&
	       !(census_page_flags(page) & PAGEFLAGS_MASK & ~IGNORED_FLAGS);
}
