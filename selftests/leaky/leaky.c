// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that leaks, for tests: it allocates pages and forgets them.  Their addresses are kept
 * only so that a test can give them back by unloading it.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

static unsigned int count;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "number of allocations");

static unsigned int order;
module_param(order, uint, 0444);
MODULE_PARM_DESC(order, "order of each, not compound");

static struct page **leaked;

/* No part of init, so that a stack has its name. */
static noinline bool leaky_receive(unsigned int i)
{
	leaked[i] = alloc_pages(GFP_KERNEL, order);
	return leaked[i];
}

static void leaky_free(void)
{
	unsigned int i;

	for (i = 0; i < count && leaked[i]; i++)
		__free_pages(leaked[i], order);
	kvfree(leaked);
}

static int __init leaky_init(void)
{
	unsigned int i;

	leaked = kvcalloc(count, sizeof(*leaked), GFP_KERNEL);
	if (!leaked)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		if (!leaky_receive(i)) {
			leaky_free();
			return -ENOMEM;
		}
		cond_resched();
	}
	return 0;
}

static void __exit leaky_exit(void)
{
	leaky_free();
}

module_init(leaky_init);
module_exit(leaky_exit);
MODULE_DESCRIPTION("allocates pages and forgets them");
MODULE_LICENSE("GPL");
