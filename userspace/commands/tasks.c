// SPDX-License-Identifier: GPL-2.0
/* memcensus tasks: memory by process. */
#include <string.h>

#include "commands/tasks-filter.h"
#include "report/figures.h"
#include "report/show.h"

static const struct rows mappings = {
	&mapping_rows, "mapping,mms,swap,uss,pss,avg_pss,rss", "pss"
};

static const struct rows nodes = {
	&node_sum_rows, "node,mms,running,rss,hugetlb,away,free,total,largest", "node"
};

/* Present memory that the kernel does not manage: it was reserved at boot. */
static struct amount kept_back(const struct snapshot *snap)
{
	struct amount present = { snap->n_zones > 0, 0 };
	size_t i;

	for (i = 0; i < snap->n_zones; i++) {
		present.known &= KNOWN(&snap->zones[i], MEMCENSUS_ZONE_PRESENT);
		present.bytes += (int64_t)snap->zones[i].present;
	}
	return amount_minus(present, amount_total(snap, MEMCENSUS_S_TOTAL));
}

static struct figure_row area(const char *name, struct amount used, struct amount cache)
{
	return (struct figure_row){
		.name = name, .amounts = { used, cache, amount_minus(used, cache) },
	};
}

/* The whole system by areas, as in smem -w. */
static void show_areas(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	const struct amount none = { true, 0 };
	struct amount mapped = amount_total(snap, MEMCENSUS_S_MAPPED);
	struct amount user = amount_plus(amount_total(snap, MEMCENSUS_S_ANON), mapped);
	struct amount free = amount_total(snap, MEMCENSUS_S_FREE);
	struct amount used = amount_minus(amount_total(snap, MEMCENSUS_S_TOTAL), free);
	struct amount slab = amount_total(snap, MEMCENSUS_S_SLAB_RECLAIMABLE);
	struct amount buffers = amount_plus(amount_total(snap, MEMCENSUS_S_BUFFERS), slab);
	struct amount cached = amount_total(snap, MEMCENSUS_S_CACHED);
	struct amount cache = amount_plus(buffers, amount_minus(cached, mapped));
	const struct figure_row rows[] = {
		area("kept back at boot", kept_back(snap), none),
		area("kernel dynamic memory", amount_minus(used, user), cache),
		area("userspace memory", user, mapped),
		area("free memory", free, free),
	};

	REPORT(report,
	       { .type = &figure_rows, .rows = ROWS(rows, ARRAY_SIZE(rows)),
		 .columns = "figure=Area 0=Used 1=Cache 2=Noncache" });
}

/* Without a command, JSON has a whole census, by the module's default. */
static bool is_whole(const struct options *options)
{
	const struct tasks_options *own = options->own;

	return options->json && !options->command_given && !options->rows && !own->mapping.given;
}

/* The member of JSON that has the rows; NULL: areas have none. */
static const char *rows_key(const struct options *options, uint32_t parts)
{
	const struct row_type *type = command_rows(options)->type;

	return type == &group_rows ? "groups" : type == &mapping_rows ? "mappings" :
	       type == &node_sum_rows ? "by_node" :
	       parts & MEMCENSUS_PART_TASKS ? "tasks" : NULL;
}

static void tasks_sections(struct report *report)
{
	const struct options *options = report->options;
	const struct tasks_options *own = options->own;
	const uint32_t parts = options->parts ?: REQUEST_DEFAULT_PARTS;

	if (own->areas)
		show_areas(report);
	REPORT(report,
	       { is_whole(options) && options->group_by ? "tasks" : NULL, .type = &task_rows },
	       { rows_key(options, parts), .chosen = options->json || !own->areas },
	       { options->totals ? "totals" : NULL, SECTION_TOTALS, .chosen = options->json },
	       { parts & MEMCENSUS_PART_ZONES && !options->rows ? "zones" : NULL,
		 .type = &zone_rows },
	       { parts & MEMCENSUS_PART_NODES && !options->rows ? "nodes" : NULL,
		 .type = &node_rows });
	if (parts & MEMCENSUS_PART_SYSTEM)
		figures_report_system(report);
}

static int tasks_run(struct session *session, struct failure *why)
{
	return tasks_prepare(session, why) ?: show_census(session, tasks_refine, why);
}

static int set_mappings(struct options *options, const char *value, struct failure *why)
{
	(void)value;
	(void)why;
	options->rows = &mappings;
	return 0;
}

static int set_tasks_by(struct options *options, const char *value, struct failure *why)
{
	struct tasks_options *own = options->own;

	if (strcmp(value, "node") && !option_groups_by.set(options, value, why))
		return 0;
	if (strcmp(value, "node"))
		return fail(why, FAIL_USAGE,
			    "no rows by '%.60s'; there are: node tree session, and -u, -g and --command for groups",
			    value);
	own->by_node = true;
	options->rows = &nodes;
	return 0;
}

static int tasks_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct tasks_options *own = options->own;

	if (options->has_top && !own->by_node)
		return fail(why, FAIL_USAGE, "'--top' needs '--by node'");
	if (is_whole(options))
		options->parts = 0;
	else if (own->by_node)
		options->parts |= MEMCENSUS_PART_TASK_NODES | MEMCENSUS_PART_ZONES |
				  MEMCENSUS_PART_NODES;
	else if (own->areas)
		options->parts = MEMCENSUS_PART_ZONES | MEMCENSUS_PART_SYSTEM;
	if (options->group_by && (options->pids || options->n_roots) &&
	    (own->comm.given || own->user.given))
		return fail(why, FAIL_USAGE,
			    "'--%s' and a filter cannot be combined for groups",
			    options->pids ? "pid" : "tree");
	return options_none(options, words, n, why);
}

static const struct option_entry option_areas = {
	'w', "wide", NULL, "the whole system by areas, as smem -w",
	OWN(FLAG, tasks_options, areas) };
static const struct option_entry option_mappings = {
	'm', "mappings", NULL, "a row for each mapping by name", .set = set_mappings };
static const struct option_entry option_by = {
	0, "by", "node|tree|session",
	"a row for each NUMA node, process with its descendants, session",
	.set = set_tasks_by };
static const struct option_entry option_processfilter = {
	'P', "processfilter", "REGEX", "only processes whose name or command line matches",
	OWN(FILTER, tasks_options, comm) };
static const struct option_entry option_userfilter = {
	'U', "userfilter", "REGEX", "only processes whose user matches",
	OWN(FILTER, tasks_options, user) };
static const struct option_entry option_mapfilter = {
	'M', "mapfilter", "REGEX", "only memory in mappings whose name matches",
	OWN(FILTER, tasks_options, mapping) };

static const struct option_use tasks_options[] = {
	USE(columns), USE(all), USE(sort), USE(reverse),
	USE(totals), USE(percent), USE(numeric),
	USE(user), USE(cgroups), USE(tree), USE(command), USE(mappings), USE(by),
	USE_AS(top, "with --by node: name the N largest processes, 3 by default; 0: all"),
	USE(processfilter), USE(userfilter), USE(mapfilter),
	USE(cgroup), USE(pid), USE(together), USE(basis),
	USE(areas),
	OPTIONS_COMMON,
};

static const struct option_rule tasks_rules[] = {
	{ .one = &option_mappings, .others = { OPTIONS_OF_GROUPS } },
	{ .one = &option_by, .others = { OPTIONS_OF_GROUPS },
	  .because = "rows are of one kind; '-c +nodes,away' adds nodes to groups" },
	{ .one = &option_by, .others = { &option_mappings, &option_mapfilter },
	  .because = "mappings are neither counted by node nor by groups" },
	{ .one = &option_by, .others = { &option_areas } },
	{ .one = &option_top, .others = { &option_by }, .needs = "'--by'" },
	{ .one = &option_mapfilter, .others = { OPTIONS_OF_GROUPS },
	  .because = "figures of groups cover all mappings" },
	{ .one = &option_areas, .others = { &option_cgroup, &option_tree },
	  .because = "areas are of the whole system" },
	{ .one = &option_together,
	  .others = { &option_pid, &option_processfilter, &option_userfilter, &option_cgroup,
		      &option_tree },
	  .needs = "'--pid', '--cgroup', '--tree' or a filter" },
	{ }
};

static const char brief[] =
	"Usage: memcensus tasks [OPTION...]\n"
	"\n"
	"A row for each process, the largest PSS last, in KiB. USS is what the system\n"
	"gets back if it ends, PSS its share: only PSS adds up. '-' is unknown, not zero.\n"
	"\n"
	"Rows     -u user  -g cgroup  --command name  -m mapping  --by node|tree|session\n"
	"         -g --tree: cgroups as a tree  -t: a sum  -w: areas of the whole system\n"
	"         --top N: so many processes of each node\n"
	"Only     --pid PID,...  --cgroup PATH  --tree PID,... and its descendants\n"
	"         -P NAME  -U USER  -M MAPPING  --together: one row for all of them\n"
	"Columns  -c LIST, -c +LIST adds, -a all; memcensus -c help: which there are\n"
	"         -s COLUMN sorts by it, -r the largest first; -H no header\n"
	"Amounts  -k: 1.5K, 12.3M  -p: percent of memory  -n: users, cgroups as numbers\n"
	"         --basis frames|mapcount: how owners are counted\n"
	"Output   -J JSON  --raw for scripts  -o FILE  -V version\n"
	"Record   -f FILE  --at first|last|NUMBER|TIME|-10m\n"
	"\n"
	"  memcensus -k -t                          all processes, with a sum\n"
	"  memcensus --pid $(pgrep -d, postgres) --together\n"
	"                                           what a server holds\n"
	"\n"
	"'memcensus help tasks' says more of each; 'memcensus -g --help' is of groups.\n";

static const char brief_of_groups[] =
	"Usage: memcensus -g|-u|--command|--by tree|--by session|--together [OPTION...]\n"
	"\n"
	"A row for each cgroup, user, command, process with its descendants, or session,\n"
	"the largest PSS last, in KiB. USS is what the system gets back if all its\n"
	"processes end: what they share counts once. '-' is unknown, or no limit.\n"
	"\n"
	"A cgroup has what is in those below it too, /. is what it has itself. Charged\n"
	"and Ch... are what the kernel counts for it: ChFile and ChShmem also if no\n"
	"process maps them, ChKernel is memory of the kernel, ChSock buffers of sockets.\n"
	"\n"
	"Rows     -g --tree: cgroups as a tree  -t: a sum\n"
	"Only     --cgroup PATH and those below it; processes: --pid, --tree PID, -P, -U\n"
	"Columns  -c LIST, -c +LIST adds, -a all; memcensus -g -c help: which there are\n"
	"         -s COLUMN sorts by it, -r the largest first; -H no header\n"
	"Amounts  -k: 1.5K, 12.3M  -p: percent of memory  -n: users, cgroups as numbers\n"
	"Output   -J JSON  --raw for scripts  -o FILE;  -f FILE --at TIME: of a record\n"
	"\n"
	"  memcensus -g --tree -k                   services, containers and pods\n"
	"  memcensus -g -k -c cgroup_path,charged_kernel -s charged_kernel\n"
	"                                           whose kernel memory\n"
	"\n"
	"'memcensus help tasks' says more of each.\n";

const struct command tasks_command = {
	.name = "tasks",
	.brief = brief,
	.brief_of_groups = brief_of_groups,
	.about =
	"Prints a row for each address space, under the name of its owner: the process that\n"
	"began with it, while that is there. Processes that share an address space (CLONE_VM,\n"
	"vfork) are counted once. Rows are sorted by PSS, the smallest first, in KiB. '-' means\n"
	"that the value is unavailable: the mmap lock was held (busy), or the process was\n"
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
	"over all processes. -M shows only memory in mappings whose name matches, and '-'\n"
	"for a process that was busy, whose mappings are unknown. -m prints a row for each\n"
	"mapping name, summed over the processes that have it. -w prints the whole system\n"
	"by areas.\n"
	"\n"
	"--cgroup PATH selects the processes of a cgroup and of those below it, by its path\n"
	"from the root of the hierarchy; with -g, the rows of these cgroups. --tree PID\n"
	"selects a process and all its descendants.\n"
	"\n"
	"-u, -g and --command print a row for each user, cgroup or command; --together\n"
	"prints one row for the processes of --pid or of a filter. The USS of a group is\n"
	"the memory that no other process maps, even if members share it: the system gets\n"
	"it back if all of them end. Frames counts each page once. PSS and RSS are sums\n"
	"over the members, so RSS counts a shared page several times. With a filter,\n"
	"groups contain only the selected processes. Groups need a walk of every process,\n"
	"also with --pid.\n"
	"\n"
	"--by node prints a row for each NUMA node: the sum of what processes have there, in\n"
	"RSS and in hugetlb pages, and how much of it is away from where its process ran\n"
	"last; free and total memory of the node; and the processes with the most memory\n"
	"there. With --pid, --cgroup or a filter, of these processes. A page that two\n"
	"processes map counts twice.\n"
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
	"/. behind the path, if others are below it. --tree shows what contains what.\n"
	"\n"
	"The row of a cgroup also has what the kernel charges to it: page cache and files\n"
	"in a tmpfs are charged, but if no process maps them they are in no USS. A cgroup\n"
	"without processes has a row if memory is charged to it. '-': the memory\n"
	"controller is not enabled for it, or it has no limit.\n"
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
	"  memcensus -g --tree -k                       services, containers and pods\n"
	"  memcensus --tree $(pidof -s make) --together  what a build holds now\n"
	"  memcensus --by tree -k                       what each process and its children hold\n"
	"  memcensus --cgroup /system.slice/nginx.service --together\n"
	"                                               what ending a service frees\n"
	"  memcensus -M 'libc' -r                       processes that map the C library\n"
	"  memcensus --by node -k -t                    NUMA nodes, and who fills them\n",
	.words = tasks_words,
	.options = tasks_options,
	.rules = tasks_rules,
	.own_size = sizeof(struct tasks_options),
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_SYSTEM,
	.rows = { &task_rows, "pid,user,comm,swap,uss,pss,rss", "pss" },
	.further = (const struct further_rows[]){
		{ "groups", &group_rows }, { "-m", &mapping_rows },
		{ "--by node", &node_sum_rows }, { }
	},
	.sections = tasks_sections,
	.run = tasks_run,
	.last = true,
};
