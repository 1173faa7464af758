// SPDX-License-Identifier: GPL-2.0
/* Selects the processes of a cgroup and of those below it, or some and their descendants. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/subtree.h"
#include "lib/descend.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-name.h"
#include "model/cgroup-tree.h"
#include "os/cgroups.h"
#include "os/names.h"
#include "os/procfs.h"

/* So many digits of an ID, at least, name a container. */
#define ID_LEAST	6

/*
 * Whether @name, of a cgroup, is what @called says.  What a user runs is called with the user only,
 * or somebody else's container would be found by its name.
 */
static bool is_called(const struct cgroup_name *name, const struct called *called)
{
	const size_t len = strlen(called->name);
	char *pod;
	bool is;

	if (!name->below && !strcmp(name->shown, called->name))
		return called->pod ? name->of == CGROUP_OF_POD : name->of >= CGROUP_OF_MACHINE;
	if (called->pod) {
		if (!name->pod || name->by_user)
			return false;
		pod = name->namespace ? xasprintf("%s/%s", name->namespace, name->pod) :
					xstrdup(name->pod);
		is = !strcmp(pod, called->name);
		free(pod);
		return is;
	}
	if (name->of != CGROUP_OF_CONTAINER && name->of != CGROUP_OF_MACHINE)
		return false;
	if (name->container_id && len >= ID_LEAST &&
	    !strncmp(name->container_id, called->name, len))
		return true;
	return !name->by_user && ((name->container && !strcmp(name->container, called->name)) ||
			       (name->machine && !strcmp(name->machine, called->name)));
}

/*
 * struct finding - what subtree_find_called() looks for
 * @called: one name
 * @pods: cgroups of pods alone: a pod of podman may have none, then those of its containers count
 * @any: there is one
 */
struct finding {
	struct options *options;
	const struct called *called;
	bool pods;
	bool any;
};

static void note_called(struct finding *finding, const struct cgroup_name *name)
{
	const bool of_pod = name->of == CGROUP_OF_POD;

	if (!is_called(name, finding->called) || (finding->called->pod && of_pod != finding->pods))
		return;
	finding->any = true;
	options_add_cgroup(finding->options, name->top);
}

static void name_place(const struct cgroup_place *place, void *context)
{
	const struct snapshot names = { .naming = name_live };
	struct cgroup_name *name;

	cgroup_known(place);
	name = cgroup_name_make(&names, place->id, place->path,
				name_live(&names, NAME_CONTAINER, place->id, false));
	note_called(context, name);
	cgroup_name_free(name);
}

int subtree_find_called(struct options *options, struct failure *why)
{
	struct finding finding = { .options = options };
	const char *mount = cgroups_mount();
	size_t i;

	/* Without the hierarchy here, a census has what they are called. */
	for (i = 0; i < options->n_called && mount && !access(mount, F_OK); i++) {
		finding.called = &options->called[i];
		finding.any = false;
		finding.pods = finding.called->pod;
		cgroups_each(NULL, name_place, &finding);
		if (!finding.any && finding.pods) {
			finding.pods = false;
			cgroups_each(NULL, name_place, &finding);
		}
		if (!finding.any)
			return fail(why, FAIL_NO_PROCESS,
				    "no %s '%.200s' on this machine; 'memcensus -g -c cgroup_name' lists what cgroups are called",
				    finding.called->pod ? "pod" : "container",
				    finding.called->name);
	}
	return 0;
}

static void find_in_tasks(struct finding *finding, const struct snapshot *snap)
{
	size_t i;

	for (i = 0; i < snap->n_groups; i++)
		if (KNOWN(&snap->groups[i], MEMCENSUS_GROUP_CGROUP))
			note_called(finding, cgroup_name_of(snap, snap->groups[i].cgroup));
	for (i = 0; i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i], MEMCENSUS_TASK_CGROUP))
			note_called(finding, cgroup_name_of(snap, snap->tasks[i].cgroup));
}

/*
 * The same of a census: of a record, or because a container that was started again has another
 * cgroup.
 */
static void find_in_census(const struct options *options, const struct snapshot *snap)
{
	/* What is found of the options is kept with them. */
	struct finding finding = { .options = (struct options *)options };
	size_t i;

	for (i = 0; snap->naming && i < options->n_called; i++) {
		finding.called = &options->called[i];
		finding.any = false;
		finding.pods = finding.called->pod;
		find_in_tasks(&finding, snap);
		if (!finding.any && finding.pods) {
			finding.pods = false;
			find_in_tasks(&finding, snap);
		}
	}
}

static int none_called(const struct options *options, struct failure *why)
{
	return fail(why, FAIL_NO_PROCESS, "no %s '%.200s' is known here",
		    options->called[0].pod ? "pod" : "container", options->called[0].name);
}

int subtree_check(const struct options *options, struct failure *why)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < options->n_cgroups && !ret; i++)
		ret = cgroup_check(options->cgroups[i], why);
	return ret;
}

/* The processes of --tree.  A thread ID means its process, if they are of this machine. */
static uint64_t *roots_of(const struct options *options, bool live)
{
	uint64_t *roots = xcalloc(options->n_roots, sizeof(*roots));
	size_t i;

	for (i = 0; i < options->n_roots; i++)
		roots[i] = live ? process_of((uint32_t)options->roots[i]) : options->roots[i];
	return roots;
}

int subtree_processes(struct ids *ids, const struct options *options, struct failure *why)
{
	uint64_t *roots = roots_of(options, true);
	uint32_t pid;
	int ret = 0;
	size_t i;

	for (i = 0; i < options->n_pids && !ret; i++) {
		pid = process_of((uint32_t)options->pids[i]);
		if (procfs_is_mounted() && process_is_gone(pid))
			ret = fail(why, FAIL_NO_PROCESS, "no such process: PID %" PRIu32, pid);
		ids_add(ids, pid);
	}
	if (options->n_called && !options->n_cgroups && !ret)
		ret = none_called(options, why);
	if (options->n_roots && !ret)
		ret = process_trees(ids, roots, options->n_roots, why);
	/* The root has kernel threads too. */
	for (i = 0; i < options->n_cgroups && !ret; i++)
		ret = strcmp(options->cgroups[i], "/") ?
		      cgroup_processes(ids, options->cgroups[i], why) : process_all(ids, why);
	free(roots);
	return ret;
}

int subtree_request(struct session *session, struct failure *why)
{
	struct ids ids = { NULL, 0 };
	enum failure_kind kind;

	if (subtree_processes(&ids, session->options, why)) {
		ids_free(&ids);
		return -1;
	}
	free(session->pids);
	session->pids = ids.v;
	session->request.pids = (struct numbers){ ids.n, ids.v };
	if (ids.n <= MEMCENSUS_PIDS_MAX)
		return 0;
	/* There may be fewer at the next census. */
	kind = session->taken ? FAIL_SYSTEM : FAIL_USAGE;
	return fail(why, kind,
		    "%zu processes are too many for one request: at most %d; name %s below",
		    ids.n, MEMCENSUS_PIDS_MAX, session->options->n_cgroups ? "cgroups" : "one");
}

int subtree_prepare(struct session *session, struct failure *why)
{
	const uint8_t group_by = session->request.group_by;

	session->by_subtree = group_by &&
		((session->options->n_roots && group_by != MEMCENSUS_BY_TREE) ||
		 (options_select_cgroups(session->options) && group_by != MEMCENSUS_BY_CGROUP));
	if (!session->by_subtree || session->source->ops->live)
		return 0;
	return fail(why, FAIL_USAGE,
		    "groups of a selection are not in a record: they need a census of the kernel; '-g --cgroup PATH' shows the sum of a cgroup, of a record that was made with -g");
}

/* Whether the cgroup @id, which @known says is one, is in the subtree. */
static bool is_in(const struct snapshot *snap, const struct options *options, bool known,
		  uint64_t id)
{
	const char *path, *top;
	size_t i;

	path = known && snap->naming ? snap->naming(snap, NAME_CGROUP, id, false) : NULL;
	for (i = 0; path && i < options->n_cgroups; i++) {
		top = options->cgroups[i];
		if (text_path_within(path, top, strcmp(top, "/") ? strlen(top) : 0))
			return true;
	}
	return false;
}

/* A flag for each task of @snap that descends from @roots; the caller frees them. */
static bool *find_below(const struct snapshot *snap, struct numbers roots)
{
	bool *in = xcalloc(snap->n_tasks, sizeof(*in));
	struct descendant *v;
	size_t i, k, n = 0;

	for (i = 0; i < snap->n_tasks; i++)
		n += 1 + snap->tasks[i].peers.n;
	v = xcalloc(n, sizeof(*v));
	for (i = n = 0; i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];

		in[i] = task_is_of(task, roots.v, roots.n);
		v[n++] = (struct descendant){
			task->pid, KNOWN(task, MEMCENSUS_TASK_PPID) ? task->ppid : 0, i, in[i] };
		/* Who shares the address space is at the same place. */
		for (k = 0; k < task->peers.n; k++)
			v[n++] = (struct descendant){ task->peers.v[k], task->pid, i, in[i] };
	}
	descend(v, n);
	for (k = 0; k < n; k++)
		in[v[k].row] |= v[k].in;
	free(v);
	return in;
}

/* @counted: only processes of the subtree were requested. */
static void narrow_tasks(const struct session *session, struct snapshot *snap, bool counted,
			 struct numbers roots)
{
	struct task *outside = snapshot_alloc(snap, snap->n_tasks * sizeof(*outside)), *task;
	const struct options *options = session->options;
	bool *below = options_select_cgroups(options) ? NULL : find_below(snap, roots);
	size_t i, n = 0;

	snap->outside = outside;
	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		if (below ? below[i] : task_is_unplaced(task) ? counted :
		    is_in(snap, options, KNOWN(task, MEMCENSUS_TASK_CGROUP), task->cgroup))
			snap->tasks[n++] = *task;
		else
			outside[snap->n_outside++] = *task;
	}
	snap->n_tasks = n;
	free(below);
}

/* Drops the groups that are not of the subtree. */
static void narrow_groups(const struct session *session, struct snapshot *snap, bool counted,
			  struct numbers roots)
{
	bool *in = xcalloc(snap->n_groups, sizeof(*in));
	const struct options *options = session->options;
	struct group *group, *parent;
	size_t i, n = 0;

	for (i = 0; options->n_roots && i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];

		group = KNOWN(task, MEMCENSUS_TASK_GROUP) ? group_of(snap, task->group) : NULL;
		/* Processes that are too deep are in the group of another one. */
		if (group && KNOWN(group, MEMCENSUS_GROUP_PID) && group->pid == task->pid)
			in[group - snap->groups] = task_is_of(task, roots.v, roots.n);
	}
	for (i = 0; i < snap->n_groups; i++) {
		group = &snap->groups[i];
		parent = group_parent(snap, group);
		/* Other groups are of the subtree if they were counted of its processes. */
		if (KNOWN(group, MEMCENSUS_GROUP_PID))
			in[i] |= parent && in[parent - snap->groups];
		else
			in[i] = options_select_cgroups(options) &&
				KNOWN(group, MEMCENSUS_GROUP_CGROUP) ?
				is_in(snap, options, true, group->cgroup) : counted;
	}
	for (i = 0; i < snap->n_groups; i++)
		if (in[i])
			snap->groups[n++] = snap->groups[i];
	snap->n_groups = n;
	free(in);
}

void subtree_narrow(const struct session *session, struct snapshot *snap)
{
	const bool counted = session->by_subtree || session->pids;
	const struct options *options = session->options;
	struct numbers roots;
	uint64_t *v;

	/* Those that were requested descend from them, also if some of these have ended. */
	if (!subtree_given(options) || session->whole || (options->n_roots && counted))
		return;
	find_in_census(options, snap);
	/* Once for all tasks: it reads /proc. */
	v = roots_of(options, session->source && session->source->ops->live);
	roots = (struct numbers){ options->n_roots, v };
	narrow_groups(session, snap, counted, roots);
	narrow_tasks(session, snap, counted, roots);
	free(v);
	snapshot_drop_vmas(snap);
	cgroup_tree_link(snap);
}

int subtree_found(const struct options *options, const struct snapshot *snap,
		  struct failure *why)
{
	const bool by_name = options->n_called && !options->n_cgroups;
	const bool grouped = options->group_by == MEMCENSUS_BY_CGROUP &&
			     options_select_cgroups(options);
	size_t i, unknown = 0;

	if (!subtree_given(options) || (grouped ? snap->n_groups : snap->n_tasks))
		return 0;
	if (by_name)
		return fail(why, FAIL_NO_PROCESS, "no %s '%.200s' in this census",
			    options->called[0].pod ? "pod" : "container", options->called[0].name);
	if (!options->n_cgroups)
		return fail(why, FAIL_NO_PROCESS,
			    "no process of this census is %" PRIu64 "%s, or descends from it",
			    options->roots[0], options->n_roots > 1 ? " or another one named" : "");
	for (i = 0; i < snap->n_outside; i++)
		unknown += task_is_unplaced(&snap->outside[i]);
	if (unknown)
		return fail(why, FAIL_NO_PROCESS,
			    "no process of this census is known to be in cgroup '%.200s'; the cgroup of %zu is unknown",
			    options->cgroups[0], unknown);
	return fail(why, FAIL_NO_PROCESS,
		    grouped ? "no cgroup '%.200s' in this census" :
			      "no process of this census is in cgroup '%.200s'",
		    options->cgroups[0]);
}
