// SPDX-License-Identifier: GPL-2.0
/* Selects the processes and mappings of 'tasks', and sums up mappings. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "commands/tasks-filter.h"
#include "lib/memory.h"
#include "os/cmdlines.h"
#include "os/names.h"
#include "os/numa-maps.h"
#include "os/proc-texts.h"
#include "os/process.h"

/* Whether mappings are needed, to be shown or to be summed. */
static bool needs_vmas(const struct options *options)
{
	const struct tasks_options *own = options->own;

	return options->rows || own->mapping.given;
}

static bool is_filtered(const struct options *options)
{
	const struct tasks_options *own = options->own;

	return own->comm.given || own->user.given;
}

/* Whether groups are of selected processes; those by cgroup are selected themselves. */
static bool is_grouped(const struct options *options)
{
	return options->group_by &&
	       (is_filtered(options) ||
		(options->n_roots && options->group_by != MEMCENSUS_BY_TREE) ||
		(options->n_cgroups && options->group_by != MEMCENSUS_BY_CGROUP));
}

/* @snap: a census that was filtered; NULL: there was none. */
static int none_matches(const struct session *session, const struct snapshot *snap,
			struct failure *why)
{
	const struct tasks_options *own = session->options->own;

	if (snap && !session->source->ops->live && own->comm.given &&
	    !proc_texts_find(snap, PROC_TEXTS_CMDLINES))
		return fail(why, FAIL_NO_PROCESS,
			    "no process matches, by name: the record has no command lines; record again with 'memcensus record FILE --cmdline'");
	if (session->missed)
		return fail(why, FAIL_NO_PROCESS,
			    "no process matches, by name; %zu command line%s did not come in time",
			    session->missed, session->missed == 1 ? "" : "s");
	return fail(why, FAIL_NO_PROCESS, "no process matches");
}

static bool process_is_of_user(uint32_t pid, const struct options *options)
{
	const struct tasks_options *own = options->own;
	uint32_t uid;

	return !own->user.given ||
	       (process_user(pid, &uid) &&
		filter_matches(&own->user,
			       name_live(NULL, NAME_USER, uid, options->numeric)));
}

static bool process_has_name(uint32_t pid, const struct filter *match)
{
	char name[64];

	return !match->given ||
	       (process_comm(pid, name, sizeof(name)) && filter_matches(match, name));
}

/*
 * Puts the processes of this machine that have an address space and match into the
 * request: the module gives mappings, and groups of selected processes, only for named
 * ones.
 */
static int choose_tasks(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct tasks_options *own = options->own;
	struct ids all = { NULL, 0 };
	size_t i, n = 0, n_pids = 0;
	struct cmdline_of *of;

	if (subtree_given(options) ? subtree_processes(&all, options, why) :
				     process_all(&all, why)) {
		ids_free(&all);
		return -1;
	}
	of = xcalloc(all.n, sizeof(*of));
	for (i = 0; i < all.n; i++) {
		if (!process_is_of_user(all.v[i], options))
			continue;
		of[n].pid = all.v[i];
		of[n++].chosen = process_has_name(all.v[i], &own->comm);
	}
	ids_free(&all);

	session->missed += cmdlines_match(&own->comm, of, n);
	session->pids = xreallocarray(session->pids, n, sizeof(*session->pids));
	for (i = 0; i < n; i++)
		if (of[i].chosen)
			session->pids[n_pids++] = of[i].pid;
	free(of);
	if (!n_pids)
		return none_matches(session, NULL, why);
	if (n_pids > MEMCENSUS_PIDS_MAX)
		return fail(why, FAIL_USAGE,
			    "%zu processes are too many for mappings or a group: at most %d; select fewer with --processfilter, --userfilter or --pid",
			    n_pids, MEMCENSUS_PIDS_MAX);
	session->request.pids = (struct numbers){ n_pids, session->pids };
	return 0;
}

int tasks_prepare(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct tasks_options *own = options->own;
	const bool grouped = is_grouped(options);

	/* Only of those that match, see tasks_refine(). */
	if (is_filtered(options))
		session->request.nodes = false;
	if (own->comm.given)
		session->missed_means = "these processes were chosen by name alone";
	if (needs_vmas(options))
		session->request.parts |= MEMCENSUS_PART_VMAS;
	/* Flags of pages are read of named processes: all are named. */
	if (!options->pids && session->source->ops->live && command_flags_column(options) &&
	    !options->group_by) {
		session->request.parts = (session->request.parts ?: REQUEST_DEFAULT_PARTS) |
					 MEMCENSUS_PART_FLAGS;
		return choose_tasks(session, why);
	}
	if (options->pids || !(needs_vmas(options) || grouped))
		return 0;
	if (!session->source->ops->live && grouped && !is_filtered(options))
		return subtree_prepare(session, why);
	if (!session->source->ops->live && grouped)
		return fail(why, FAIL_USAGE,
			    "groups of a selection are not in a record: they need a census of the kernel");
	if (!session->source->ops->live)
		return 0;
	return choose_tasks(session, why);
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

/* Keeps the tasks that match the filters. */
static void drop_tasks(struct session *session, struct snapshot *snap)
{
	const struct options *options = session->options;
	const struct tasks_options *own = options->own;
	const struct view view = { .snap = snap, .numeric = options->numeric };
	/* A record has its own or none: this machine has other processes. */
	const bool lines = own->comm.given && session->source->ops->live;
	struct cmdline_of *of = xcalloc(snap->n_tasks, sizeof(*of));
	size_t i, n = 0, missed = 0;
	const struct task *task;
	const char *user, *comm;

	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		user = KNOWN(task, MEMCENSUS_TASK_UID) ? name_of_user(&view, task->uid) : NULL;
		comm = KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : NULL;
		if (!filter_matches(&own->user, user))
			continue;
		of[i] = cmdline_of_task(task);
		of[i].chosen = filter_matches(&own->comm, comm) ||
			       (!session->source->ops->live && task->cmdline &&
				filter_matches(&own->comm, task->cmdline));
		/* The command line of a busy process is not read. */
		missed += lines && !of[i].chosen && !of[i].pid;
	}
	if (lines)
		missed += cmdlines_match(&own->comm, of, snap->n_tasks);
	/* choose_tasks() may have missed the same command lines: keep the larger count. */
	if (session->missed < missed)
		session->missed = missed;
	for (i = 0; i < snap->n_tasks; i++)
		if (of[i].chosen)
			snap->tasks[n++] = snap->tasks[i];
	snap->n_tasks = n;
	free(of);
}

/* Keeps only the mappings whose name matches. */
static void mappings_select(struct snapshot *snap, const struct filter *match)
{
	size_t i, n = 0;

	for (i = 0; i < snap->n_vmas; i++)
		if (filter_matches(match, mapping_name(&snap->vmas[i])))
			snap->vmas[n++] = snap->vmas[i];
	snap->n_vmas = n;
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

static int compare_pids(const void *a, const void *b)
{
	const struct vma *x = *(const struct vma *const *)a;
	const struct vma *y = *(const struct vma *const *)b;

	return COMPARE(x->pid, y->pid);
}

/* By name, then by process, so that each process counts once. */
static int compare_names(const void *a, const void *b)
{
	const struct vma *x = *(const struct vma *const *)a;
	const struct vma *y = *(const struct vma *const *)b;

	return strcmp(mapping_name(x), mapping_name(y)) ?: compare_pids(a, b);
}

/* All mappings, sorted by @compare; the caller frees them. */
static const struct vma **sorted(const struct snapshot *snap,
				 int (*compare)(const void *a, const void *b))
{
	const struct vma **v = xcalloc(snap->n_vmas, sizeof(*v));
	size_t i;

	for (i = 0; i < snap->n_vmas; i++)
		v[i] = &snap->vmas[i];
	qsort(v, snap->n_vmas, sizeof(*v), compare);
	return v;
}

/*
 * Fills @snap->mappings from @snap->vmas.  A page in two mappings of one name counts twice
 * in the RSS of that name, and twice one half in its PSS.  USS counts pages exclusive to
 * one process.
 */
static void mappings_sum(struct snapshot *snap)
{
	const struct vma **v = sorted(snap, compare_names), *last = NULL;
	struct mapping *mapping = NULL;
	size_t i;

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

/*
 * Replaces each task's figures by the sums over its mappings in @snap->vmas, and
 * drops tasks that have none there, unless they are unseen.  Figures that mappings lack
 * become unknown.
 */
static void mappings_narrow_tasks(struct snapshot *snap)
{
	const struct vma **v = sorted(snap, compare_pids), **end = v + snap->n_vmas, **first;
	const struct vma *like;
	size_t i, n, kept = 0;
	struct task *task;

	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		like = &(struct vma){ .pid = task->pid };
		first = bsearch(&like, v, snap->n_vmas, sizeof(*v), compare_pids);
		if (!first && !task_is_unseen(task))
			continue;
		/* Without a mapping, all sums are unknown. */
		first = first ?: end;
		while (first > v && first[-1]->pid == task->pid)
			first--;
		task->figures = (struct figures){ 0 };
		for (n = 0; first + n < end && first[n]->pid == task->pid; n++)
			add_vma(&task->figures, first[n], !n);
		snap->tasks[kept++] = *task;
	}
	snap->n_tasks = kept;
	free(v);
}

/* What was not walked may have such a mapping. */
static int no_mapping(const struct snapshot *snap, struct failure *why)
{
	size_t i, unseen = 0;

	for (i = 0; i < snap->n_tasks; i++)
		unseen += task_is_unseen(&snap->tasks[i]) && !task_is_gone(&snap->tasks[i]);
	if (!unseen)
		return fail(why, FAIL_NO_PROCESS, "no mapping matches");
	return fail(why, FAIL_NO_PROCESS,
		    "no mapping matches that was walked; %zu process%s not walked to the end may have one",
		    unseen, unseen == 1 ? "" : "es");
}

int tasks_refine(struct session *session, struct snapshot *snap, struct failure *why)
{
	const struct options *options = session->options;
	const struct tasks_options *own = options->own;

	if (command_series(options) && options->n_pids && session->pids &&
	    keep_named(session, snap, why))
		return -1;
	if (is_filtered(options)) {
		drop_tasks(session, snap);
		if (!snap->n_tasks)
			return none_matches(session, snap, why);
		if (session->source->ops->live && command_reads_nodes(options))
			session->missed_nodes += numa_maps_add(snap);
	}
	if (!needs_vmas(options))
		return 0;
	if (!snap->n_vmas && !session->source->ops->live)
		return fail(why, FAIL_USAGE, "the record has no mappings");
	snapshot_drop_vmas(snap);
	mappings_select(snap, &own->mapping);
	if (options->rows)
		mappings_sum(snap);
	else
		mappings_narrow_tasks(snap);
	if (!(options->rows ? snap->n_mappings : snap->n_tasks))
		return no_mapping(snap, why);
	return 0;
}
