/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps struct pages while they are read.  The memory map of frames that go offline is freed
 * after MEM_OFFLINE, whose notifier waits for those who read: pfn_to_online_page() finds none of
 * these frames afterwards.  Memory hotplug waits for one hold, so a hold is short and does not
 * allocate.
 */
#ifndef _CENSUS_HOTPLUG_H
#define _CENSUS_HOTPLUG_H

#include <linux/rwsem.h>

extern struct rw_semaphore census_hotplug;

static inline void census_hotplug_lock(void)
{
	down_read(&census_hotplug);
}

static inline void census_hotplug_unlock(void)
{
	up_read(&census_hotplug);
}

int census_hotplug_init(void);
void census_hotplug_exit(void);

#endif /* _CENSUS_HOTPLUG_H */
