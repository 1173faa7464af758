// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that leaks, for tests: it allocates pages and forgets them.  Their addresses are kept
 * only so that a test can give them back by unloading it.
 *
 * And it takes from pages of the process that loads it the flag that says that they are exclusive,
 * as if the kernel did not keep its own rule.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/page_ref.h>
#include <linux/sched.h>

static unsigned int count;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "number of allocations");

static unsigned int order;
module_param(order, uint, 0444);
MODULE_PARM_DESC(order, "order of each, not compound");

static unsigned int torn;
module_param(torn, uint, 0444);
MODULE_PARM_DESC(torn, "the frames from here on look as if each were being freed; 0: none");

static bool torn_free;
module_param(torn_free, bool, 0444);
MODULE_PARM_DESC(torn_free, "the frame before is free; else it looks anonymous");

static unsigned long exclusive;
module_param(exclusive, ulong, 0444);
MODULE_PARM_DESC(exclusive, "address of pages of the process that will not be flagged exclusive");

static unsigned int exclusive_pages;
module_param(exclusive_pages, uint, 0444);
MODULE_PARM_DESC(exclusive_pages, "number of these pages");

static unsigned long hidden;
module_param(hidden, ulong, 0444);
MODULE_PARM_DESC(hidden, "address of a mapping of the process whose anon_vma is hidden until this is unloaded");

static struct page **leaked;

/* No part of init, so that a stack has its name. */
static noinline bool leaky_receive(unsigned int i)
{
	leaked[i] = alloc_pages(GFP_KERNEL, order);
	return leaked[i];
}

static void leaky_tear(struct page *page)
{
	unsigned int i;

	split_page(page, order);
	for (i = torn; i < 1U << order; i++) {
		/* On no list. */
		INIT_LIST_HEAD(&page[i].lru);
		page_ref_freeze(&page[i], 1);
	}
	if (torn_free)
		__free_page(&page[torn - 1]);
	else
		page[torn - 1].mapping = (void *)1UL;
}

static void leaky_mend(struct page *page)
{
	unsigned int i;

	for (i = torn; i < 1U << order; i++)
		page_ref_unfreeze(&page[i], 1);
	if (!torn_free)
		page[torn - 1].mapping = NULL;
	for (i = 0; i < 1U << order; i++)
		if (!torn_free || i != torn - 1)
			__free_page(&page[i]);
}

static void leaky_free(void)
{
	unsigned int i;

	for (i = 0; i < count && leaked[i]; i++) {
		if (torn)
			leaky_mend(leaked[i]);
		else
			__free_pages(leaked[i], order);
	}
	kvfree(leaked);
}

/* A page that a PMD maps has the flag in the first one of the huge page. */
static int leaky_take_flags(void)
{
	unsigned int i;

	for (i = 0; i < exclusive_pages; i++) {
		struct page *page;

		if (get_user_pages_fast(exclusive + i * PAGE_SIZE, 1, FOLL_WRITE, &page) != 1)
			return -EFAULT;
		ClearPageAnonExclusive(page);
		ClearPageAnonExclusive(compound_head(page));
		put_page(page);
		cond_resched();
	}
	return 0;
}

/*
 * As if the kernel made the anon_vma of the mapping later: exchanges it, of the process that loads
 * and unloads this, which must neither fault there nor exit in between.
 */
static struct anon_vma *leaky_exchange(struct anon_vma *other)
{
	struct vm_area_struct *vma;

	mmap_write_lock(current->mm);
	vma = vma_lookup(current->mm, hidden);
	if (vma)
		swap(vma->anon_vma, other);
	mmap_write_unlock(current->mm);
	return other;
}

static struct anon_vma *hidden_anon;

static int __init leaky_init(void)
{
	unsigned int i;
	int err = leaky_take_flags();

	if (err)
		return err;

	if (torn >= 1U << order)
		return -EINVAL;
	leaked = kvcalloc(count, sizeof(*leaked), GFP_KERNEL);
	if (!leaked)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		if (!leaky_receive(i)) {
			leaky_free();
			return -ENOMEM;
		}
		if (torn)
			leaky_tear(leaked[i]);
		cond_resched();
	}
	if (hidden)
		hidden_anon = leaky_exchange(NULL);
	return 0;
}

static void __exit leaky_exit(void)
{
	if (hidden)
		leaky_exchange(hidden_anon);
	leaky_free();
}

module_init(leaky_init);
module_exit(leaky_exit);
MODULE_DESCRIPTION("allocates pages and forgets them");
MODULE_LICENSE("GPL");
