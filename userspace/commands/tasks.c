// SPDX-License-Identifier: GPL-2.0
/* memcensus tasks: memory by process. */
#include <stdlib.h>

#include "cli/command.h"
#include "commands/areas.h"
#include "commands/tasks.h"

static const struct rows groups[] = {
	[MEMCENSUS_BY_UID] = {
		&group_record, "user,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_CGROUP] = {
		&group_record, "cgroup_path,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_COMM] = {
		&group_record, "comm,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_PIDS] = {
		&group_record, "mms,swap,uss,pss,frames,rss", "pss" },
};
_Static_assert(sizeof(groups) / sizeof(groups[0]) == MEMCENSUS_BY_MAX + 1,
	       "a kind of group is not shown");

static const struct rows mappings = {
	&mapping_record, "mapping,mms,swap,uss,pss,avg_pss,rss", "pss"
};

static uint32_t tasks_parts(const struct options *options)
{
	return options->wide ? MEMCENSUS_PART_ZONES | MEMCENSUS_PART_SYSTEM :
			       MEMCENSUS_PART_TASKS | MEMCENSUS_PART_SYSTEM;
}

static int tasks_show(const struct view *view, const struct options *options,
		      FILE *out, struct failure *why)
{
	const struct snapshot *snap = view->snap;
	struct records rows =
		records_of(snap->tasks, snap->n_tasks, sizeof(*snap->tasks));

	if (options->wide)
		return areas_show(view, options, out, why);
	if (options->group_by)
		rows = records_of(snap->groups, snap->n_groups, sizeof(*snap->groups));
	else if (options->mappings)
		rows = records_of(snap->mappings, snap->n_mappings,
				  sizeof(*snap->mappings));
	return command_records(view, options, command_rows(options)->type, NULL,
			       rows, options->totals, out, why);
}

static int set_filter(struct filter *match, const char *name, const char *value,
		      struct failure *why)
{
	if (!tasks_refine)
		return fail_left_out(why, "filters and rows of mappings");
	return filter_compile(match, name, value, why);
}

static int set_comm_filter(struct options *options, const char *value, struct failure *why)
{
	return set_filter(&options->comm, "processfilter", value, why);
}

static int set_user_filter(struct options *options, const char *value, struct failure *why)
{
	return set_filter(&options->user, "userfilter", value, why);
}

static int set_mapping_filter(struct options *options, const char *value, struct failure *why)
{
	return set_filter(&options->mapping, "mapfilter", value, why);
}

static int set_mappings(struct options *options, const char *value, struct failure *why)
{
	(void)value;
	options->mappings = true;
	return tasks_refine ? 0 : fail_left_out(why, "filters and rows of mappings");
}

static int set_areas(struct options *options, const char *value, struct failure *why)
{
	(void)value;
	options->wide = true;
	return areas_show ? 0 : fail_left_out(why, "the system by areas");
}

static const struct option_entry option_areas = {
	'w', "wide", NULL, "the whole system by areas, as smem -w", .set = set_areas };
static const struct option_entry option_mappings = {
	'm', "mappings", NULL, "a row for each mapping by name", .set = set_mappings };
static const struct option_entry option_processfilter = {
	'P', "processfilter", "REGEX", "only processes whose name or command line matches",
	.set = set_comm_filter };
static const struct option_entry option_userfilter = {
	'U', "userfilter", "REGEX", "only processes whose user matches",
	.set = set_user_filter };
static const struct option_entry option_mapfilter = {
	'M', "mapfilter", "REGEX", "only memory in mappings whose name matches",
	.set = set_mapping_filter };

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
	"A row for each address space, with the process that was started in it first;\n"
	"processes that share it (CLONE_VM, vfork) are its peers and are not counted\n"
	"again. Smallest PSS first, in KiB. '-' is an unavailable value: the mmap lock was\n"
	"held (busy), or the process was exiting (vanished). Kernel threads have no address\n"
	"space and no row.\n"
	"\n"
	"Owners of a page are counted over all processes; of those that --pid names, the\n"
	"page's map count is taken, as smaps does, which needs no walk of the others.\n"
	"Columns that only one of the two bases has make that one the basis of the table.\n"
	"\n"
	"-P chooses rows by Command or, as smem, by the whole command line (CommandLine; a\n"
	"record has names alone), -U by User, with extended regular expressions as of\n"
	"grep -E (^ and $ for the whole of it). Shares are still counted over all processes.\n"
	"-M has each row say what the process holds in mappings whose name matches. -m shows\n"
	"a row for each name of a mapping: sums over the processes that have it. -w shows\n"
	"the whole system by areas.\n"
	"\n"
	"-u, -g, --command and --together show a row for each user, cgroup or command, or\n"
	"one for all that --pid names or the filters choose. Their USS is what only they\n"
	"hold, though they share it among themselves: what the system gets back if all of\n"
	"them end. Frames has each page once, PSS is the sum of theirs, and so is\n"
	"RSS, where a page counts for each of them. With a filter, groups are made of the\n"
	"processes that it chooses. Every process is walked for this, also with --pid.\n"
	"\n"
	"With -J: these and the totals of the system, of each process or group the columns\n"
	"of -c or all; 'memcensus -J', without a command, writes the whole census.\n"
	"\n"
	"Examples:\n"
	"  memcensus -k -t                              as smem -k -t\n"
	"  memcensus -c pid,user,%mem,vss,rss_counter,comm -s rss_counter -r\n"
	"                                               as ps aux --sort -rss\n"
	"  memcensus -c pid,vss,rss,pss,uss,comm -s rss -r\n"
	"                                               as procrank\n"
	"  memcensus -P '^(nginx|php)' --together       what a site holds\n"
	"  memcensus -M 'libc' -r                       the processes that hold the C library\n",
	.options = tasks_options,
	.parts_of = tasks_parts,
	.rows = { &task_record, "pid,user,comm,swap,uss,pss,rss", "pss" },
	.groups = groups,
	.mappings = &mappings,
	.prepare = tasks_prepare,
	.refine = tasks_refine,
	.show = tasks_show,
};
