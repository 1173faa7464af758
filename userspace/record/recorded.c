// SPDX-License-Identifier: GPL-2.0
/* Whether a recorded census answers a request. */
#include <stdlib.h>
#include <string.h>

#include "model/columns.h"
#include "record/recorded.h"

/* Parts as the module has them where a request names none. */
#define USUAL_PARTS	(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES |	\
			 MEMCENSUS_PART_NODES | MEMCENSUS_PART_SYSTEM)

static const struct part {
	uint32_t bit;
	const char *what;
	const char *how;
} parts[] = {
	{ MEMCENSUS_PART_TASKS, "processes", "" },
	{ MEMCENSUS_PART_VMAS, "mappings", " --vmas --pid PID,..." },
	{ MEMCENSUS_PART_ZONES, "zones", "" },
	{ MEMCENSUS_PART_TYPES, "migrate types", " --types" },
	{ MEMCENSUS_PART_NODES, "nodes", "" },
	{ MEMCENSUS_PART_SYSTEM, "totals of the system", "" },
};

static int check_parts(const struct request *asked,
		       const struct request *request, struct failure *why)
{
	const uint32_t had = asked->parts ? asked->parts : USUAL_PARTS;
	const uint32_t wanted = request->parts ? request->parts : USUAL_PARTS;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (wanted & ~had & parts[i].bit)
			return fail(why, FAIL_REFUSED,
				    "the record has no %s: it must be made by 'memcensus record FILE%s'",
				    parts[i].what, parts[i].how);
	return 0;
}

static int check_basis(const struct snapshot *snap,
		       const struct request *request, struct failure *why)
{
	const struct column *column = &scan_record.fields.columns[MEMCENSUS_SCAN_BASIS];

	if (!request->basis || request->any_basis ||
	    !KNOWN(&snap->scan, MEMCENSUS_SCAN_BASIS) ||
	    snap->scan.basis == request->basis)
		return 0;
	return fail(why, FAIL_REFUSED,
		    "the record is of the basis '%s': it must be made by 'memcensus record FILE --basis %s'",
		    column_word(column, snap->scan.basis) ?: "?",
		    column_word(column, request->basis));
}

static const struct by {
	const char *what;
	const char *how;
} groups[] = {
	[MEMCENSUS_BY_UID] = { "users", "--user" },
	[MEMCENSUS_BY_CGROUP] = { "cgroups", "--cgroup" },
	[MEMCENSUS_BY_COMM] = { "commands", "--command" },
	[MEMCENSUS_BY_PIDS] = { "these processes together",
				"--together --pid PID,..." },
};
_Static_assert(sizeof(groups) / sizeof(groups[0]) == MEMCENSUS_BY_MAX + 1,
	       "a kind of group has no name");

static bool same_pids(const struct request *a, const struct request *b)
{
	size_t i, k;

	if (a->n_pids != b->n_pids)
		return false;
	for (i = 0; i < a->n_pids; i++) {
		for (k = 0; k < b->n_pids && b->pids[k] != a->pids[i]; k++)
			;
		if (k == b->n_pids)
			return false;
	}
	return true;
}

/* What a group holds is counted in the census, not from the processes in it. */
static int check_groups(const struct request *asked,
			const struct request *request, struct failure *why)
{
	if (!request->group_by)
		return 0;
	if (asked->group_by == request->group_by &&
	    ((!request->pids && request->group_by != MEMCENSUS_BY_PIDS) ||
	     same_pids(asked, request)))
		return 0;
	return fail(why, FAIL_REFUSED,
		    "the record has no figures of %s: they are counted in the census, and it must be made by 'memcensus record FILE %s'",
		    groups[request->group_by].what, groups[request->group_by].how);
}

static int compare_pids(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool has_pid(const uint32_t *pids, size_t n, uint64_t pid)
{
	const uint32_t key = pid;

	return pid <= UINT32_MAX && bsearch(&key, pids, n, sizeof(key), compare_pids);
}

static bool is_of(const struct task *task, const uint32_t *pids, size_t n)
{
	size_t i;

	if (KNOWN(task, MEMCENSUS_TASK_PID) && has_pid(pids, n, task->pid))
		return true;
	for (i = 0; KNOWN(task, MEMCENSUS_TASK_TWINS) && i < task->twins.n; i++)
		if (has_pid(pids, n, task->twins.v[i]))
			return true;
	return false;
}

static bool find_pid(const struct snapshot *snap, uint32_t pid)
{
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		if (is_of(&snap->tasks[i], &pid, 1))
			return true;
	return false;
}

/* Processes and mappings that were not asked for go. */
static void keep_pids(struct snapshot *snap, const uint32_t *pids, size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < snap->n_tasks; i++)
		if (is_of(&snap->tasks[i], pids, n))
			snap->tasks[kept++] = snap->tasks[i];
	snap->n_tasks = kept;
	for (i = kept = 0; i < snap->n_vmas; i++)
		if (has_pid(pids, n, snap->vmas[i].pid))
			snap->vmas[kept++] = snap->vmas[i];
	snap->n_vmas = kept;
}

static int answer_pids(struct snapshot *snap, const struct request *asked,
		       const struct request *request, struct failure *why)
{
	uint32_t *sorted;
	size_t i;

	for (i = 0; i < request->n_pids; i++)
		if (!find_pid(snap, request->pids[i]))
			return fail(why, FAIL_NO_PROCESS,
				    "the record has no process %u%s", request->pids[i],
				    asked->pids ? ": it is of others, which '--pid' named" :
				    "; of threads it knows only the first");
	sorted = calloc(request->n_pids, sizeof(*sorted));
	if (!sorted)
		return fail_memory(why);
	memcpy(sorted, request->pids, request->n_pids * sizeof(*sorted));
	qsort(sorted, request->n_pids, sizeof(*sorted), compare_pids);
	keep_pids(snap, sorted, request->n_pids);
	free(sorted);
	return 0;
}

int recorded_answer(struct snapshot *snap, const struct request *asked,
		    const struct request *request, struct failure *why)
{
	if (check_parts(asked, request, why) || check_basis(snap, request, why) ||
	    check_groups(asked, request, why))
		return -1;
	snap->named = asked->pids;
	if (request->pids && answer_pids(snap, asked, request, why))
		return -1;
	if (!request->group_by)
		snap->n_groups = 0;
	return 0;
}
