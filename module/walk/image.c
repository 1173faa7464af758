// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "walk/exclusive.h"
#include "walk/image.h"
#include "walk/pte.h"
#include "walk/report.h"

unsigned long census_image_pfn(u64 value)
{
	return pte_pfn(__pte(value));
}

/* A relative is known by the first value in one of so many parts. */
#define PARTS 4

/* Sets @i to the first entry of a part that has a value.  Return: that, or 0 if none has. */
static u64 first_value(const struct census_image *image, const struct census_plain *plain,
		       const pte_t *pte, unsigned int part, unsigned int *i)
{
	unsigned int end = (part + 1) * image->nr / PARTS;
	u64 value = 0;

	for (*i = part * image->nr / PARTS; *i < end; ++*i) {
		value = census_plain_image(plain, census_pte_get(pte + *i));
		if (value)
			break;
	}
	return value;
}

/*
 * Searches a kept table of the addresses of the one at @pte: parent and child of a fork have most
 * entries in common.  Others may have the same addresses: so one entry is to be the same.
 *
 * Return: its values, or NULL.
 */
const u64 *census_image_find(struct census_walk *walk, const struct census_plain *plain,
			     const pte_t *pte)
{
	struct census_image *image = walk->image;
	unsigned int n, part, i;
	const u64 *values;

	for (n = 0; (values = census_family_find(walk->owners, image, n)); n++)
		for (part = 0; part < PARTS; part++) {
			u64 value = first_value(image, plain, pte, part, &i);

			if (value && values[i] == value)
				return values;
		}
	return NULL;
}

/* Sets @value of an image to the first value of the table.  Return: number of values. */
static unsigned int count_values(struct census_image *image, const struct census_plain *plain,
				 const pte_t *pte)
{
	unsigned int i, nr = 0;

	for (i = 0; i < image->nr; i++) {
		u64 value = census_plain_image(plain, census_pte_get(pte + i));

		if (value && !nr++)
			image->value = value;
	}
	return nr;
}

/* Fewer masks are not worth an image, how many processes of a family may follow. */
#define MASKS_LEAST 16

/*
 * Checks whether to make an image of the table at @pte, which was reported by so many masks: if it
 * takes less than these, or if it is one of a family.
 */
bool census_image_pays(struct census_walk *walk, const struct census_plain *plain,
		       const pte_t *pte, unsigned int masks)
{
	struct census_image *image = walk->image;

	image->value = 0;
	if (masks > CENSUS_MASKS_PER_IMAGE)
		return true;
	/* In slices masks are fewer, and tables not. */
	if (masks < MASKS_LEAST || walk->in.apart)
		return false;
	image->pages = count_values(image, plain, pte);
	return image->pages >= masks && image->pages >= CENSUS_PAGES_PER_IMAGE &&
	       census_family_wants(walk->owners, image, masks);
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
	if (!walk->in.apart && census_plain_writable(entry) &&
	    !census_pte_special(vma, addr, entry)) {
		census_exclusive_check(pte_pfn(entry), 1, false);
		walk->out.pages++;
		walk->out.exclusive++;
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

	memset(image->lacks, 0, sizeof(image->lacks));
	walk->out.pages += image->pages;
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
				image->lacks[j / 64] |= BIT_ULL(j % 64);
				walk->out.pages--;
			}
			strangers += report_other(walk, vma, plain, addr + j * PAGE_SIZE, entry);
		}
		/* So many pages that it does not have, and could: it is not that of a relative. */
		if (image->match && strangers > image->nr / 4)
			return false;
	}
	return true;
}

#ifdef CENSUS_CHECK
static atomic_t kept_owners;

static int get_kept_owners(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&kept_owners));
}

static const struct kernel_param_ops kept_owners_ops = {
	.get = get_kept_owners,
};

module_param_cb(kept_owners, &kept_owners_ops, NULL, 0400);
MODULE_PARM_DESC(kept_owners, "number of owners that were added to tables which were kept before");
#endif

/**
 * census_image_keep() - record the table that was reported by its image
 * @walk: its image is set; the lock of the table was dropped, the VMA is still locked
 */
void census_image_keep(struct census_walk *walk)
{
#ifdef CENSUS_CHECK
	if (walk->image->match)
		atomic_inc(&kept_owners);
#endif
	census_family_add(walk->owners, walk->image);
	walk->image->nr = 0;
}
