// SPDX-License-Identifier: GPL-2.0
/* The settings of memory management, /proc/sys/vm. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "commands/optional.h"
#include "lib/json.h"

static const struct vm_setting {
	const char *name;
	const char *help;
} vm_settings[] = {
	{ "overcommit_memory",
	  "0: refuse obvious overcommits; 1: promise all; 2: keep to CommitLimit" },
	{ "overcommit_ratio", "with 2: percent of memory in CommitLimit, beside all swap" },
	{ "overcommit_kbytes", "the same in KiB; 0: the ratio counts" },
	{ "swappiness",
	  "0 to 200: the higher, the sooner anonymous memory goes before page cache" },
	{ "page-cluster", "swap in 2^N pages at once" },
	{ "vfs_cache_pressure",
	  "100: inodes and dentries are given up as page cache is; more: sooner" },
	{ "min_free_kbytes", "KiB kept free: the min watermarks of all zones" },
	{ "watermark_scale_factor",
	  "from min to low, and to high, in 1/10000 of a zone, at the least" },
	{ "watermark_boost_factor",
	  "how far fragmentation raises the watermarks, in 1/10000 of high" },
	{ "lowmem_reserve_ratio", "1/N of the zones above is kept free in each zone below" },
	{ "percpu_pagelist_high_fraction",
	  "1/N of a zone may lie in lists of CPUs; 0: by the low watermark" },
	{ "zone_reclaim_mode", "0: take from another node before reclaiming on this one" },
	{ "min_unmapped_ratio", "percent of unmapped page cache that node reclaim leaves" },
	{ "min_slab_ratio", "percent of slab that node reclaim leaves" },
	{ "dirty_background_ratio",
	  "percent of available memory dirty: write back in the background" },
	{ "dirty_background_bytes", "the same in bytes; 0: the ratio counts" },
	{ "dirty_ratio", "percent of available memory dirty: writers wait" },
	{ "dirty_bytes", "the same in bytes; 0: the ratio counts" },
	{ "dirty_expire_centisecs", "1/100 s after which dirty pages are written back" },
	{ "dirty_writeback_centisecs", "1/100 s between two looks for such pages; 0: never" },
	{ "compaction_proactiveness", "0 to 100: how hard to compact in advance" },
	{ "compact_unevictable_allowed", "1: locked pages may be moved too" },
	{ "extfrag_threshold",
	  "in 1/1000: below it reclaim, above it compact for a large block" },
	{ "nr_hugepages", "hugetlb pages of the default size in the pool" },
	{ "nr_overcommit_hugepages", "how many more may be taken when they run out" },
	{ "max_map_count", "most mappings of one process" },
	{ "mmap_min_addr", "lowest address that may be mapped" },
	{ "admin_reserve_kbytes", "KiB kept from promises for root" },
	{ "user_reserve_kbytes", "with overcommit 2: KiB kept for each user" },
	{ "oom_kill_allocating_task", "1: kill the allocating task, not the largest" },
	{ "oom_dump_tasks", "1: the log lists all processes when memory runs out" },
	{ "panic_on_oom",
	  "0: end a process; 1: panic, but not for a cgroup or cpuset; 2: panic" },
	{ "stat_interval", "seconds between two updates of counters, by which meminfo may lag" },
	{ "unprivileged_userfaultfd",
	  "1: unprivileged tasks may handle page faults of the kernel" },
};

/* Finds the value in the line "@name VALUE" of @text; the caller frees it; or NULL. */
static char *vm_setting_find(const char *text, const char *name)
{
	const size_t len = strlen(name);
	char *value, *c;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strncmp(text, name, len) || text[len] != ' ')
			continue;
		value = strndup(text + len + 1, strcspn(text + len + 1, "\n"));
		for (c = value; c && *c; c++)
			if (*c == '\t')
				*c = ' ';
		return value;
	}
	return NULL;
}

static void put_json(struct json *json, const char *name, const char *value)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(value, &end, 10);
	if (*value && !*end && !errno)
		json_put_signed(json, name, number);
	else
		json_put_string(json, name, value);
}

void vm_settings_show(const char *text, const struct options *options, FILE *out)
{
	struct json json = { .out = out };
	struct table *table = NULL;
	char *value;
	size_t i;

	if (options->json) {
		json_open(&json, NULL, '{');
		json_open(&json, "vm", '{');
	} else {
		table = table_new(command_look(options));
		table_column(table, "Setting", false);
		table_column(table, "Value", true);
		if (!options->raw)
			table_column_text(table, "Meaning");
	}
	for (i = 0; i < sizeof(vm_settings) / sizeof(vm_settings[0]); i++) {
		value = vm_setting_find(text, vm_settings[i].name);
		/* Some kernels lack some settings. */
		if (!value)
			continue;
		if (options->json) {
			put_json(&json, vm_settings[i].name, value);
		} else {
			table_row(table);
			table_cell(table, vm_settings[i].name);
			table_cell(table, value);
			if (!options->raw)
				table_cell(table, vm_settings[i].help);
		}
		free(value);
	}
	if (options->json) {
		json_close(&json, '}');
		json_close(&json, '}');
	} else {
		table_finish(table, out);
	}
}
