// SPDX-License-Identifier: GPL-2.0
/* memcensus tasks: memory by process. */
#include <string.h>

#include "cli/subtree.h"
#include "commands/tasks-select.h"
#include "report/figures.h"
#include "report/show.h"

static const struct rows mappings = {
	&mapping_rows, "mapping,mms,swap,uss,pss,avg_pss,rss", "pss"
};

/* JSON has a whole census, by the module's default, where no columns are named. */
static bool is_whole(const struct options *options)
{
	return options->json && !options->rows && !options->columns;
}

/* The member of JSON that has the rows; NULL: there are none. */
static const char *rows_key(const struct options *options, uint32_t parts)
{
	const struct row_type *type = command_rows(options)->type;

	return type == &group_rows ? "groups" : type == &mapping_rows ? "mappings" :
	       parts & MEMCENSUS_PART_TASKS ? "tasks" : NULL;
}

static void tasks_sections(struct report *report)
{
	const struct options *options = report->options;
	const uint32_t parts = options->parts ?: REQUEST_DEFAULT_PARTS;

	REPORT(report,
	       { is_whole(options) && options->group_by ? "tasks" : NULL, .type = &task_rows },
	       { rows_key(options, parts), .chosen = true },
	       { options->totals ? "totals" : NULL, SECTION_TOTALS, .chosen = options->json },
	       { parts & MEMCENSUS_PART_ZONES && is_whole(options) ? "zones" : NULL,
		 .type = &zone_rows },
	       { parts & MEMCENSUS_PART_NODES && is_whole(options) ? "nodes" : NULL,
		 .type = &node_rows });
	figures_report_system(report);
}

static int tasks_run(struct session *session, struct failure *why)
{
	session->prepare = tasks_prepare;
	if (command_series(session->options))
		tasks_name(session);
	return show_census(session, tasks_refine, why);
}

static int set_mappings(struct options *options, const char *value, struct failure *why)
{
	(void)value;
	(void)why;
	options->rows = &mappings;
	return 0;
}

static int tasks_words(struct options *options, char **words, int n, struct failure *why)
{
	if (is_whole(options))
		options->parts = 0;
	if (options->group_by == MEMCENSUS_BY_PIDS && !options->n_pids && !subtree_given(options))
		return fail(why, FAIL_USAGE, "'--by all' needs '--pid', '--cgroup' or '--tree'");
	return options_interval(options, words, n, why);
}

static const struct option_entry option_mappings = {
	'm', "mappings", NULL, "a row for each mapping by name", .set = set_mappings };

static const struct option_use tasks_options[] = {
	USE(columns), USE(all), USE(sort), USE(reverse),
	USE(totals), USE(percent), USE(numeric),
	USE(groups_by), USE(user), USE(cgroups), USE(forest), USE(mappings),
	USE(pid), USE_CGROUPS, USE(tree),
	OPTIONS_OF_SERIES,
	OPTIONS_COMMON,
};

static const struct option_rule tasks_rules[] = {
	{ .one = &option_mappings, .others = { OPTIONS_OF_GROUPS } },
	{ }
};

static const char brief[] =
	"Usage: memcensus tasks [INTERVAL [COUNT]] [OPTION...]\n"
	"\n"
	"A row for each process, the largest PSS last, in KiB. USS is what the system\n"
	"gets back if it, or all of a group, ends; PSS its share: only it adds up. '-' is\n"
	"unknown, not zero. A cgroup has what is in those below it too, /. is its own;\n"
	"Charged and Ch... are what the kernel counts for it, also of no process.\n"
	"\n"
	"Rows     --by user|cgroup|command|tree|session|all, -u, -g  -m mapping\n"
	"         --by container|pod|namespace|image\n"
	"         -g --forest: cgroups as a tree  -t: a sum\n"
	"Only     --pid PID,...  --cgroup PATH  --tree PID,... and its descendants\n"
	"         --container NAME  --pod NAMESPACE/POD  --by all: one row for them\n"
	"Columns  -c LIST, -c +LIST adds, -a all; -c help, -g -c help: which there are\n"
	"         -s COLUMN sorts by it, -r the largest first; -H no header\n"
	"Amounts  -k: 1.5K, 12.3M  -b: bytes  -p: percent of memory  -n: users as numbers\n"
	"Output   -J JSON  --raw for scripts  -o FILE  -V version\n"
	"Record   -f FILE  --at first|last|NUMBER|TIME|-10m\n"
	"\n"
	"  memcensus -k -t                          all processes, with a sum\n"
	"  memcensus -g --forest -k                 services, containers and pods\n"
	"  memcensus --tree 100 1                   rows each second, until none is left\n"
	"\n"
	"'memcensus help tasks' says more of each.\n";

const struct command tasks_command = {
	.name = "tasks",
	.brief = brief,
	.about =
	"Prints a row for each address space, under the name of its owner: the process that\n"
	"began with it, while that is there. Processes that share an address space (CLONE_VM,\n"
	"vfork) are counted once. Rows are sorted by PSS, the smallest first, in KiB. '-' means\n"
	"that the value is unavailable: the mmap lock was held (busy), or the process was\n"
	"exiting (vanished). Kernel threads have no address space and no row.\n"
	"\n"
	"The owners of a page are counted over all processes, also with --pid, unless no\n"
	"column needs them. What only the pages themselves tell (Dirty, Refd, KSM, LazyFree)\n"
	"is read if such a column is named, and in map.\n"
	"\n"
	"'--pid $(pgrep -d, NAME)' selects processes by name, with pgrep's -f by command line\n"
	"and with -u USER by user. Shares are still counted over all processes. -m prints a\n"
	"row for each mapping name, summed over the processes that have it.\n"
	"\n"
	"--cgroup PATH selects the processes of a cgroup and of those below it, by its path\n"
	"from the root of the hierarchy; with -g, the rows of these cgroups. --container NAME\n"
	"and --pod NAMESPACE/POD do the same by what the files of docker, podman, containerd,\n"
	"CRI-O and kubelet call them. --tree PID selects a process and all its descendants.\n"
	"\n"
	"--by user, cgroup (-u, -g) and command print a row for each; --by all prints one\n"
	"row for the processes of --pid, --cgroup or --tree. The USS of a group is the\n"
	"memory that no other process maps, even if members share it: the system gets\n"
	"it back if all of them end. Frames counts each page once. PSS and RSS are sums\n"
	"over the members, so RSS counts a shared page several times. Groups\n"
	"need a walk of every process, also with --pid.\n"
	"\n"
	"--by tree prints a row for each process with all its descendants, below that of its\n"
	"parent: what they hold together, each page once, and what the process itself holds\n"
	"(OwnUSS, OwnPSS). --by session prints a row for each session, which setsid() began:\n"
	"it outlives its first process. When a parent exits, its children get another one, the\n"
	"nearest reaper, perhaps 'systemd --user' or the init of a container: then they are in\n"
	"the tree of that one.\n"
	"\n"
	"The row of a cgroup has the processes of all cgroups below it: its USS is no sum,\n"
	"memory that only these share is in it. Its own processes have a second row, with\n"
	"/. behind the path, if others are below it. --forest shows what contains what.\n"
	"\n"
	"The row of a cgroup also has what the kernel charges to it: page cache and files\n"
	"in a tmpfs are charged, but if no process maps them they are in no USS. A cgroup\n"
	"without processes has a row if memory is charged to it. '-': the memory\n"
	"controller is not enabled for it, or it has no limit.\n"
	"\n"
	"With an INTERVAL there are rows for each census, with its time, up to COUNT, or until\n"
	"nothing of what was selected is left; of a record, also with --from or --to, for each\n"
	"census that has some of it.\n"
	"\n"
	"-J writes the whole census, or the rows that have the columns of -c.\n"
	"\n"
	"Examples:\n"
	"  memcensus -k -t                              as smem -k -t\n"
	"  memcensus -c pid,user,%mem,vss,rss_counter,comm -s rss_counter -r\n"
	"                                               as ps aux --sort -rss\n"
	"  memcensus -c pid,vss,rss,pss,uss,comm -s rss -r\n"
	"                                               as procrank\n"
	"  memcensus --pid $(pgrep -d, 'nginx|php') --by all\n"
	"                                               what a site uses\n"
	"  memcensus -g --forest -k                     services, containers and pods\n"
	"  memcensus --tree $(pidof -s make) --by all    what a build holds now\n"
	"  memcensus --pid $(pidof -s redis-server) 1   what it holds each second, until it ends\n"
	"  memcensus --by tree -k                       what each process and its children hold\n"
	"  memcensus --cgroup /system.slice/nginx.service --by all\n"
	"                                               what ending a service frees\n"
	"  memcensus share --of /lib/x86_64-linux-gnu/libc.so.6\n"
	"                                               processes that map the C library\n",
	.words = tasks_words,
	.options = tasks_options,
	.rules = tasks_rules,
	.parts = MEMCENSUS_PART_TASKS,
	.totals = true,
	.rows = { &task_rows, "pid,user,comm,swap,uss,pss,rss", "pss" },
	.further = (const struct further_rows[]){
		{ "groups", &group_rows }, { "-m", &mapping_rows }, { }
	},
	.sections = tasks_sections,
	.run = tasks_run,
	.names_all = true,
	.last = true,
};
