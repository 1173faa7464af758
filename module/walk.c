// SPDX-License-Identifier: GPL-2.0
/*
 * This walk reads each level itself, because modules cannot call walk_page_range().
 *
 * The caller holds the VMA lock or mmap_lock for reading, so the upper tables stay: PGD
 * to PUD, and PMD tables except those of hugetlb.  Only exit_mmap() and munmap() free
 * them.  munmap() locks each VMA that it removes for writing, and keeps tables that other
 * VMAs use.  The content of a PMD may change during the walk: a huge page is split or
 * collapsed, a PTE table is installed or removed.  So every PMD is read once; then the
 * walk takes the lock that protects it, checks that it is unchanged, and otherwise reads
 * it again.
 */
#include <linux/bitmap.h>
#include <linux/hugetlb.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "exclusive.h"
#include "memory.h"
#include "owners.h"
#include "pte.h"
#include "walk.h"

/**
 * census_walk_begin() - allocate the memory of a walk
 * @walk: zeroed; the caller calls census_walk_end(), also after an error
 * @places: the walk will report places
 *
 * Return: 0 or -ENOMEM.
 */
int census_walk_begin(struct census_walk *walk, bool places)
{
	struct census_mask *masks;

	walk->runs = census_kvcalloc(CENSUS_RUNS_MAX, sizeof(*walk->runs));
	masks = census_kvcalloc(CENSUS_MASKS_MAX + 1, sizeof(*masks));
	/* masks[-1] has key 0, which no page has: no mask is merged with it. */
	walk->masks = masks ? masks + 1 : NULL;
	walk->image = census_kvzalloc(sizeof(*walk->image));
	if (places)
		walk->places = census_kvcalloc(CENSUS_PLACES_MAX, sizeof(*walk->places));
	return walk->runs && masks && walk->image && (walk->places || !places) ? 0 : -ENOMEM;
}

void census_walk_end(struct census_walk *walk)
{
	kvfree(walk->runs);
	kvfree(walk->places);
	kvfree(walk->image);
	if (walk->masks)
		kvfree(walk->masks - 1);
	walk->runs = NULL;
	walk->places = NULL;
	walk->image = NULL;
	walk->masks = NULL;
}

static void add_run(struct census_walk *walk, enum census_kind kind, u8 bits,
		    unsigned long pfn, unsigned int nr, u8 swap_type)
{
	struct census_run *run = &walk->runs[walk->nr];

	if (walk->nr) {
		struct census_run *last = run - 1;

		if (last->kind == kind && last->bits == bits &&
		    last->swap_type == swap_type &&
		    (kind == CENSUS_SPECIAL || last->end == (u32)pfn)) {
			last->end += nr;
			return;
		}
	}
	*run = (struct census_run) {
		.pfn = pfn, .end = (u32)pfn + nr, .kind = kind, .bits = bits,
		.swap_type = swap_type,
	};
	walk->nr++;
}

static void add_mask(struct census_walk *walk, u64 key, u64 mask)
{
	struct census_mask *last = &walk->masks[(long)walk->nr_masks - 1];

	if (last->key == key) {
		last->mask |= mask;
		return;
	}
	walk->masks[walk->nr_masks++] = (struct census_mask) {
		.key = key, .mask = mask,
	};
}

/*
 * Called under the table's lock.  There is room: a table has no more places than entries.
 * @bits: of the entries, %CENSUS_PMD and %CENSUS_EXCLUSIVE
 */
static void add_place(struct census_walk *walk, enum census_kind kind, u8 bits,
		      unsigned long addr, unsigned int nr, u64 key, u8 at)
{
	bool huge = bits & CENSUS_PMD, exclusive = bits & CENSUS_EXCLUSIVE;
	struct census_place *place;

	if (!walk->placed)
		return;
	place = &walk->places[walk->nr_places];
	if (walk->nr_places) {
		struct census_place *last = place - 1;

		if (last->kind == kind && last->huge == huge &&
		    last->exclusive == exclusive && last->key == key &&
		    kind != CENSUS_HUGETLB &&
		    last->addr + (unsigned long)last->nr * PAGE_SIZE == addr &&
		    (kind != CENSUS_PRESENT || last->at + last->nr == at)) {
			last->nr += nr;
			return;
		}
	}
	*place = (struct census_place) {
		.kind = kind, .huge = huge, .exclusive = exclusive, .at = at,
		.nr = nr, .addr = addr, .key = key,
	};
	walk->nr_places++;
}

static bool may_have_copies(const struct census_walk *walk,
			    const struct vm_area_struct *vma)
{
	return walk->copies && READ_ONCE(vma->anon_vma);
}

/*
 * Reports mapped pages, as masks or as a run.  In a private file mapping only struct page
 * tells whether a page that is not exclusive is a copy.  Under the lock of its table or
 * PMD it cannot be freed.
 */
static void report_pages(struct census_walk *walk, struct vm_area_struct *vma,
			 unsigned long addr, unsigned long pfn, unsigned int nr,
			 u8 bits)
{
	u64 key = walk->frames, number = pfn;
	bool exclusive = bits & CENSUS_EXCLUSIVE, counted;
	u64 apart = 0;

	if (!walk->ops->masks) {
		add_run(walk, CENSUS_PRESENT, bits & ~CENSUS_EXCLUSIVE, pfn, nr, 0);
		return;
	}
	counted = exclusive && !walk->exclusive_key;
	walk->pages += nr;
	if (bits & CENSUS_PMD)
		walk->huge += nr;
	if (exclusive) {
		if (!(bits & CENSUS_NOT_PRESENT))
			census_exclusive_check(pfn, nr, bits & CENSUS_PMD);
		key = walk->copies ?: walk->frames;
		if (walk->copies)
			walk->copied += nr;
		if (counted)
			walk->exclusive += nr;
		else
			apart = walk->exclusive_key - key;
	} else if (may_have_copies(walk, vma) && PageAnon(pfn_to_page(pfn))) {
		key = walk->copies;
		walk->copied += nr;
	} else if (walk->file) {
		key = walk->file;
		number = linear_page_index(vma, addr);
	}
	while (nr) {
		unsigned int at = number & 63, n = min(64 - at, nr);

		if (!counted)
			add_mask(walk, key + apart + (number >> 6),
				 GENMASK_ULL(at + n - 1, at));
		add_place(walk, CENSUS_PRESENT, bits, addr, n, key + (number >> 6), at);
		number += n;
		addr += n * PAGE_SIZE;
		nr -= n;
	}
}

static void flush_locked(struct census_walk *walk)
{
	if (walk->nr && walk->ops->runs_locked)
		walk->ops->runs_locked(walk->context, walk->runs, walk->nr);
}

static void flush_runs(struct census_walk *walk)
{
	if (walk->nr && walk->ops->runs)
		walk->ops->runs(walk->context, walk->runs, walk->nr);
	walk->nr = 0;
	if (walk->nr_places)
		walk->work += walk->ops->places(walk->context, walk->places,
						walk->nr_places);
	walk->nr_places = 0;
	if (walk->image->nr)
		walk->ops->image(walk->context, walk->image);
	walk->image->nr = 0;
}

void census_walk_flush(struct census_walk *walk)
{
	if (walk->nr_masks)
		walk->ops->masks(walk->context, walk->masks, walk->nr_masks);
	walk->nr_masks = 0;
}

/*
 * Called before a table is locked, which adds no more masks than it has entries.  Masks
 * of several tables are passed on together, because a table of a small VMA has few.
 */
static void make_room(struct census_walk *walk)
{
	if (walk->nr_masks + PTRS_PER_PTE > CENSUS_MASKS_MAX)
		census_walk_flush(walk);
}

static void add_hole(struct census_walk *walk, struct vm_area_struct *vma,
		     unsigned long addr, unsigned long end)
{
	unsigned int nr = (end - addr) >> PAGE_SHIFT;

	if (!walk->holes)
		return;
	/* Not both: the consumer of places needs all of them in the order of addresses. */
	if (walk->placed)
		add_place(walk, CENSUS_HOLE, 0, addr, nr, 0, 0);
	else
		add_run(walk, CENSUS_HOLE, 0, linear_page_index(vma, addr), nr, 0);
}

/*
 * Reports @nr pages.  The first of them is page @skip of the range of @entry.
 * @exclusive: a swap entry has the exclusive bit
 */
static void report_softleaf(struct census_walk *walk, struct vm_area_struct *vma,
			    unsigned long addr, softleaf_t entry, bool exclusive,
			    u8 bits, unsigned int nr, unsigned long skip)
{
	if (softleaf_is_swap(entry)) {
		if (walk->writable_is_exclusive && exclusive)
			bits |= CENSUS_EXCLUSIVE;
		add_run(walk, CENSUS_SWAP, bits, swp_offset(entry) + skip, nr,
			swp_type(entry));
		add_place(walk, CENSUS_SWAP, 0, addr, nr, 0, 0);
	} else if (softleaf_has_pfn(entry)) {
		if (softleaf_is_migration(entry))
			bits |= CENSUS_MIGRATING;
		if (walk->writable_is_exclusive && census_migration_exclusive(entry))
			bits |= CENSUS_EXCLUSIVE;
		if (softleaf_is_device_private(entry))
			bits |= CENSUS_DEVICE;
		report_pages(walk, vma, addr, softleaf_to_pfn(entry) + skip, nr,
			     bits | CENSUS_NOT_PRESENT);
	}
}

/* Reports any entry, with the bits that @walk->ops needs. */
static void report_pte(struct census_walk *walk, struct vm_area_struct *vma,
		       unsigned long addr, pte_t pte)
{
	u8 bits = walk->ops->bits & ((pte_young(pte) ? CENSUS_YOUNG : 0) |
				     (pte_dirty(pte) ? CENSUS_DIRTY : 0));
	softleaf_t entry;

	if (pte_none(pte)) {
		add_hole(walk, vma, addr, addr + PAGE_SIZE);
	} else if (!pte_present(pte)) {
		entry = softleaf_from_pte(pte);
		report_softleaf(walk, vma, addr, entry,
				softleaf_is_swap(entry) && pte_swp_exclusive(pte),
				0, 1, 0);
	} else if (census_pte_special(vma, addr, pte)) {
		add_run(walk, CENSUS_SPECIAL, 0, 0, 1, 0);
	} else {
		if (walk->writable_is_exclusive && pte_write(pte))
			bits |= CENSUS_EXCLUSIVE;
		report_pages(walk, vma, addr, pte_pfn(pte), 1, bits);
	}
}

static void report_ptes(struct census_walk *walk, struct vm_area_struct *vma,
			const pte_t *pte, unsigned int nr, unsigned long addr)
{
	for (; nr; nr--, pte++, addr += PAGE_SIZE)
		report_pte(walk, vma, addr, ptep_get((pte_t *)pte));
}

/*
 * A private file mapping that was written to.  A writable entry maps a copy.  A dirty
 * entry also maps a copy, except in shmem, where userfaultfd maps page cache dirty.  For
 * all other entries struct page decides.
 */
static void take_copied_ptes(struct census_walk *walk,
			     struct vm_area_struct *vma, const pte_t *pte,
			     unsigned int nr, unsigned long addr)
{
	for (; nr; nr--, pte++, addr += PAGE_SIZE) {
		pte_t entry = ptep_get((pte_t *)pte);

		if (pte_none(entry))
			continue;
		if (!pte_present(entry) || census_pte_special(vma, addr, entry) ||
		    (pte_write(entry) && walk->writable_is_exclusive) ||
		    !(pte_write(entry) ||
		      (pte_dirty(entry) && walk->dirty_is_copied))) {
			report_pte(walk, vma, addr, entry);
			continue;
		}
		walk->pages++;
		walk->copied++;
		add_mask(walk, walk->copies + (pte_pfn(entry) >> 6),
			 BIT_ULL(pte_pfn(entry) & 63));
	}
}

/**
 * struct last_mask - the last mask, not yet complete
 * @at: where to store it
 * @key: its key
 * @mask: its pages
 */
struct last_mask {
	struct census_mask *at;
	u64 key;
	u64 mask;
};

static struct last_mask last_mask_begin(const struct census_walk *walk)
{
	struct census_mask *at = &walk->masks[(long)walk->nr_masks - 1];

	return (struct last_mask) { .at = at, .key = at->key, .mask = at->mask };
}

static void last_mask_end(struct census_walk *walk, const struct last_mask *last)
{
	last->at->key = last->key;
	last->at->mask = last->mask;
	walk->nr_masks = last->at - walk->masks + 1;
}

/* Adds pages @mask of block @key, which often is the block of the last mask. */
static __always_inline void grow_mask(struct last_mask *last, u64 key, u64 mask)
{
	if (key == last->key) {
		last->mask |= mask;
		return;
	}
	last->at->key = last->key;
	last->at->mask = last->mask;
	last->at++;
	last->key = key;
	last->mask = mask;
}

/*
 * Like grow_mask(), for one page if @page is 1, or for none if @page is 0.  If frames are
 * scattered, the CPU cannot predict a branch, so there is none: the last mask is always
 * stored, and is then either continued or replaced by a new one.
 */
static __always_inline void grow_mask_by_page(struct last_mask *last, u64 key,
					      u64 mask, u64 page)
{
	u64 other = page & (key != last->key), new = -other;

	OPTIMIZER_HIDE_VAR(new);	/* otherwise the compiler creates a branch */
	last->at->key = last->key;
	last->at->mask = last->mask;
	last->at += other;
	last->mask = (last->mask & ~new) | mask;
	last->key ^= (last->key ^ key) & new;
}

/**
 * struct plain_counts - results of plain entries that are numbered by frame
 * @frames: key of frame 0
 * @apart: 0, or what to add to @frames for the pages of writable entries
 * @count: ~0 if pages of writable entries are in no mask, but in @exclusive; else 0
 * @pages: number of pages
 * @exclusive: number of exclusive pages that are in no mask
 */
struct plain_counts {
	u64 frames;
	u64 apart;
	u64 count;
	u64 pages;
	u64 exclusive;
};

/* Return: false if one of @nr entries is not plain; then no entry is counted. */
static __always_inline bool count_each(struct last_mask *last,
				       const struct census_plain *plain,
				       struct plain_counts *c, const pte_t *pte,
				       unsigned int nr)
{
	unsigned int i;
	u64 rest = 0;

#pragma GCC unroll 8
	for (i = 0; i < nr; i++)
		rest |= census_plain_rest(plain, ptep_get((pte_t *)&pte[i]));
	if (unlikely(rest))
		return false;
#pragma GCC unroll 8
	for (i = 0; i < nr; i++) {
		pte_t entry = ptep_get((pte_t *)&pte[i]);
		unsigned long pfn = census_plain_pfn(plain, entry);
		u64 page = census_plain_page(entry);
		u64 writable = census_plain_writable(entry);
		u64 exclusive = writable & c->count;
		u64 masked = page - exclusive;

		if (c->count | c->apart && writable)
			census_exclusive_check(pfn, 1, false);
		grow_mask_by_page(last, c->frames + (c->apart & -writable) + (pfn >> 6),
				  masked << (pfn & 63), masked);
		c->pages += page;
		c->exclusive += exclusive;
	}
	return true;
}

static __always_inline void check_exclusive(const pte_t *pte, unsigned int nr)
{
#ifdef CENSUS_CHECK
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (pte_present(ptep_get((pte_t *)pte + i)))
			census_exclusive_check(pte_pfn(ptep_get((pte_t *)pte + i)), 1, false);
#endif
}

/* Counts entries from @pte on that are none or map exclusive pages.  Return: their number. */
static __always_inline unsigned int count_exclusive(struct plain_counts *c, const pte_t *pte,
						    unsigned int nr)
{
	unsigned int n = census_plain_exclusive_run(pte, nr);
	u64 found = n;

	if (!n && census_plain_exclusive(pte, min(nr, 8U), &found))
		n = min(nr, 8U);
	c->pages += found;
	c->exclusive += found;
	check_exclusive(pte, n);
	return n;
}

/*
 * Adds entries from @pte on whose frames are consecutive and in one block.  Return: their
 * number.
 */
static __always_inline unsigned int count_run(struct last_mask *last,
					      const struct census_plain *plain,
					      struct plain_counts *c, const pte_t *pte,
					      unsigned int nr)
{
	unsigned long pfn = census_plain_pfn(plain, *pte);
	unsigned int at = pfn & 63;
	unsigned int n = census_plain_run(plain, pte, min(nr, 64 - at));
	u64 apart;

	if (!n)
		return 0;
	apart = c->apart & -census_plain_writable(*pte);
	if (apart)
		check_exclusive(pte, n);
	grow_mask(last, c->frames + apart + (pfn >> 6), GENMASK_ULL(at + n - 1, at));
	c->pages += n;
	return n;
}

unsigned long census_image_pfn(u64 value)
{
	return pte_pfn(__pte(value));
}

/* An image takes as much memory as this number of masks, each an entry of an owner. */
#define MASKS_PER_IMAGE 256

/*
 * Searches an image for the table at @pte: parent and child of a fork have most entries in
 * common.  Return: its values, or NULL.
 */
static const u64 *find_image(struct census_walk *walk, const struct census_plain *plain,
			     const pte_t *pte)
{
	struct census_image *image = walk->image;
	unsigned int part, i, end;

	for (part = 0; part < CENSUS_IMAGE_PARTS; part++) {
		i = part * image->nr / CENSUS_IMAGE_PARTS;
		end = (part + 1) * image->nr / CENSUS_IMAGE_PARTS;
		for (; i < end; i++) {
			u64 value = census_plain_image(plain, ptep_get((pte_t *)pte + i));
			const u64 *values;

			if (!value)
				continue;
			values = walk->ops->find_image(walk->context, image, i, value);
			if (values)
				return values;
			break;
		}
	}
	return NULL;
}

/*
 * Makes an image of the table at @pte.  Return: false if it has too few values: in slices
 * exclusive pages are in masks too.
 */
static bool make_image(struct census_walk *walk, const struct census_plain *plain,
		       const pte_t *pte)
{
	struct census_image *image = walk->image;
	unsigned int i, found = 0;

	image->match = 0;
	for (i = 0; i < image->nr; i++) {
		image->values[i] = census_plain_image(plain, ptep_get((pte_t *)pte + i));
		found += !!image->values[i];
	}
	return found > MASKS_PER_IMAGE;
}

/* So many read-only pages that an image does not have, and it is not that of a relative. */
#define STRANGERS_MAX (PTRS_PER_PTE / 4)

/* Reports an entry that an image does not have.  Return: whether it is a read-only page. */
static bool report_other(struct census_walk *walk, struct vm_area_struct *vma,
			 unsigned long addr, pte_t entry)
{
	if (pte_none(entry))
		return false;
	if (!walk->exclusive_key && census_plain_writable(entry) &&
	    !census_pte_special(vma, addr, entry)) {
		census_exclusive_check(pte_pfn(entry), 1, false);
		walk->pages++;
		walk->exclusive++;
		return false;
	}
	report_pte(walk, vma, addr, entry);
	return pte_present(entry) && !pte_write(entry);
}

/*
 * Compares a table with an image.  Entries of both are reported by the image; the others as
 * usual.
 *
 * Return: false if too few entries are in both; then the caller discards what was reported.
 * Never for the table's own image: the zero page and PROT_NONE are not in it.
 */
static bool report_image(struct census_walk *walk, struct vm_area_struct *vma,
			 const u64 *values, const pte_t *pte, unsigned long addr)
{
	struct census_image *image = walk->image;
	unsigned int i, n, strangers = 0;

	bitmap_zero(image->lacks, PTRS_PER_PTE);
	for (i = 0; i < image->nr; i += n) {
		unsigned int j;

		n = min(image->nr - i, 8U);
		if (n == 8 && census_plain_equal(pte + i, values + i, &walk->pages))
			continue;
		for (j = i; j < i + n; j++) {
			pte_t entry = ptep_get((pte_t *)pte + j);

			if (values[j] && census_plain_same(entry, values[j])) {
				walk->pages++;
				continue;
			}
			if (values[j])
				__set_bit(j, image->lacks);
			strangers += report_other(walk, vma, addr + j * PAGE_SIZE, entry);
		}
		if (image->match && strangers > STRANGERS_MAX)
			return false;
	}
	return true;
}

/**
 * struct progress - what was reported before a table
 * @last: the last mask
 * @pages: as in &struct census_walk, as all below
 * @exclusive: see @pages
 */
struct progress {
	struct last_mask last;
	u64 pages;
	u64 exclusive;
};

static struct progress progress_of(const struct census_walk *walk)
{
	return (struct progress) {
		.last = last_mask_begin(walk), .pages = walk->pages,
		.exclusive = walk->exclusive,
	};
}

/* Discards what was reported since.  No run of an earlier table is pending. */
static void go_back(struct census_walk *walk, const struct progress *to)
{
	last_mask_end(walk, &to->last);
	walk->pages = to->pages;
	walk->exclusive = to->exclusive;
	walk->nr = 0;
}

/*
 * Pages that are numbered by frame: this loop is most of the cost of a census.  It reads
 * eight entries at once.  Of exclusive pages only the number counts.  Consecutive frames
 * are one mask or a part of one.
 *
 * Return: false if an image of the table was found to be similar, at the first scattered
 * read-only pages; then the rest of the entries was not read.
 */
static __always_inline bool take_by_frame(struct census_walk *walk,
					  struct vm_area_struct *vma,
					  const struct census_plain *plain,
					  const pte_t *pte, unsigned int nr,
					  unsigned long addr, bool images,
					  const u64 **values)
{
	struct last_mask last = last_mask_begin(walk);
	const struct census_plain p = *plain;
	struct plain_counts c = { .frames = walk->frames };
	const pte_t *first = pte;
	unsigned int n;

	if (walk->writable_is_exclusive && walk->exclusive_key)
		c.apart = walk->exclusive_key - walk->frames;
	else if (walk->writable_is_exclusive)
		c.count = ~0ULL;
	for (; nr; pte += n, addr += n * PAGE_SIZE, nr -= n) {
		const struct census_mask *before = last.at;

		if (c.count && census_plain_may_be_exclusive(*pte)) {
			n = count_exclusive(&c, pte, nr);
			if (n)
				continue;
		}
		n = count_run(&last, &p, &c, pte, nr);
		if (n)
			continue;
		n = min(nr, 8U);
		if (n == 8 ? count_each(&last, &p, &c, pte, 8) :
			     count_each(&last, &p, &c, pte, n)) {
			if (images && last.at - before >= 6) {
				images = false;
				*values = find_image(walk, plain, first);
				if (*values)
					return false;
			}
			continue;
		}
		last_mask_end(walk, &last);
		report_ptes(walk, vma, pte, n, addr);
		last = last_mask_begin(walk);
	}
	last_mask_end(walk, &last);
	walk->pages += c.pages;
	walk->exclusive += c.exclusive;
	return true;
}

static noinline void report_frames(struct census_walk *walk,
				   struct vm_area_struct *vma,
				   const struct census_plain *plain,
				   const pte_t *pte, unsigned int nr,
				   unsigned long addr)
{
	struct progress begin = progress_of(walk);
	struct census_image *image = walk->image;
	const u64 *values = NULL;

	if (!walk->images || nr < MASKS_PER_IMAGE) {
		take_by_frame(walk, vma, plain, pte, nr, addr, false, &values);
		return;
	}
	image->first = (addr & ~PMD_MASK) >> PAGE_SHIFT;
	image->nr = nr;
	if (!take_by_frame(walk, vma, plain, pte, nr, addr, true, &values)) {
		go_back(walk, &begin);
		if (report_image(walk, vma, values, pte, addr))
			return;
		go_back(walk, &begin);
		take_by_frame(walk, vma, plain, pte, nr, addr, false, &values);
	}
	if (&walk->masks[walk->nr_masks] - begin.last.at <= MASKS_PER_IMAGE ||
	    !make_image(walk, plain, pte)) {
		image->nr = 0;
		return;
	}
	go_back(walk, &begin);
	report_image(walk, vma, image->values, pte, addr);
}

/*
 * Sets @pages to a mask of the entries, of up to 64, that map a page.
 *
 * Return: false if not all entries are plain; then @pages is undefined.
 */
static __always_inline bool mapped_pages(const pte_t *pte, unsigned int nr, u64 *pages)
{
	unsigned int i, all = 0;
	u64 rest = 0;

	*pages = 0;
	for (i = 0; i + 8 <= nr; i += 8) {
		/* After a difference, the next entries are likely to differ too. */
		if (all != CENSUS_PTES_DIFFER)
			all = census_plain_all_or_none(pte + i);
		if (all != CENSUS_PTES_DIFFER)
			*pages |= (u64)all << i;
		else
			*pages |= census_plain_mapped(pte + i, 8, &rest) << i;
	}
	if (i < nr)
		*pages |= census_plain_mapped(pte + i, nr - i, &rest) << i;
	return !rest;
}

/* File pages, numbered by index: in the order of their entries. */
static noinline void report_file(struct census_walk *walk,
				 struct vm_area_struct *vma,
				 const pte_t *pte, unsigned int nr,
				 unsigned long addr)
{
	pgoff_t index = linear_page_index(vma, addr);
	unsigned int i, n;
	u64 pages;

	for (i = 0; i < nr; i += n, index += n) {
		unsigned int at = index & 63;

		n = min(64 - at, nr - i);
		if (unlikely(!mapped_pages(pte + i, n, &pages))) {
			report_ptes(walk, vma, pte + i, n, addr + i * PAGE_SIZE);
		} else if (pages) {
			add_mask(walk, walk->file + (index >> 6), pages << at);
			walk->pages += census_popcount(pages);
		}
	}
}

/*
 * Maps and locks a PTE table.  spin_unlock() unlocks it, not pte_unmap_unlock(): that
 * also ends an RCU section since 6.5, which has already ended here.
 *
 * khugepaged (since 6.5) and MADV_DONTNEED (since 6.14) may remove a table under
 * mmap_lock held for reading.  They clear the PMD under the table's lock and free the
 * table after an RCU grace period.  So within an RCU section the table that the PMD
 * pointed to and its lock exist.  If the PMD is still the same under that lock, the table
 * cannot be removed until the lock is dropped.
 *
 * Return: the PTE, or NULL if there is no table: the caller reads the PMD again.
 */
static pte_t *map_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long addr,
		       spinlock_t **ptl)
{
	pmd_t pmdval;
	pte_t *pte;

	for (;;) {
		rcu_read_lock();
		pmdval = pmdp_get_lockless(pmd);
		if (!pmd_present(pmdval) || pmd_trans_huge(pmdval) ||
		    census_pmd_devmap(pmdval) || pmd_bad(pmdval))
			break;
		pte = pte_offset_kernel(&pmdval, addr);
		*ptl = pte_lockptr(mm, &pmdval);
		spin_lock(*ptl);
		if (likely(pmd_same(pmdval, pmdp_get_lockless(pmd)))) {
			rcu_read_unlock();
			return pte;
		}
		spin_unlock(*ptl);
		rcu_read_unlock();
	}
	rcu_read_unlock();
	return NULL;
}

/* Return: false if there is no PTE table (any more): the caller reads the PMD again. */
static bool walk_pte_table(struct census_walk *walk, struct vm_area_struct *vma,
			   pmd_t *pmd, unsigned long addr, unsigned long end)
{
	unsigned int nr = (end - addr) >> PAGE_SHIFT;
	struct census_plain plain;
	spinlock_t *ptl;
	pte_t *pte;

	make_room(walk);
	pte = map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (!pte)
		return false;
	walk->ptes += nr;
	walk->work += nr;
	if (!walk->ops->masks || walk->holes || walk->placed ||
	    !census_plain_begin(&plain) ||
	    vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
		report_ptes(walk, vma, pte, nr, addr);
	else if (may_have_copies(walk, vma))
		take_copied_ptes(walk, vma, pte, nr, addr);
	else if (walk->file)
		report_file(walk, vma, pte, nr, addr);
	else
		report_frames(walk, vma, &plain, pte, nr, addr);
	flush_locked(walk);
	spin_unlock(ptl);
	flush_runs(walk);
	return true;
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/*
 * The huge zero page belongs to no process.  Modules cannot read its frame number, but it
 * is the only page in an anonymous mapping that is not anonymous, and the only page in a
 * DAX mapping that is not a device page.
 */
static bool pmd_maps_zero(struct vm_area_struct *vma, pmd_t pmd)
{
	if (vma_is_dax(vma))
		return !is_zone_device_page(pmd_page(pmd));
	return vma_is_anonymous(vma) && !PageAnon(pmd_page(pmd));
}

/* Return: false if the PMD does not map a huge page (any more). */
static bool walk_pmd_leaf(struct census_walk *walk, struct vm_area_struct *vma,
			  pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	unsigned int nr = (end - addr) >> PAGE_SHIFT;
	unsigned long skip = (addr & ~PMD_MASK) >> PAGE_SHIFT;
	bool leaf = true;
	spinlock_t *ptl;
	pmd_t pmd;

	make_room(walk);
	ptl = pmd_lock(vma->vm_mm, pmdp);
	pmd = *pmdp;
	if (pmd_present(pmd) && census_pmd_devmap(pmd)) {
		add_run(walk, CENSUS_SPECIAL, 0, 0, nr, 0);
	} else if (pmd_present(pmd) && pmd_trans_huge(pmd)) {
		if (vma->vm_flags & VM_PFNMAP || census_pmd_special(pmd) ||
		    pmd_maps_zero(vma, pmd))
			add_run(walk, CENSUS_SPECIAL, 0, 0, nr, 0);
		else
			report_pages(walk, vma, addr, pmd_pfn(pmd) + skip, nr,
				     CENSUS_PMD |
				     (walk->writable_is_exclusive && pmd_write(pmd) ?
				      CENSUS_EXCLUSIVE : 0) |
				     (pmd_young(pmd) ? CENSUS_YOUNG : 0) |
				     (pmd_dirty(pmd) ? CENSUS_DIRTY : 0));
	} else if (thp_migration_supported() && !pmd_none(pmd) &&
		   !pmd_present(pmd)) {
		report_softleaf(walk, vma, addr, softleaf_from_pmd(pmd), false,
				CENSUS_PMD, nr, skip);
	} else {
		leaf = false;
	}
	if (leaf) {
		walk->ptes++;
		walk->work += nr;
		flush_locked(walk);
	}
	spin_unlock(ptl);
	flush_runs(walk);
	return leaf;
}
#else
static bool walk_pmd_leaf(struct census_walk *walk, struct vm_area_struct *vma,
			  pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	return false;
}
#endif

/* Cost of an upper table's entry without a table below, in page table entries. */
#define ENTRIES_PER_EMPTY 16

static void walk_pmd(struct census_walk *walk, struct vm_area_struct *vma,
		     pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	for (;;) {
		pmd_t pmd = pmdp_get_lockless(pmdp);

		if (pmd_none(pmd) ||
		    (!pmd_present(pmd) && !thp_migration_supported())) {
			add_hole(walk, vma, addr, end);
			walk->work += ENTRIES_PER_EMPTY;
			flush_runs(walk);
			return;
		}
		if (!pmd_present(pmd) || pmd_trans_huge(pmd) ||
		    census_pmd_devmap(pmd)) {
			if (walk_pmd_leaf(walk, vma, pmdp, addr, end))
				return;
		} else if (pmd_bad(pmd)) {
			return;
		} else if (walk_pte_table(walk, vma, pmdp, addr, end)) {
			return;
		}
		/* The PMD was changed by a split, a collapse or a fault. */
		cpu_relax();
	}
}

/*
 * A leaf above the PMD level maps device memory (DAX, PFN map).  A missing table maps
 * nothing.
 */
static void skip_upper(struct census_walk *walk, struct vm_area_struct *vma,
		       bool leaf, unsigned long addr, unsigned long end)
{
	if (leaf)
		add_run(walk, CENSUS_SPECIAL, 0, 0, (end - addr) >> PAGE_SHIFT,
			0);
	else
		add_hole(walk, vma, addr, end);
	flush_locked(walk);
	flush_runs(walk);
}

/* Bytes skipped at once: a run has 32 bits, but a PGD entry covers up to 2^36 pages. */
#define MISSING_MAX BIT(40)

/* Bytes of a hole reported at once if each of its pages is looked up: bounds the lock hold. */
#define HOLE_MAX BIT(27)

/*
 * Return: the PUD of @addr; or NULL, and @next is the end of the missing table's range.
 * Each level ends where the one above does: if a level is folded, its own end is @end.
 */
static pud_t *find_pud(struct mm_struct *mm, unsigned long addr,
		       unsigned long end, unsigned long *next)
{
	pgd_t *pgdp = pgd_offset(mm, addr), pgd;
	p4d_t *p4dp, p4d;

	*next = pgd_addr_end(addr, min(end, addr + MISSING_MAX));
	pgd = pgdp_get(pgdp);
	if (pgd_none(pgd) || pgd_bad(pgd))
		return NULL;
	p4dp = p4d_offset(pgdp, addr);
	*next = p4d_addr_end(addr, *next);
	p4d = p4dp_get(p4dp);
	if (p4d_none(p4d) || p4d_bad(p4d))
		return NULL;
	return pud_offset(p4dp, addr);
}

/*
 * Return: the PMD of @addr, and @next is the end of its table's range; otherwise as
 * find_pud().  Sets @leaf if the PUD is a leaf.
 */
static pmd_t *find_pmd(struct mm_struct *mm, unsigned long addr,
		       unsigned long end, unsigned long *next, bool *leaf)
{
	pud_t *pudp = find_pud(mm, addr, end, next), pud;

	*leaf = false;
	if (!pudp)
		return NULL;
	*next = pud_addr_end(addr, *next);
	pud = pudp_get(pudp);
	if (pud_none(pud))
		return NULL;
	if (!pud_present(pud) || pud_leaf(pud)) {
		*leaf = pud_present(pud);
		return NULL;
	}
	if (pud_bad(pud))
		return NULL;
	return census_pmd_offset(pudp, pud, addr);
}

#ifdef CONFIG_HUGETLB_PAGE
/* Cost of a huge page, in page table entries. */
#define ENTRIES_PER_HUGETLB 64

/* Called under the page table lock of the entry. */
static void report_hugetlb(struct census_walk *walk, unsigned long addr, pte_t pte,
			   unsigned long pfn, bool shared_table, unsigned int nr)
{
	u8 bits = shared_table ? CENSUS_SHARED_TABLE : 0;
	softleaf_t entry;

	if (pte_none(pte))
		return;
	if (!pte_present(pte)) {
		entry = softleaf_from_pte(pte);
		if (!softleaf_has_pfn(entry))
			return;
		bits |= CENSUS_NOT_PRESENT;
		if (softleaf_is_migration(entry))
			bits |= CENSUS_MIGRATING;
		pfn = softleaf_to_pfn(entry);
	}
	add_run(walk, CENSUS_HUGETLB, bits, pfn, nr, 0);
	add_place(walk, CENSUS_HUGETLB, CENSUS_PMD, addr, nr, pfn, 0);
	flush_locked(walk);
}

/* Return: the entry of a huge page, at the level of its size, or NULL if it has no table. */
static pte_t *find_hugetlb(struct mm_struct *mm, unsigned long addr, unsigned long size)
{
	unsigned long next;
	pmd_t *pmdp, pmd;
	bool leaf;

	if (size >= PUD_SIZE)
		return (pte_t *)find_pud(mm, addr, addr + size, &next);
	pmdp = find_pmd(mm, addr, addr + size, &next, &leaf);
	if (!pmdp || size >= PMD_SIZE)
		return (pte_t *)pmdp;
	pmd = pmdp_get_lockless(pmdp);
	return pmd_present(pmd) && !pmd_bad(pmd) ? pte_offset_kernel(&pmd, addr) : NULL;
}

/*
 * The page table lock keeps the entry, and so its huge page, while struct page is read: a
 * copy on write and migration replace the entry under this lock, without i_mmap_rwsem.
 */
static void walk_hugetlb_table(struct census_walk *walk, struct vm_area_struct *vma,
			       unsigned long addr, unsigned long size)
{
	pte_t *ptep = find_hugetlb(vma->vm_mm, addr, size);
	unsigned int nr = size >> PAGE_SHIFT;
	spinlock_t *ptl;

	if (!ptep)
		return;
	ptl = huge_pte_lock(hstate_vma(vma), vma->vm_mm, ptep);
	/*
	 * The frame is read at the entry's level, where its flags are in other bits.
	 * pte_present() decides: pud_present() is false for PROT_NONE on x86.
	 */
	if (size >= PUD_SIZE) {
		pud_t pud = pudp_get((pud_t *)ptep);

		report_hugetlb(walk, addr, __pte(pud_val(pud)), pud_pfn(pud), false, nr);
	} else if (size >= PMD_SIZE) {
		pmd_t pmd = pmdp_get_lockless((pmd_t *)ptep);

		report_hugetlb(walk, addr, __pte(pmd_val(pmd)), pmd_pfn(pmd),
			       hugetlb_pmd_shared(ptep), nr);
	} else {
		pte_t pte = ptep_get(ptep);

		report_hugetlb(walk, addr, pte, pte_pfn(pte), false, nr);
	}
	spin_unlock(ptl);
}

/*
 * Several address spaces may share a PMD table of hugetlb.  huge_pmd_unshare() removes it
 * from this one without the locks held here, but always with the file's i_mmap_rwsem held
 * for writing.  So the table stays while that lock is held for reading.  It is only
 * tried: truncation holds it for a long time.
 *
 * Return: false if the lock is not available.
 */
static bool walk_hugetlb_entry(struct census_walk *walk,
			       struct vm_area_struct *vma, unsigned long addr,
			       unsigned long size)
{
	struct address_space *mapping = vma->vm_file->f_mapping;

	if (!i_mmap_trylock_read(mapping))
		return false;
	walk_hugetlb_table(walk, vma, addr, size);
	walk->ptes++;
	walk->work += ENTRIES_PER_HUGETLB;
	i_mmap_unlock_read(mapping);
	/* Pass on at once: each huge page is counted separately, so runs must not be merged. */
	flush_runs(walk);
	return true;
}

static unsigned long walk_hugetlb(struct census_walk *walk,
				  struct vm_area_struct *vma,
				  unsigned long addr)
{
	unsigned long size = huge_page_size(hstate_vma(vma));

	/*
	 * Round up, because addresses only go up: @addr is within a huge page only if the
	 * VMA was created while the walk paused at @addr in another VMA.
	 */
	for (addr = ALIGN(addr, size); addr < vma->vm_end; ) {
		walk->blocked = !walk_hugetlb_entry(walk, vma, addr, size);
		if (walk->blocked)
			break;
		addr += size;
		if (walk->pause(walk->pause_context))
			break;
	}
	return addr;
}
#else
static unsigned long walk_hugetlb(struct census_walk *walk,
				  struct vm_area_struct *vma,
				  unsigned long addr)
{
	return vma->vm_end;
}
#endif

/* The CPU itself fetches ahead after a few cache lines, but not beyond a page. */
#define LINES_AHEAD 8

/* Prefetches the beginning of a PTE table and its lock.  The PMD may change at any time. */
static void fetch_table(struct mm_struct *mm, const pmd_t *pmdp, unsigned long addr)
{
	pmd_t pmd = pmdp_get_lockless((pmd_t *)pmdp);
	const pte_t *pte;
	unsigned int i;

	if (!pmd_present(pmd) || pmd_leaf(pmd) || pmd_bad(pmd))
		return;
	pte = pte_offset_kernel(&pmd, addr);
	prefetchw(pte_lockptr(mm, &pmd));
	for (i = 0; i < LINES_AHEAD; i++)
		prefetch(pte + i * L1_CACHE_BYTES / sizeof(*pte));
}

/*
 * Walks the entries of a PMD table.  Each PTE table would begin with cache misses, on the
 * lock and on the first entry: so both are fetched while the table before is read.
 *
 * Return: @end, or the address of a pause.
 */
static unsigned long walk_pmd_table(struct census_walk *walk, struct vm_area_struct *vma,
				    pmd_t *pmdp, unsigned long addr, unsigned long end)
{
	unsigned long next;

	for (; addr < end; addr = next, pmdp++) {
		next = pmd_addr_end(addr, end);
		if (next < end)
			fetch_table(vma->vm_mm, pmdp + 1, next);
		walk_pmd(walk, vma, pmdp, addr, next);
		if (next < end && walk->pause(walk->pause_context))
			return next;
	}
	return end;
}

/**
 * census_walk_vma() - report what a VMA maps
 * @walk: the walk
 * @vma: locked for reading
 * @addr: start address, in @vma
 * @end: end address, at most @vma->vm_end; that if it maps hugetlb pages
 *
 * Return: @end if the walk is complete, else a lower address at which the caller
 * continues after it dropped the lock and took it again.
 */
unsigned long census_walk_vma(struct census_walk *walk,
			      struct vm_area_struct *vma, unsigned long addr,
			      unsigned long end)
{
	unsigned long next;
	pmd_t *pmd;
	bool leaf;

	if (is_vm_hugetlb_page(vma))
		return walk_hugetlb(walk, vma, addr);

	for (; addr < end; addr = next) {
		pmd = find_pmd(vma->vm_mm, addr, end, &next, &leaf);
		if (!pmd) {
			if (walk->placed && walk->holes)
				next = min(next, addr + HOLE_MAX);
			skip_upper(walk, vma, leaf, addr, next);
			walk->work += ENTRIES_PER_EMPTY;
		} else {
			unsigned long to = next;

			next = walk_pmd_table(walk, vma, pmd, addr, to);
			if (next < to)
				return next;
		}
		if (next != end && walk->pause(walk->pause_context))
			return next;
	}
	return end;
}
