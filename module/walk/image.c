// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/mm.h>

#include "walk/exclusive.h"
#include "walk/image.h"
#include "walk/pte.h"
#include "walk/report.h"

unsigned long census_image_pfn(u64 value)
{
	return pte_pfn(__pte(value));
}

/* Sets @i to the first entry of a part that an image has.  Return: its value, or 0 if none has. */
static u64 first_value(const struct census_image *image, const struct census_plain *plain,
		       const pte_t *pte, unsigned int part, unsigned int *i)
{
	unsigned int end = (part + 1) * image->nr / CENSUS_IMAGE_PARTS;
	u64 value = 0;

	for (*i = part * image->nr / CENSUS_IMAGE_PARTS; *i < end; ++*i) {
		value = census_plain_image(plain, census_pte_get(pte + *i));
		if (value)
			break;
	}
	return value;
}

/*
 * Searches an image for the table at @pte: parent and child of a fork have most entries in
 * common.  Return: its values, or NULL.
 */
const u64 *census_image_find(struct census_walk *walk, const struct census_plain *plain,
			     const pte_t *pte)
{
	const u64 *values = NULL;
	unsigned int part, i;

	for (part = 0; part < CENSUS_IMAGE_PARTS && !values; part++) {
		u64 value = first_value(walk->image, plain, pte, part, &i);

		if (value)
			values = walk->ops->find_image(walk->context, walk->image, i, value);
	}
	return values;
}

/* Sets @index and @value of an image to the first value of the table.  Return: number of values. */
static unsigned int count_values(struct census_image *image, const struct census_plain *plain,
				 const pte_t *pte)
{
	unsigned int i, nr = 0;

	for (i = 0; i < image->nr; i++) {
		u64 value = census_plain_image(plain, census_pte_get(pte + i));

		if (value && !nr++) {
			image->index = i;
			image->value = value;
		}
	}
	return nr;
}

/*
 * Checks whether to make an image of the table at @pte, which was reported by so many masks: if it
 * takes less than these, or if the consumer wants one.
 */
bool census_image_pays(struct census_walk *walk, const struct census_plain *plain,
		       const pte_t *pte, unsigned int masks)
{
	struct census_image *image = walk->image;

	image->value = 0;
	if (masks > CENSUS_MASKS_PER_IMAGE)
		return true;
	/* In slices masks are fewer, and tables not. */
	if (masks < CENSUS_MASKS_TO_FIND || walk->exclusive_key)
		return false;
	image->pages = count_values(image, plain, pte);
	if (image->pages < masks || image->pages < CENSUS_PAGES_PER_IMAGE)
		return false;
	/* By this entry one is found that is of no relative, and would be found again. */
	return !walk->ops->find_image(walk->context, image, image->index, image->value) &&
	       walk->ops->want_image(walk->context, image, masks);
}

/*
 * Makes an image of the table at @pte, which was reported by so many masks.  Return: false if it
 * has too few values: exclusive pages, in slices, and others are in masks too.
 */
bool census_image_make(struct census_walk *walk, const struct census_plain *plain,
		       const pte_t *pte, unsigned int masks)
{
	struct census_image *image = walk->image;
	unsigned int i;

	image->match = 0;
	image->pages = 0;
	for (i = 0; i < image->nr; i++) {
		image->values[i] = census_plain_image(plain, census_pte_get(pte + i));
		image->pages += !!image->values[i];
	}
	return image->pages >= min(masks, CENSUS_MASKS_PER_IMAGE + 1U);
}

/* Reports an entry that an image does not have.  Return: whether another image might have it. */
static bool report_other(struct census_walk *walk, struct vm_area_struct *vma,
			 const struct census_plain *plain, unsigned long addr, pte_t entry)
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
	census_report_pte(walk, vma, addr, entry);
	return census_plain_image(plain, entry);
}

/*
 * Compares a table with an image.  Entries of both are reported by the image; the others as
 * usual.
 *
 * Return: false if too few entries are in both; then the caller discards what was reported.
 * Never for the table's own image: the zero page and PROT_NONE are not in it.
 */
bool census_image_report(struct census_walk *walk, struct vm_area_struct *vma,
			 const struct census_plain *plain, const u64 *values, const pte_t *pte,
			 unsigned long addr)
{
	struct census_image *image = walk->image;
	unsigned int i, n, strangers = 0;

	bitmap_zero(image->lacks, CENSUS_PTES_MAX);
	walk->pages += image->pages;
	for (i = 0; i < image->nr; i += n) {
		unsigned int j;

		while (i + 8 <= image->nr && census_plain_equal(pte + i, values + i))
			i += 8;
		n = min(image->nr - i, 8U);
		for (j = i; j < i + n; j++) {
			pte_t entry = census_pte_get(pte + j);

			if (values[j] && census_plain_same(entry, values[j]))
				continue;
			if (values[j]) {
				__set_bit(j, image->lacks);
				walk->pages--;
			}
			strangers += report_other(walk, vma, plain, addr + j * PAGE_SIZE, entry);
		}
		/* So many pages that it does not have, and could: it is not that of a relative. */
		if (image->match && strangers > image->nr / 4)
			return false;
	}
	return true;
}
