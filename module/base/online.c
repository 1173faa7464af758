// SPDX-License-Identifier: GPL-2.0
#include <linux/memory.h>
#include <linux/notifier.h>

#include "base/online.h"

DECLARE_RWSEM(census_online);

static int on_memory(struct notifier_block *block, unsigned long action, void *memory)
{
	if (action == MEM_OFFLINE) {
		down_write(&census_online);
		up_write(&census_online);
	}
	return NOTIFY_OK;
}

static struct notifier_block memory_notifier = { .notifier_call = on_memory };

int census_online_init(void)
{
	return register_memory_notifier(&memory_notifier);
}

void census_online_exit(void)
{
	unregister_memory_notifier(&memory_notifier);
}
