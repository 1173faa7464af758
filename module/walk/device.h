/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of devices that is mapped with its struct page: it is in the kernel's RSS of files, but
 * in no page cache.
 *
 * Of ZONE_DEVICE: DAX files and device-dax since 6.17 (before that, their entries are special), and
 * PCI.  This memory is not in MemTotal.  Its pages may have the mapping of a file with DAX, none if
 * files share them (reflink), or that of a device; only their zone tells what they are.
 *
 * And pages that a driver or the kernel itself allocated and then mapped: packet rings, BPF arrays,
 * buffers of perf and of video devices, the vDSO.
 *
 * The mapping tells where they can be (mm/memory.c of 6.1 and 7.3): vm_insert_page() and
 * vm_insert_pages(), which remap_vmalloc_range() and vm_map_pages() call, set VM_MIXEDMAP.  All
 * others come from a fault handler of the driver, or of a special mapping without a file; these
 * vm_operations have no map_pages(), because only a page cache has neighbours to map.  Only in
 * such mappings is struct page read.  Page cache is among them too, of secret memory for example.
 */
#ifndef _CENSUS_DEVICE_H
#define _CENSUS_DEVICE_H

#include <linux/fs.h>
#include <linux/mm.h>

/* Checks whether a VMA, which is neither anonymous nor of shmem, may map such pages. */
static inline bool census_vma_of_device(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_MIXEDMAP || !vma->vm_file || !vma->vm_ops ||
	       !vma->vm_ops->map_pages || vma_is_dax(vma);
}

/*
 * Checks whether a page of such a VMA is one.  Page cache has a mapping.  Before 6.15 perf sets
 * that of its own file, of which no page is in a cache, and so do frame buffers.
 *
 * Called under the lock of the page's table: the page cannot be freed, nor leave its page cache.
 */
static inline bool census_page_of_device(const struct vm_area_struct *vma, struct page *page)
{
	const struct address_space *mapping;

	if (is_zone_device_page(page))
		return true;
	mapping = READ_ONCE(page_folio(page)->mapping);
	return !mapping || (vma->vm_file && mapping == vma->vm_file->f_mapping &&
			    !READ_ONCE(mapping->nrpages));
}

/*
 * Checks whether such a page is in no counter of the kernel.  vmalloc, which has one, splits what
 * it allocates and sets no mapping.  The image of the kernel, which is not in MemTotal, neither.
 * Of a single page nothing tells.
 */
static inline bool census_page_uncounted(struct page *page)
{
	return PageCompound(page) || READ_ONCE(page->mapping);
}

#endif /* _CENSUS_DEVICE_H */
