// SPDX-License-Identifier: GPL-2.0
/*
 * Reads PTE tables, many entries at a time.
 *
 * Most entries are plain (pte.h): none, or a page whose frame number they contain unchanged.  So
 * eight entries are read at once, and what they have in common is found by word operations.  What
 * is not plain goes to report.c, entry by entry.  If @page is called for each page, consecutive
 * frames go there at once.  Else there are three ways, by how pages are numbered:
 *
 * take_by_frame(): anonymous memory, and all else without another number.  Writable entries of
 * private mappings are counted, in eights.  Consecutive frames, from eight on, are one mask or a
 * part of one.  Scattered frames are eight masks for eight entries, without a branch, because the
 * CPU could not predict it.
 *
 * report_file(): pages of a file.  Their numbers follow from the address, so a mask is only which
 * of 64 entries are present.
 *
 * take_copied_ptes(): a private mapping of a file that was written to.  An entry tells whether its
 * page is a copy, or struct page does.
 *
 * A table that fork() copied would give the same masks for each process.  Before the first mask of
 * a table, image.c searches one of the same addresses that was kept and is similar; if there is
 * one, the table is reported by what it lacks of that one.
 */
#include <linux/mm.h>

#include "owners/owners.h"
#include "walk/exclusive.h"
#include "walk/image.h"
#include "walk/pte.h"
#include "walk/ptes.h"
#include "walk/report.h"

/*
 * Reports entries one by one, or, if @plain is not NULL, plain ones at once whose frames are
 * consecutive.
 */
static void report_ptes(struct census_walk *walk, struct vm_area_struct *vma,
			const struct census_plain *plain, const pte_t *pte, unsigned int nr,
			unsigned long addr)
{
	unsigned int n, single = plain ? 0 : nr;
	pte_t entry = __pte(0);

	for (; nr; nr -= n, pte += n, addr += n * PAGE_SIZE) {
		n = single ? 0 : census_plain_run(plain, pte, nr);
		if (n) {
			bool exclusive = walk->in.writable_is_exclusive &&
					 census_plain_writable(*pte);

			census_report_pages(walk, vma, addr, census_plain_pfn(plain, *pte), n,
					    exclusive ? CENSUS_EXCLUSIVE : 0);
			continue;
		}
		n = 1;
		/* If frames are scattered, not each entry is compared with those after it. */
		single = single ? single - 1 : 7;
		entry = walk->in.bits ? census_pte_with_bits(pte, entry) : census_pte_get(pte);
		census_report_pte(walk, vma, addr, entry);
	}
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
		pte_t entry = census_pte_get(pte);

		if (pte_none(entry))
			continue;
		if (!pte_present(entry) || census_pte_special(vma, addr, entry) ||
		    (pte_write(entry) && walk->in.writable_is_exclusive) ||
		    !(pte_write(entry) ||
		      (pte_dirty(entry) && walk->in.dirty_is_copy))) {
			census_report_pte(walk, vma, addr, entry);
			continue;
		}
		walk->out.pages++;
		walk->out.copies++;
		census_report_mask(walk, census_frames_key(CENSUS_ANON) + (pte_pfn(entry) >> 6),
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
 * @apart: 0, or a flag of keys for the pages of writable entries
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
		rest |= census_plain_rest(plain, census_pte_get(pte + i));
	if (unlikely(rest))
		return false;
#pragma GCC unroll 8
	for (i = 0; i < nr; i++) {
		pte_t entry = census_pte_get(pte + i);
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
		if (pte_present(census_pte_get(pte + i)))
			census_exclusive_check(pte_pfn(census_pte_get(pte + i)), 1, false);
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

/* Adds entries from @pte on whose frames are consecutive.  Return: their number. */
static __always_inline unsigned int count_run(struct last_mask *last,
					      const struct census_plain *plain,
					      struct plain_counts *c, const pte_t *pte,
					      unsigned int nr)
{
	unsigned int n = census_plain_run(plain, pte, nr), left, part, at;
	unsigned long pfn;
	u64 apart;

	if (!n)
		return 0;
	apart = c->apart & -census_plain_writable(*pte);
	if (apart)
		check_exclusive(pte, n);
	pfn = census_plain_pfn(plain, *pte);
	for (left = n; left; left -= part, pfn += part) {
		at = pfn & 63;
		part = min(64 - at, left);
		grow_mask(last, c->frames + apart + (pfn >> 6), GENMASK_ULL(at + part - 1, at));
	}
	c->pages += n;
	return n;
}

/* Discards what was reported since the last mask was @last, and the counts were @out. */
static void go_back(struct census_walk *walk, const struct last_mask *last,
		    const struct census_mapped *out)
{
	last_mask_end(walk, last);
	walk->out = *out;
}

/*
 * Pages that are numbered by frame: this loop is most of the cost of a census.  It reads
 * eight entries at once.  Of exclusive pages only the number counts.  Consecutive frames
 * are one mask or a part of one.
 *
 * Return: false if an image of the table was found to be similar, before the first mask; then
 * the rest of the entries was not read.
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
	struct plain_counts c = { .frames = walk->in.frames };
	const pte_t *first = pte;
	unsigned int n;

	if (walk->in.writable_is_exclusive) {
		c.apart = walk->in.apart;
		c.count = c.apart ? 0 : ~0ULL;
	}
	for (; nr; pte += n, addr += n * PAGE_SIZE, nr -= n) {
		if (c.count && census_plain_may_be_exclusive(*pte)) {
			n = count_exclusive(&c, pte, nr);
			if (n)
				continue;
		}
		if (unlikely(images)) {
			images = false;
			*values = census_image_find(walk, plain, first);
			if (*values)
				return false;
		}
		n = count_run(&last, &p, &c, pte, nr);
		if (n)
			continue;
		n = min(nr, 8U);
		if (n == 8 ? count_each(&last, &p, &c, pte, 8) :
			     count_each(&last, &p, &c, pte, n))
			continue;
		last_mask_end(walk, &last);
		report_ptes(walk, vma, NULL, pte, n, addr);
		last = last_mask_begin(walk);
	}
	last_mask_end(walk, &last);
	walk->out.pages += c.pages;
	walk->out.exclusive += c.exclusive;
	return true;
}

/* Reports the entries by an image that is found, or by masks, of which an image may be made. */
static noinline void report_frames(struct census_walk *walk,
				   struct vm_area_struct *vma,
				   const struct census_plain *plain,
				   const pte_t *pte, unsigned int nr,
				   unsigned long addr)
{
	const struct last_mask last = last_mask_begin(walk);
	const struct census_mapped out = walk->out;
	struct census_image *image = walk->image;
	const u64 *values = NULL;
	unsigned int masks;

	if (!walk->in.images || nr < CENSUS_PAGES_PER_IMAGE) {
		take_by_frame(walk, vma, plain, pte, nr, addr, false, &values);
		return;
	}
	image->addr = addr;
	image->nr = nr;
	if (!take_by_frame(walk, vma, plain, pte, nr, addr, true, &values)) {
		go_back(walk, &last, &out);
		if (census_image_report(walk, vma, plain, values, pte, addr))
			return;
		go_back(walk, &last, &out);
		take_by_frame(walk, vma, plain, pte, nr, addr, false, &values);
	}
	masks = last_mask_begin(walk).at - last.at - (walk->out.swap_masks - out.swap_masks);
	if (census_image_pays(walk, plain, pte, masks) &&
	    census_image_make(walk, plain, pte, masks)) {
		go_back(walk, &last, &out);
		census_image_report(walk, vma, plain, image->values, pte, addr);
	} else {
		image->nr = 0;
	}
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
			report_ptes(walk, vma, NULL, pte + i, n, addr + i * PAGE_SIZE);
		} else if (pages) {
			census_report_mask(walk, walk->in.file + (index >> 6), pages << at);
			walk->out.pages += census_popcount(pages);
		}
	}
}

/**
 * census_ptes_report() - report the entries of a PTE table
 * @walk: the walk; there is room for a mask of each entry
 * @vma: locked for reading
 * @pte: the first entry; the lock of the table is held
 * @nr: number of entries
 * @addr: address that @pte maps
 */
void census_ptes_report(struct census_walk *walk, struct vm_area_struct *vma,
			const pte_t *pte, unsigned int nr, unsigned long addr)
{
	struct census_plain plain;

	if (walk->in.bits || walk->in.device || !census_plain_begin(&plain) ||
	    vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
		report_ptes(walk, vma, NULL, pte, nr, addr);
	else if (walk->in.each_page)
		report_ptes(walk, vma, census_may_have_copies(walk, vma) ? NULL : &plain,
			    pte, nr, addr);
	else if (census_may_have_copies(walk, vma))
		take_copied_ptes(walk, vma, pte, nr, addr);
	else if (walk->in.file)
		report_file(walk, vma, pte, nr, addr);
	else
		report_frames(walk, vma, &plain, pte, nr, addr);
}
