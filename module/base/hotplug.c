// SPDX-License-Identifier: GPL-2.0
#include <linux/memory.h>
#include <linux/notifier.h>

#include "base/hotplug.h"

DECLARE_RWSEM(census_hotplug);

static int on_memory(struct notifier_block *block, unsigned long action, void *memory)
{
	if (action == MEM_OFFLINE) {
		down_write(&census_hotplug);
		up_write(&census_hotplug);
	}
	return NOTIFY_OK;
}

static struct notifier_block memory_notifier = { .notifier_call = on_memory };

int census_hotplug_init(void)
{
	return register_memory_notifier(&memory_notifier);
}

void census_hotplug_exit(void)
{
	unregister_memory_notifier(&memory_notifier);
}
