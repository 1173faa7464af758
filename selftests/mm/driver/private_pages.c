// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for tests: private mappings of /dev/private_pages have writable entries of pages
 * that all of them share, which the kernel itself never makes. The page offset of mmap()
 * says what a census can know this from:
 *
 * 0	VM_MIXEDMAP, which vm_insert_page() sets
 * 8	that the mapping has no anon_vma, until the process writes to a page that is not
 *	mapped
 * 16	that the mapping has no VM_MAYWRITE after an ioctl(), so vma_is_cow_mapping() is false
 *
 * Of the 8 pages of a mapping the first 4 are mapped; a write to the others copies.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

#define PAGES	8
#define MAPPED	4

static struct page *pages[PAGES];

#ifndef HAVE_VM_FLAGS_CLEAR
static inline void vm_flags_clear(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags &= ~flags;
}
#endif

static vm_fault_t pages_fault(struct vm_fault *vmf)
{
	vmf->page = pages[vmf->pgoff % PAGES];
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct pages_vm_ops = {
	.fault = pages_fault,
};

static int pages_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long mode = vma->vm_pgoff / PAGES;
	unsigned int i;
	int ret;

	if (vma->vm_flags & VM_SHARED || vma_pages(vma) != PAGES || vma->vm_pgoff % PAGES ||
	    mode > 2)
		return -EINVAL;
	vma->vm_ops = &pages_vm_ops;
	/* Writable, unlike the entries of a private mapping. */
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags | VM_SHARED);
	for (i = 0; i < MAPPED; i++) {
		ret = vm_insert_page(vma, vma->vm_start + i * PAGE_SIZE, pages[i]);
		if (ret)
			return ret;
	}
	/* The pages have reverse mappings like any other, so this does no harm. */
	if (mode > 0)
		vm_flags_clear(vma, VM_MIXEDMAP);
	return 0;
}

/* Clears VM_MAYWRITE: after the first write, which needs it. */
static long pages_ioctl(struct file *file, unsigned int cmd, unsigned long address)
{
	struct vm_area_struct *vma;
	long ret = -EINVAL;

	mmap_write_lock(current->mm);
	vma = vma_lookup(current->mm, address);
	if (vma && vma->vm_ops == &pages_vm_ops) {
		vm_flags_clear(vma, VM_MAYWRITE);
		ret = 0;
	}
	mmap_write_unlock(current->mm);
	return ret;
}

static const struct file_operations pages_fops = {
	.owner = THIS_MODULE,
	.mmap = pages_mmap,
	.unlocked_ioctl = pages_ioctl,
};

static struct miscdevice pages_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "private_pages",
	.fops = &pages_fops,
};

static void free_pages_of_device(void)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		if (pages[i])
			put_page(pages[i]);
}

static int __init pages_init(void)
{
	unsigned int i;
	int ret = -ENOMEM;

	for (i = 0; i < PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[i])
			goto out_free;
	}
	ret = misc_register(&pages_device);
	if (!ret)
		return 0;
out_free:
	free_pages_of_device();
	return ret;
}

static void __exit pages_exit(void)
{
	misc_deregister(&pages_device);
	free_pages_of_device();
}

module_init(pages_init);
module_exit(pages_exit);
MODULE_DESCRIPTION("private mappings with writable entries of shared pages, for tests");
MODULE_LICENSE("GPL");
