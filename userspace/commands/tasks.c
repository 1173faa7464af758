// SPDX-License-Identifier: GPL-2.0
/* memcensus tasks: memory by process. */
#include <stdlib.h>

#include "cli/command.h"
#include "commands/optional.h"

const struct rows task_groups[] = {
	[MEMCENSUS_BY_UID] = {
		&group_record, "user,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_CGROUP] = {
		&group_record, "cgroup_path,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_COMM] = {
		&group_record, "comm,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_PIDS] = {
		&group_record, "mms,swap,uss,pss,frames,rss", "pss" },
};
_Static_assert(ARRAY_SIZE(task_groups) == MEMCENSUS_BY_MAX + 1,
	       "a kind of group is not shown");

static const struct rows mappings = {
	&mapping_record, "mapping,mms,swap,uss,pss,avg_pss,rss", "pss"
};

static uint32_t tasks_parts(const struct options *options)
{
	return options->wide ? MEMCENSUS_PART_ZONES | MEMCENSUS_PART_SYSTEM :
			       MEMCENSUS_PART_TASKS | MEMCENSUS_PART_SYSTEM;
}

static void tasks_show(const struct view *view, const struct options *options, FILE *out)
{
	if (options->wide)
		areas_show(view, options, out);
	else
		command_records(view, options,
				records_in(view->snap, command_rows(options)->type),
				options->totals, out);
}

#define FILTERS	"filters and rows of mappings"

static const struct option_entry option_areas = {
	'w', "wide", NULL, "the whole system by areas, as smem -w", FLAG(wide),
	PART(areas_show, "the system by areas") };
static const struct option_entry option_mappings = {
	'm', "mappings", NULL, "a row for each mapping by name", FLAG(mappings),
	PART(tasks_refine, FILTERS) };
static const struct option_entry option_processfilter = {
	'P', "processfilter", "REGEX", "only processes whose name or command line matches",
	FILTER(comm), PART(tasks_refine, FILTERS) };
static const struct option_entry option_userfilter = {
	'U', "userfilter", "REGEX", "only processes whose user matches",
	FILTER(user), PART(tasks_refine, FILTERS) };
static const struct option_entry option_mapfilter = {
	'M', "mapfilter", "REGEX", "only memory in mappings whose name matches",
	FILTER(mapping), PART(tasks_refine, FILTERS) };

static const struct option_use tasks_options[] = {
	USE(columns), USE(all), USE(sort), USE(reverse),
	USE(totals), USE(percent), USE(numeric),
	USE(user), USE(cgroup), USE(command), USE(mappings),
	USE(processfilter), USE(userfilter), USE(mapfilter),
	USE(pid), USE(together), USE(basis),
	USE(areas),
	OPTIONS_COMMON,
};

const struct command tasks_command = {
	.name = "tasks",
	.args = "",
	.summary = "processes and the memory they hold; as smem, ps, procrank",
	.about =
	"Prints a row for each address space, under the name of the process that was\n"
	"started first in it. Processes that share an address space (CLONE_VM, vfork) are\n"
	"counted once. Rows are sorted by PSS, the smallest first, in KiB. '-' means that\n"
	"the value is unavailable: the mmap lock was held (busy), or the process was\n"
	"exiting (vanished). Kernel threads have no address space and no row.\n"
	"\n"
	"By default the owners of a page are counted over all processes (basis 'frames').\n"
	"With --pid, the map count of the page is used, as in smaps (basis 'mapcount'):\n"
	"the other processes are not walked. A column that only one basis has selects\n"
	"that basis.\n"
	"\n"
	"-P selects processes by Command or, as smem does, by the whole command line (a\n"
	"record has only names); -U selects them by User. Both take extended regular\n"
	"expressions, as grep -E; ^ and $ match the whole text. Shares are still counted\n"
	"over all processes. -M shows only memory in mappings whose name matches. -m\n"
	"prints a row for each mapping name, summed over the processes that have it. -w\n"
	"prints the whole system by areas.\n"
	"\n"
	"-u, -g and --command print a row for each user, cgroup or command; --together\n"
	"prints one row for the processes of --pid or of a filter. The USS of a group is\n"
	"the memory that no other process maps, even if members share it: the system gets\n"
	"it back if all of them end. Frames counts each page once. PSS and RSS are sums\n"
	"over the members, so RSS counts a shared page several times. With a filter,\n"
	"groups contain only the selected processes. Groups need a walk of every process,\n"
	"also with --pid.\n"
	"\n"
	"-J writes these rows and the totals of the system: the columns of -c, or all.\n"
	"'memcensus -J', without a command, writes the whole census.\n"
	"\n"
	"Examples:\n"
	"  memcensus -k -t                              as smem -k -t\n"
	"  memcensus -c pid,user,%mem,vss,rss_counter,comm -s rss_counter -r\n"
	"                                               as ps aux --sort -rss\n"
	"  memcensus -c pid,vss,rss,pss,uss,comm -s rss -r\n"
	"                                               as procrank\n"
	"  memcensus -P '^(nginx|php)' --together       what a site uses\n"
	"  memcensus -M 'libc' -r                       processes that map the C library\n",
	.options = tasks_options,
	.parts_of = tasks_parts,
	.rows = { &task_record, "pid,user,comm,swap,uss,pss,rss", "pss" },
	.groups = task_groups,
	.mappings = &mappings,
	.prepare = tasks_prepare,
	.refine = tasks_refine,
	.show = tasks_show,
};
