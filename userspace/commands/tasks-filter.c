// SPDX-License-Identifier: GPL-2.0
/* Selects the processes and mappings of 'tasks', and sums up mappings. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "commands/optional.h"
#include "host/cmdlines.h"
#include "host/names.h"
#include "host/process.h"
#include "host/procfs.h"
#include "lib/memory.h"
#include "model/mappings.h"

/* Whether mappings are needed, to be shown or to be summed. */
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

/* Kernel threads and zombies have no address space: all sizes are 0. */
static bool has_memory(uint32_t pid)
{
	char sizes[128];

	return process_read(pid, "statm", sizes, sizeof(sizes)) && strtoull(sizes, NULL, 10);
}

static bool process_is_of_user(uint32_t pid, const struct options *options)
{
	uint32_t uid;

	return !options->user.given ||
	       (process_user(pid, &uid) &&
		filter_matches(&options->user, user_name(uid, options->numeric)));
}

static bool process_has_name(uint32_t pid, const struct filter *match)
{
	char name[64];

	if (!match->given)
		return true;
	if (!process_read(pid, "comm", name, sizeof(name)))
		return false;
	name[strcspn(name, "\n")] = '\0';
	return filter_matches(match, name);
}

/*
 * Puts the processes of this machine that have an address space and match into the
 * request: the module gives mappings, and groups of selected processes, only for named
 * ones.
 */
static int choose(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	DIR *dir = procfs_open_dir(".", why);
	struct cmdline_of *of = NULL;
	const struct dirent *entry;
	size_t i, n = 0, n_pids = 0;
	bool *chosen = NULL;
	uint32_t pid;

	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (!pid || !process_is_of_user(pid, options) || !has_memory(pid))
			continue;
		of = array_grow(of, n, sizeof(*of));
		chosen = array_grow(chosen, n, sizeof(*chosen));
		of[n].pid = pid;
		chosen[n++] = process_has_name(pid, &options->comm);
	}
	closedir(dir);

	session->missed += cmdlines_match(&options->comm, of, chosen, n);
	session->pids = xreallocarray(session->pids, n, sizeof(*session->pids));
	for (i = 0; i < n; i++)
		if (chosen[i])
			session->pids[n_pids++] = of[i].pid;
	free(of);
	free(chosen);
	if (!n_pids)
		return none_matches(session, why);
	if (n_pids > MEMCENSUS_PIDS_MAX)
		return fail(why, FAIL_USAGE,
			    "%zu processes are too many for mappings or a group: at most %d; select fewer with --processfilter, --userfilter or --pid",
			    n_pids, MEMCENSUS_PIDS_MAX);
	session->request.pids = session->pids;
	session->request.n_pids = n_pids;
	return 0;
}

int tasks_prepare(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	bool grouped = options->group_by && is_filtered(options);

	if (needs_vmas(options))
		session->request.parts |= MEMCENSUS_PART_VMAS;
	if (options->pids || !(needs_vmas(options) || grouped))
		return 0;
	if (!session->source->ops->live && grouped)
		return fail(why, FAIL_USAGE,
			    "groups of a selection are not in a record: they need a census of the kernel");
	if (!session->source->ops->live)
		return 0;
	/* For named processes, the module would use the map count. */
	if (!session->request.basis)
		session->request.basis = MEMCENSUS_BASIS_FRAMES;
	return choose(session, why);
}

/* Keeps the tasks that match the filters. */
static void drop_tasks(struct session *session, struct snapshot *snap)
{
	const struct options *options = session->options;
	const struct view view = { .snap = snap, .numeric = options->numeric };
	/* A record has no command lines, and this machine has other processes. */
	const bool lines = options->comm.given && session->source->ops->live;
	struct cmdline_of *of = xcalloc(snap->n_tasks, sizeof(*of));
	bool *chosen = xcalloc(snap->n_tasks, sizeof(*chosen));
	size_t i, n = 0, missed = 0;
	const struct task *task;
	const char *user, *comm;

	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		user = KNOWN(task, MEMCENSUS_TASK_UID) ? name_of_user(&view, task->uid) : NULL;
		comm = KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : NULL;
		if (!filter_matches(&options->user, user))
			continue;
		chosen[i] = filter_matches(&options->comm, comm);
		of[i] = cmdline_of_task(task);
		/* The command line of a busy process is not read. */
		missed += lines && !chosen[i] && !of[i].pid;
	}
	if (lines)
		missed += cmdlines_match(&options->comm, of, chosen, snap->n_tasks);
	/* choose() may have missed the same command lines: keep the larger count. */
	if (session->missed < missed)
		session->missed = missed;
	for (i = 0; i < snap->n_tasks; i++)
		if (chosen[i])
			snap->tasks[n++] = snap->tasks[i];
	snap->n_tasks = n;
	free(of);
	free(chosen);
}

/* Drops the mappings of dropped processes. */
static void drop_vmas(struct snapshot *snap)
{
	uint64_t *pids = xcalloc(snap->n_tasks, sizeof(*pids));
	size_t i, n = 0;

	for (i = 0; i < snap->n_tasks; i++)
		pids[i] = snap->tasks[i].pid;
	qsort(pids, snap->n_tasks, sizeof(*pids), compare_u64);
	for (i = 0; i < snap->n_vmas; i++)
		if (bsearch(&snap->vmas[i].pid, pids, snap->n_tasks, sizeof(*pids), compare_u64))
			snap->vmas[n++] = snap->vmas[i];
	snap->n_vmas = n;
	free(pids);
}

int tasks_refine(struct session *session, struct snapshot *snap, struct failure *why)
{
	const struct options *options = session->options;

	if (is_filtered(options)) {
		drop_tasks(session, snap);
		if (!snap->n_tasks)
			return none_matches(session, why);
	}
	if (!needs_vmas(options))
		return 0;
	if (!snap->n_vmas && !session->source->ops->live)
		return fail(why, FAIL_USAGE, "the record has no mappings");
	drop_vmas(snap);
	mappings_select(snap, &options->mapping);
	if (!snap->n_vmas)
		return fail(why, FAIL_NO_PROCESS, "no mapping matches");
	if (options->mappings)
		mappings_sum(snap);
	else
		mappings_narrow_tasks(snap);
	return 0;
}
