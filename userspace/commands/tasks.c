// SPDX-License-Identifier: GPL-2.0
/* memcensus tasks: who holds how much. */
#include <stdlib.h>

#include "cli/command.h"
#include "commands/areas.h"
#include "host/cmdlines.h"
#include "host/names.h"
#include "model/mappings.h"

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

/* Whether mappings are asked for, to be shown or to be added up. */
static bool needs_vmas(const struct options *options)
{
	return options->mappings || options->mapping.given;
}

static bool is_filtered(const struct options *options)
{
	return options->comm.given || options->user.given;
}

static int none_matches(const struct session *session, struct failure *why)
{
	if (session->missed)
		return fail(why, FAIL_NO_PROCESS,
			    "no process matches, by name; %zu command line%s did not come in time",
			    session->missed, session->missed == 1 ? "" : "s");
	return fail(why, FAIL_NO_PROCESS, "no process matches");
}

/* Has the request name those processes of this machine that are wanted. */
static int choose(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct pids_filter filter = { &options->comm, &options->user, options->numeric };
	struct pids *pids = &session->pids;

	pids_free(pids);
	if (pids_list(pids, &filter, &session->missed, why))
		return -1;
	if (!pids->n)
		return none_matches(session, why);
	if (pids->n > MEMCENSUS_PIDS_MAX)
		return fail(why, FAIL_USAGE,
			    "%zu processes: at most %d can be named to the module at once, to be asked for their mappings or put together after a filter; choose fewer by --processfilter, --userfilter or --pid",
			    pids->n, MEMCENSUS_PIDS_MAX);
	session->request.pids = pids->v;
	session->request.n_pids = pids->n;
	return 0;
}

static int tasks_prepare(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	bool grouped = options->group_by && is_filtered(options);

	if (needs_vmas(options))
		session->request.parts |= MEMCENSUS_PART_VMAS;
	if (options->pids || !(needs_vmas(options) || grouped))
		return 0;
	if (!session->source->ops->live && grouped)
		return fail(why, FAIL_USAGE,
			    "a record has the groups that were asked for, and none of a selection");
	if (!session->source->ops->live)
		return 0;
	/* Of named processes the module would take the map count. */
	if (!session->request.basis)
		session->request.basis = MEMCENSUS_BASIS_FRAMES;
	return choose(session, why);
}

static bool is_of_user(const struct view *view, const struct task *task,
		       const struct match *match)
{
	return match_is(match, KNOWN(task, MEMCENSUS_TASK_UID) ?
			name_of_user(view, task->uid) : NULL);
}

static bool has_name(const struct task *task, const struct match *match)
{
	return match_is(match, KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : NULL);
}

/* @chosen: by the filters, of each task. 0, or -1 and @why. */
static int choose_tasks(struct session *session, const struct snapshot *snap,
			struct cmdline_of *of, bool *chosen, struct failure *why)
{
	const struct options *options = session->options;
	const struct view view = { .snap = snap, .numeric = options->numeric };
	/* A record has none, and this machine's are others. */
	const bool lines = options->comm.given && session->source->ops->live;
	bool wanted;
	size_t i;

	for (i = 0; i < snap->n_tasks; i++) {
		wanted = is_of_user(&view, &snap->tasks[i], &options->user);
		chosen[i] = wanted && has_name(&snap->tasks[i], &options->comm);
		if (wanted)
			of[i] = cmdline_of_task(&snap->tasks[i]);
		/* Of one that is busy it is not tried. */
		if (lines && wanted && !chosen[i] && !of[i].pid)
			session->missed++;
	}
	if (!lines)
		return 0;
	return cmdlines_match(&options->comm, of, chosen, snap->n_tasks,
			      &session->missed, why);
}

/* Of those that were chosen before, the same ones may be missed again. */
static int drop_tasks(struct session *session, struct snapshot *snap,
		      struct failure *why)
{
	const size_t before = session->missed;
	struct cmdline_of *of = calloc(snap->n_tasks + 1, sizeof(*of));
	bool *chosen = calloc(snap->n_tasks + 1, sizeof(*chosen));
	size_t i, n = 0;
	int ret;

	session->missed = 0;
	ret = of && chosen ? choose_tasks(session, snap, of, chosen, why) : fail_memory(why);
	if (session->missed < before)
		session->missed = before;
	for (i = 0; !ret && i < snap->n_tasks; i++)
		if (chosen[i])
			snap->tasks[n++] = snap->tasks[i];
	if (!ret)
		snap->n_tasks = n;
	free(of);
	free(chosen);
	return ret;
}

static int compare_pids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Mappings of processes that were dropped. 0, or -1 without memory. */
static int drop_vmas(struct snapshot *snap)
{
	uint64_t *pids = calloc(snap->n_tasks + 1, sizeof(*pids));
	size_t i, n = 0;

	if (!pids)
		return -1;
	for (i = 0; i < snap->n_tasks; i++)
		pids[i] = snap->tasks[i].pid;
	qsort(pids, snap->n_tasks, sizeof(*pids), compare_pids);
	for (i = 0; i < snap->n_vmas; i++)
		if (bsearch(&snap->vmas[i].pid, pids, snap->n_tasks, sizeof(*pids),
			    compare_pids))
			snap->vmas[n++] = snap->vmas[i];
	snap->n_vmas = n;
	free(pids);
	return 0;
}

static int tasks_refine(struct session *session, struct snapshot *snap,
			struct failure *why)
{
	const struct options *options = session->options;
	int ret;

	if (is_filtered(options)) {
		if (drop_tasks(session, snap, why))
			return -1;
		if (!snap->n_tasks)
			return none_matches(session, why);
	}
	if (!needs_vmas(options))
		return 0;
	if (!snap->n_vmas && !session->source->ops->live)
		return fail(why, FAIL_USAGE, "the record has no mappings");
	if (drop_vmas(snap))
		return fail_memory(why);
	mappings_select(snap, &options->mapping);
	if (!snap->n_vmas)
		return fail(why, FAIL_NO_PROCESS, "no mapping matches");
	ret = options->mappings ? mappings_sum(snap) : mappings_narrow_tasks(snap);
	return ret ? fail_memory(why) : 0;
}

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

static int set_comm_filter(struct options *options, const char *value,
			   struct failure *why)
{
	return match_compile(&options->comm, "processfilter", value, why);
}

static int set_user_filter(struct options *options, const char *value,
			   struct failure *why)
{
	return match_compile(&options->user, "userfilter", value, why);
}

static int set_mapping_filter(struct options *options, const char *value,
			      struct failure *why)
{
	return match_compile(&options->mapping, "mapfilter", value, why);
}

static const struct option_entry option_mappings = {
	'm', "mappings", NULL, "a row for each mapping by name",
	.flag = offsetof(struct options, mappings) };
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
	USE_AS(wide, "the whole system by areas, as smem -w"),
	OPTIONS_COMMON,
};

const struct command tasks_command = {
	.name = "tasks",
	.args = "",
	.summary = "processes: who holds how much; as smem, ps, procrank",
	.about =
	"A row for each address space, with the process that was started in it first;\n"
	"processes that share it (CLONE_VM, vfork) are its twins and are not counted\n"
	"again. Smallest PSS first, in KiB. '-' where a value could not be had: the\n"
	"process held its mmap lock (busy) or was exiting (vanished). Kernel threads\n"
	"have no memory of their own and no row.\n"
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
	"hold, though they share it among themselves: what the system would get back if\n"
	"all of them ended. Frames has each page once, PSS is the sum of theirs, and so is\n"
	"RSS, where a page counts for each of them. With a filter, groups are made of the\n"
	"processes that it chooses. Everybody has to be walked for this, also with --pid.\n"
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
	"  memcensus -M 'libc' -r                       who holds how much of the C library\n",
	.options = tasks_options,
	.parts_of = tasks_parts,
	.rows = { &task_record, "pid,user,comm,swap,uss,pss,rss", "pss" },
	.groups = groups,
	.mappings = &mappings,
	.prepare = tasks_prepare,
	.refine = tasks_refine,
	.show = tasks_show,
};
