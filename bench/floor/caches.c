// SPDX-License-Identifier: GPL-2.0
/*
 * Reading /sys/kernel/debug/census_floor/evict fills the caches of each CPU with other
 * data. The next pass finds them cold, as on a machine that did other work since the
 * last pass and that has more memory than cache.
 */
#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include "floor.h"

static unsigned int evict_mib = 64;
module_param(evict_mib, uint, 0400);
MODULE_PARM_DESC(evict_mib, "twice the size of the last cache at least");

#define EVICT_ORDER 8
#define EVICT_BYTES (PAGE_SIZE << EVICT_ORDER)

static void **blocks;

static long fill_caches(void *unused)
{
	unsigned int i;

	for (i = 0; i < evict_mib; i++)
		memset(blocks[i], i, EVICT_BYTES);
	return 0;
}

void floor_caches_evict(void)
{
	unsigned int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		work_on_cpu(cpu, fill_caches, NULL);
	cpus_read_unlock();
}

int floor_caches_init(void)
{
	unsigned int i;

	BUILD_BUG_ON(EVICT_BYTES != 1 << 20);
	blocks = kvcalloc(evict_mib, sizeof(*blocks), GFP_KERNEL);
	if (!blocks)
		return -ENOMEM;
	for (i = 0; i < evict_mib; i++) {
		blocks[i] = (void *)__get_free_pages(GFP_KERNEL, EVICT_ORDER);
		if (!blocks[i]) {
			floor_caches_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void floor_caches_exit(void)
{
	unsigned int i;

	for (i = 0; i < evict_mib; i++)
		free_pages((unsigned long)blocks[i], EVICT_ORDER);
	kvfree(blocks);
}
