/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that differ from one before them in nothing that is reported.  In a machine full of small
 * pages nearly all do.  They are recognized by four words of their struct page, only counted, and
 * added as one.
 *
 * A frame is remembered after it was read and classified; what it is charged to may be freed when
 * the RCU read lock is released, so all is forgotten before.
 */
#ifndef _CENSUS_PHYSICAL_REPEATS_H
#define _CENSUS_PHYSICAL_REPEATS_H

#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/types.h>

#include "base/compat.h"
#include "physical/class.h"

/*
 * Frames that are remembered at a time.  There are as many kinds as cgroups, times classes, times
 * states.
 */
#define CENSUS_REPEATS_BITS 6
#define CENSUS_REPEATS BIT(CENSUS_REPEATS_BITS)

/* Flags of a frame with a mapping, or a type, that no class and no state depends on. */
#define CENSUS_LOOK_IGNORED (BIT(PG_locked) | BIT(PG_waiters) | BIT(PG_referenced) | \
			     BIT(PG_uptodate) | BIT(PG_workingset) | CENSUS_PG_PRIVATE | \
			     BIT(PG_reclaim))

/* All flags and the zone; neither the generation of the multi-gen LRU nor the last CPU. */
#define CENSUS_LOOK_FLAGS (PAGEFLAGS_MASK | ZONEID_MASK << ZONEID_PGSHIFT)

/**
 * struct census_look - what decides how a frame that is not compound is counted
 * @flags: those that matter, with the zone
 * @mapping: its low bits, or all of it if files are counted; 0: none
 * @charge: what it is charged to
 * @use: how many page table entries map it, at most 2; or its page type, which is more
 */
struct census_look {
	unsigned long flags;
	unsigned long mapping;
	unsigned long charge;
	u64 use;
};

/* Of no frame. */
#define CENSUS_USE_NONE ULLONG_MAX

/* In the mapping of a look: there is one. */
#define CENSUS_LOOK_MAPPED BIT(2)
static_assert(!(CENSUS_LOOK_MAPPED & FOLIO_MAPPING_FLAGS));

struct census_charge;
struct census_mapping;

/**
 * struct census_repeat - a frame that is remembered, and those that repeat it
 * @look: of all of them; with CENSUS_USE_NONE nothing is remembered
 * @nr: number of frames to be added, without the first one
 * @pfn: the last one of them
 * @cgroup: its record in charges
 * @file: the record of its file
 * @class: as census_frame_class() says
 * @folio: it is anonymous or page cache
 * @page: a copy of the first one
 */
struct census_repeat {
	struct census_look look;
	unsigned long nr;
	unsigned long pfn;
	struct census_charge *cgroup;
	struct census_mapping *file;
	u16 class;
	bool folio;
	struct page page;
};

/**
 * struct census_repeats - those of a pass
 * @files: files are counted
 * @last: the one that was met last
 * @nr: number of @used
 * @used: indexes of @slots that remember a frame
 * @slots: by a hash of their look
 * @frame: for the caller, to add what one of @slots counts
 */
struct census_repeats {
	bool files;
	struct census_repeat *last;
	u32 nr;
	u8 used[CENSUS_REPEATS];
	struct census_repeat slots[CENSUS_REPEATS];
	struct census_frame frame;
};

/* The part of page->mapping that matters. */
static inline unsigned long census_look_mapping(unsigned long mapping, bool files)
{
	if (!mapping || (files && !(mapping & FOLIO_MAPPING_ANON)))
		return mapping;
	return (mapping & FOLIO_MAPPING_FLAGS) | CENSUS_LOOK_MAPPED;
}

/* What the frame is charged to.  Bit 0 says that each object of it is: that is no cgroup. */
static inline unsigned long census_look_charge(const struct page *page)
{
#ifdef CONFIG_MEMCG
	unsigned long data = READ_ONCE(page->memcg_data);

	return data & BIT(0) ?: data;
#else
	return 0;
#endif
}

/**
 * census_look() - look at a frame, which may change
 * @page: its struct page, or a copy
 * @files: its file matters
 * @look: set
 *
 * What decides the class is read again after the rest.
 *
 * Return: false if the frame is a tail, if it has no type and either no reference or so many that
 * it may be pinned, or if it changed.
 */
static __always_inline bool census_look(struct page *page, bool files, struct census_look *look)
{
	unsigned long mapping = (unsigned long)READ_ONCE(page->mapping);
	unsigned long flags = census_page_flags(page);
	int use = atomic_read(&page->_mapcount);

	if (PageTail(page))
		return false;
	look->charge = census_look_charge(page);
	look->flags = flags & CENSUS_LOOK_FLAGS;
	if (use >= -1) {
		if ((u32)page_ref_count(page) - 1 >= GUP_PIN_COUNTING_BIAS - 1)
			return false;
		look->use = min(use, 1) + 1;
		look->mapping = census_look_mapping(mapping, files);
		if (mapping)
			look->flags &= ~CENSUS_LOOK_IGNORED;
		smp_rmb();	/* compared after the rest was read */
		return (unsigned long)READ_ONCE(page->mapping) == mapping &&
		       atomic_read(&page->_mapcount) >= -1 &&
		       !((census_page_flags(page) ^ flags) & CENSUS_CLASS_FLAGS);
	}
	look->use = (u32)use;
	look->mapping = 0;
	look->flags &= ~CENSUS_LOOK_IGNORED;
	smp_rmb();	/* compared after the rest was read */
	return atomic_read(&page->_mapcount) == use &&
	       !((census_page_flags(page) ^ flags) & CENSUS_CLASS_FLAGS);
}

static __always_inline bool census_look_equal(const struct census_look *a,
					      const struct census_look *b)
{
	return !((a->flags ^ b->flags) | (a->mapping ^ b->mapping) | (a->charge ^ b->charge) |
		 (a->use ^ b->use));
}

static inline struct census_repeat *census_repeats_slot(struct census_repeats *rs,
							const struct census_look *look)
{
	return &rs->slots[hash_64(look->flags + 3 * look->mapping + 5 * look->charge +
				  7 * look->use, CENSUS_REPEATS_BITS)];
}

/**
 * census_repeats_find() - find the frame that a frame repeats
 * @rs: those that are remembered
 * @page: of the frame; its memory stays online
 *
 * Return: it, or NULL.
 */
static __always_inline struct census_repeat *census_repeats_find(struct census_repeats *rs,
								 struct page *page)
{
	struct census_repeat *r = rs->last;
	struct census_look look;

	if (!census_look(page, rs->files, &look))
		return NULL;
	if (census_look_equal(&r->look, &look))
		return r;
	r = census_repeats_slot(rs, &look);
	if (!census_look_equal(&r->look, &look))
		return NULL;
	rs->last = r;
	return r;
}

void census_repeats_init(struct census_repeats *rs, bool files);
struct census_repeat *census_repeats_room(struct census_repeats *rs, struct census_frame *f,
					  enum memcensus_frame_class class);
void census_repeats_remember(struct census_repeats *rs, struct census_repeat *r,
			     struct census_frame *f);
void census_repeats_forget(struct census_repeats *rs);

#endif /* _CENSUS_PHYSICAL_REPEATS_H */
