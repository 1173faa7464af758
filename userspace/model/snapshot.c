// SPDX-License-Identifier: GPL-2.0
/* One census in memory: growing arrays, and an obstack for their strings and lists. */
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/cgroup-name.h"
#include "model/snapshot.h"

#define CHUNK_SIZE	(8 << 10)

static void *chunk_alloc(size_t size)
{
	return xcalloc(1, size);
}

#define obstack_chunk_alloc	chunk_alloc
#define obstack_chunk_free	free

struct snapshot *snapshot_new(void)
{
	struct snapshot *snap = xcalloc(1, sizeof(*snap));

	obstack_begin(&snap->memory, CHUNK_SIZE);
	return snap;
}

void snapshot_reset(struct snapshot *snap)
{
	void *array;

	obstack_free(&snap->memory, NULL);
	while (snap->n_arrays) {
		memcpy(&array, (char *)snap + snap->arrays[--snap->n_arrays], sizeof(array));
		free(array);
	}
	free(snap->arrays);
	free(snap->pages);
	free(snap->meminfo);
	free(snap->proc_texts);
	free(snap->by_pid);
	cgroup_names_free(snap->called);
	memset(snap, 0, sizeof(*snap));
	obstack_begin(&snap->memory, CHUNK_SIZE);
}

void snapshot_free(struct snapshot *snap)
{
	if (!snap)
		return;
	snapshot_reset(snap);
	obstack_free(&snap->memory, NULL);
	free(snap);
}

size_t snapshot_bytes(const struct snapshot *snap)
{
	return sizeof(*snap) + CHUNK_SIZE + snap->bytes;
}

bool snapshot_is_full(const struct snapshot *snap)
{
	return snap->most && snapshot_bytes(snap) > snap->most;
}

/* Counts @size bytes and returns them; for an obstack they are an int. */
static int count_bytes(struct snapshot *snap, size_t size)
{
	if (size >= INT_MAX)
		memory_failed();
	snap->bytes += size + _Alignof(max_align_t);
	return (int)size;
}

void *snapshot_alloc(struct snapshot *snap, size_t size)
{
	return obstack_alloc(&snap->memory, count_bytes(snap, size));
}

const char *snapshot_text(struct snapshot *snap, const char *text, size_t len)
{
	return obstack_copy0(&snap->memory, text, count_bytes(snap, strnlen(text, len)));
}

bool task_is_gone(const struct task *task)
{
	return KNOWN(task, MEMCENSUS_TASK_STATE) &&
	       task->state == MEMCENSUS_STATE_VANISHED && !task->figures.known;
}

bool task_is_absent(const struct task *task)
{
	return task_is_gone(task) && !KNOWN(task, MEMCENSUS_TASK_COMM);
}

bool task_is_unplaced(const struct task *task)
{
	return !task_is_gone(task) && !KNOWN(task, MEMCENSUS_TASK_CGROUP);
}

bool task_is_unseen(const struct task *task)
{
	return KNOWN(task, MEMCENSUS_TASK_STATE) && task->state != MEMCENSUS_STATE_WALKED;
}

int task_compare(const void *a, const void *b)
{
	const struct task *x = *(const struct task *const *)a;
	const struct task *y = *(const struct task *const *)b;

	return COMPARE(x->pid, y->pid) ?: COMPARE(x->start, y->start);
}

bool task_is_of(const struct task *task, const uint64_t *pids, size_t n)
{
	size_t i, t;

	for (i = 0; i < n; i++) {
		if (KNOWN(task, MEMCENSUS_TASK_PID) && pids[i] == task->pid)
			return true;
		for (t = 0; KNOWN(task, MEMCENSUS_TASK_PEERS) && t < task->peers.n; t++)
			if (pids[i] == task->peers.v[t])
				return true;
	}
	return false;
}

uint64_t page_size_of(const struct snapshot *snap)
{
	return KNOWN(&snap->info, MEMCENSUS_INFO_PAGE_SIZE) ? snap->info.page_size : 0;
}

static int compare_pids(const void *a, const void *b)
{
	const struct task *x = *(const struct task *const *)a;
	const struct task *y = *(const struct task *const *)b;

	return COMPARE(x->pid, y->pid);
}

/* Tasks are added and dropped, so that their number tells whether they are still the same. */
static void sort_by_pid(struct snapshot *snap)
{
	size_t i;

	free(snap->by_pid);
	snap->by_pid = xcalloc(snap->n_tasks + 1, sizeof(*snap->by_pid));
	snap->n_by_pid = snap->n_tasks;
	for (i = 0; i < snap->n_tasks; i++)
		snap->by_pid[i] = &snap->tasks[i];
	qsort(snap->by_pid, snap->n_tasks, sizeof(*snap->by_pid), compare_pids);
}

const struct task *task_of(const struct snapshot *snap, uint64_t pid)
{
	size_t at;

	if (!snap->by_pid || snap->n_by_pid != snap->n_tasks)
		sort_by_pid((struct snapshot *)snap);
	at = FIRST_NOT(snap->n_tasks, i, snap->by_pid[i]->pid < pid);
	return at < snap->n_tasks && snap->by_pid[at]->pid == pid ? snap->by_pid[at] : NULL;
}

struct group *group_of(const struct snapshot *snap, uint64_t id)
{
	/* They are sent in the order of their numbers. */
	const size_t at = FIRST_NOT(snap->n_groups, i, snap->groups[i].id < id);

	return at < snap->n_groups && KNOWN(&snap->groups[at], MEMCENSUS_GROUP_ID) &&
	       snap->groups[at].id == id ? &snap->groups[at] : NULL;
}

void snapshot_drop_gone(struct snapshot *snap)
{
	size_t i, kept = 0;

	for (i = 0; i < snap->n_tasks; i++)
		if (!task_is_gone(&snap->tasks[i]))
			snap->tasks[kept++] = snap->tasks[i];
	snap->n_tasks = kept;
}

void snapshot_keep_tasks(struct snapshot *snap, const uint64_t *pids, size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < snap->n_tasks; i++)
		if (task_is_of(&snap->tasks[i], pids, n))
			snap->tasks[kept++] = snap->tasks[i];
	snap->n_tasks = kept;
}

void snapshot_drop_vmas(struct snapshot *snap)
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

const char *mapping_name(const struct vma *vma)
{
	return KNOWN(vma, MEMCENSUS_VMA_NAME) ? vma->name : MAPPING_UNNAMED;
}
