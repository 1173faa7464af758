// SPDX-License-Identifier: GPL-2.0
/* Selects the processes of 'tasks', and sums up mappings. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "commands/tasks-select.h"
#include "lib/memory.h"
#include "os/process.h"

/* Whether groups are of selected processes; those by cgroup are selected themselves. */
static bool is_grouped(const struct options *options)
{
	return options->group_by &&
	       ((options->n_roots && options->group_by != MEMCENSUS_BY_TREE) ||
		(options_select_cgroups(options) && options->group_by != MEMCENSUS_BY_CGROUP));
}

/*
 * Puts the processes of this machine that are selected into the request: the module gives mappings,
 * flags of pages, and groups of selected processes, only for named ones.
 */
static int choose_tasks(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct ids all = { NULL, 0 };
	size_t i;
	int ret;

	ret = subtree_given(options) ? subtree_processes(&all, options, why) :
				       process_all(&all, why);
	if (!ret && all.n > MEMCENSUS_PIDS_MAX)
		ret = fail(why, FAIL_USAGE,
			   "%zu processes are too many for mappings or a group: at most %d; select fewer with --pid or --cgroup",
			   all.n, MEMCENSUS_PIDS_MAX);
	if (!ret) {
		session->pids = xreallocarray(session->pids, all.n, sizeof(*session->pids));
		for (i = 0; i < all.n; i++)
			session->pids[i] = all.v[i];
		session->request.pids = (struct numbers){ all.n, session->pids };
	}
	ids_free(&all);
	return ret;
}

int tasks_prepare(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const bool live = session->source->ops->live, grouped = is_grouped(options);

	if (options->rows)
		session->request.parts |= MEMCENSUS_PART_VMAS;
	/* Flags of pages are read of named processes: all are named. */
	if (!options->pids && live && command_flags_column(options) && !options->group_by) {
		session->request.parts = (session->request.parts ?: REQUEST_DEFAULT_PARTS) |
					 MEMCENSUS_PART_FLAGS;
		return choose_tasks(session, why);
	}
	if (options->pids || !(options->rows || grouped))
		return 0;
	if (live)
		return choose_tasks(session, why);
	return grouped ? subtree_prepare(session, why) : 0;
}

void tasks_name(struct session *session)
{
	const struct options *options = session->options;
	const bool live = session->source->ops->live;
	struct numbers *pids = &session->request.pids;
	size_t i;

	if (!options->n_pids || (!live && options->group_by))
		return;
	/* A thread ID means its process. */
	session->pids = xcalloc(options->n_pids, sizeof(*session->pids));
	for (i = 0; i < options->n_pids; i++) {
		session->pids[i] = live ? process_of((uint32_t)options->pids[i]) :
					  options->pids[i];
		if (!live || !process_is_gone((uint32_t)session->pids[i]))
			continue;
		fprintf(stderr, "memcensus: no such process: PID %" PRIu64 "\n",
			options->pids[i]);
		session->partial = true;
	}
	*pids = (struct numbers){ live ? options->n_pids : 0, session->pids };
}

/* Drops who is not named, and who began later with the number of one that has ended. */
static int keep_named(struct session *session, struct snapshot *snap, struct failure *why)
{
	const size_t n = session->options->n_pids;
	const bool live = session->source->ops->live;
	size_t i, kept = 0;

	for (i = 0; i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];

		if (task_is_of(task, session->pids, n) &&
		    !(live && KNOWN(task, MEMCENSUS_TASK_START_NS) && session->begun &&
		      task->start > session->begun))
			snap->tasks[kept++] = *task;
	}
	snap->n_tasks = kept;
	snapshot_drop_vmas(snap);
	return kept ? 0 : fail(why, FAIL_NO_PROCESS, "no process %" PRIu64 "%s",
			       session->options->pids[0], n > 1 ? ", nor any other named" : "");
}

/*
 * Adds the figures of @vma, and its size if it has none of these.  A figure of the sum is
 * known if all members have it; @first: @sum is empty.
 */
static void add_vma(struct figures *sum, const struct vma *vma, bool first)
{
	struct figures figures = vma->figures;
	unsigned int i;

	if (KNOWN(vma, MEMCENSUS_VMA_START) && KNOWN(vma, MEMCENSUS_VMA_END) &&
	    !KNOWN(&figures, MEMCENSUS_F_VSS)) {
		figures.known |= 1ULL << MEMCENSUS_F_VSS;
		figures.v[MEMCENSUS_F_VSS] = vma->end - vma->start;
	}
	sum->known = first ? figures.known : sum->known & figures.known;
	for (i = 0; i < FIGURES_MAX; i++)
		sum->v[i] += figures.v[i];
}

/* By name, then by process, so that each process counts once. */
static int compare_names(const void *a, const void *b)
{
	const struct vma *x = *(const struct vma *const *)a;
	const struct vma *y = *(const struct vma *const *)b;

	return strcmp(mapping_name(x), mapping_name(y)) ?: COMPARE(x->pid, y->pid);
}

/*
 * Fills @snap->mappings from @snap->vmas.  A page in two mappings of one name counts twice
 * in the RSS of that name, and twice one half in its PSS.  USS counts pages exclusive to
 * one process.
 */
static void mappings_sum(struct snapshot *snap)
{
	const struct vma **v = xcalloc(snap->n_vmas, sizeof(*v)), *last = NULL;
	struct mapping *mapping = NULL;
	size_t i;

	for (i = 0; i < snap->n_vmas; i++)
		v[i] = &snap->vmas[i];
	qsort(v, snap->n_vmas, sizeof(*v), compare_names);
	for (i = 0; i < snap->n_vmas; i++, last = v[i - 1]) {
		if (!last || strcmp(mapping_name(last), mapping_name(v[i]))) {
			mapping = row_add(&mapping_rows, snap);
			mapping->name = mapping_name(v[i]);
			mapping->known = MAPPING_ALL;
			last = NULL;
		}
		add_vma(&mapping->figures, v[i], !last);
		mapping->mms += !last || last->pid != v[i]->pid;
		mapping->vmas++;
	}
	free(v);
}

int tasks_refine(struct session *session, struct snapshot *snap, struct failure *why)
{
	const struct options *options = session->options;

	if (command_series(options) && options->n_pids && session->pids &&
	    keep_named(session, snap, why))
		return -1;
	if (!options->rows)
		return 0;
	if (!snap->n_vmas && !session->source->ops->live)
		return fail(why, FAIL_USAGE, "the record has no mappings");
	snapshot_drop_vmas(snap);
	mappings_sum(snap);
	return 0;
}
