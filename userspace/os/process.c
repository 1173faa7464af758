// SPDX-License-Identifier: GPL-2.0
/* What /proc says about a process of this machine. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/descend.h"
#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "model/snapshot.h"
#include "os/process.h"
#include "os/procfs.h"

size_t process_read(uint32_t pid, const char *name, char *text, size_t size)
{
	char path[48];

	snprintf(path, sizeof(path), "%" PRIu32 "/%s", pid, name);
	return procfs_read_into(path, text, size);
}

bool process_comm(uint32_t pid, char *comm, size_t size)
{
	const bool found = process_read(pid, "comm", comm, size);

	if (found)
		comm[strcspn(comm, "\n")] = '\0';
	return found;
}

/* Fields of /proc/PID/stat, counted from the state: threads, start and heap. */
#define THREADS_AFTER_STATE	17
#define START_AFTER_STATE	19
#define HEAP_AFTER_STATE	44

struct process_state process_state(uint32_t pid)
{
	struct process_state state = { 0 };
	char line[2048], *at, *field;
	int i;

	if (!process_read(pid, "stat", line, sizeof(line)))
		return state;
	/* The name, in parentheses, may contain any character. */
	at = strrchr(line, ')');
	if (!at || at[1] != ' ' || !at[2])
		return state;
	at += 2;
	state.letter = *at;
	for (i = 0; (field = strsep(&at, " ")); i++) {
		if (i == THREADS_AFTER_STATE)
			state.threads = strtoull(field, NULL, 10);
		if (i == START_AFTER_STATE)
			state.start = strtoull(field, NULL, 10);
		if (i == HEAP_AFTER_STATE)
			state.heap = strtoull(field, NULL, 10);
	}
	return state;
}

/* Bytes before the groups, of which a process may have many. */
#define STATUS_SIZE	1024

/* What @format reads behind @key in /proc/@pid/status, before the groups; or @other. */
static uint32_t status_number(uint32_t pid, const char *key, const char *format, uint32_t other)
{
	char text[STATUS_SIZE];
	uint32_t number = other;
	const char *value;

	process_read(pid, "status", text, sizeof(text));
	/* The kernel escapes newlines in the name, which comes first. */
	value = text_value(text, key);
	if (value)
		sscanf(value, format, &number);
	return number;
}

uint32_t process_own(void)
{
	char number[32];

	return procfs_link("self", number, sizeof(number)) ?
	       (uint32_t)strtoul(number, NULL, 10) : 0;
}

uint32_t process_of(uint32_t tid)
{
	return status_number(tid, "Tgid:", "%" SCNu32, tid);
}

uint32_t process_parent(uint32_t pid)
{
	return status_number(pid, "PPid:", "%" SCNu32, 0);
}

uint32_t process_thread_count(uint32_t pid)
{
	return (uint32_t)process_state(pid).threads;
}

bool process_user(uint32_t pid, uint32_t *uid)
{
	/* -1 is not a valid UID. */
	*uid = status_number(pid, "Uid:", "%*u %" SCNu32, UINT32_MAX);
	return *uid != UINT32_MAX;
}

bool process_is_same(uint32_t pid, uint64_t start)
{
	const uint64_t tick = NSEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);

	return !start || process_state(pid).start == start / tick;
}

bool process_is_task(const struct task *task)
{
	return process_is_same((uint32_t)task->pid,
			       KNOWN(task, MEMCENSUS_TASK_START_NS) ? task->start : 0);
}

bool process_is_gone(uint32_t pid)
{
	const struct process_state state = process_state(pid);

	return !state.letter || state.letter == 'X' ||
	       (state.letter == 'Z' && state.threads <= 1);
}

void ids_append(struct ids *ids, uint64_t id)
{
	ids->v = array_grow(ids->v, ids->n, sizeof(*ids->v));
	ids->v[ids->n++] = id;
}

bool ids_add(struct ids *ids, uint32_t id)
{
	size_t i;

	/* The newest are mostly at the end. */
	for (i = ids->n; i > 0; i--)
		if (ids->v[i - 1] == id)
			return false;
	ids_append(ids, id);
	return true;
}

void ids_sort(struct ids *ids)
{
	size_t i, n = 0;

	if (ids->n)
		qsort(ids->v, ids->n, sizeof(*ids->v), compare_u64);
	for (i = 0; i < ids->n; i++)
		if (!n || ids->v[i] != ids->v[n - 1])
			ids->v[n++] = ids->v[i];
	ids->n = n;
}

void ids_free(struct ids *ids)
{
	free(ids->v);
	*ids = (struct ids){ NULL, 0 };
}

bool process_threads(struct ids *ids, uint32_t pid)
{
	struct failure gone;
	struct dirent *entry;
	char path[48];
	DIR *dir;

	snprintf(path, sizeof(path), "%" PRIu32 "/task", pid);
	dir = procfs_open_dir(path, &gone);
	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		if (*entry->d_name != '.')
			ids_add(ids, (uint32_t)strtoul(entry->d_name, NULL, 10));
	closedir(dir);
	return true;
}

/* Kernel threads and zombies have no address space: all sizes are 0. */
static bool has_memory(uint32_t tid)
{
	char sizes[128];

	return process_read(tid, "statm", sizes, sizeof(sizes)) && strtoull(sizes, NULL, 10);
}

/* A thread of @pid that has memory; 0: there is none. */
static uint32_t thread_with_memory(uint32_t pid)
{
	uint32_t tid, living = 0;
	struct failure gone;
	struct dirent *entry;
	char path[48];
	DIR *dir;

	if (has_memory(pid))
		return pid;
	if (process_state(pid).threads <= 1)
		return 0;
	snprintf(path, sizeof(path), "%" PRIu32 "/task", pid);
	dir = procfs_open_dir(path, &gone);
	while (dir && !living && (entry = readdir(dir))) {
		tid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (tid && has_memory(tid))
			living = tid;
	}
	if (dir)
		closedir(dir);
	return living;
}

uint32_t process_living_thread(uint32_t pid)
{
	return thread_with_memory(pid) ?: pid;
}

int process_all(struct ids *ids, struct failure *why)
{
	DIR *dir = procfs_open_dir(".", why);
	struct dirent *entry;
	uint32_t pid;

	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (pid && thread_with_memory(pid))
			ids_append(ids, pid);
	}
	closedir(dir);
	return 0;
}

int process_trees(struct ids *ids, const uint64_t *roots, size_t n, struct failure *why)
{
	struct ids all = { NULL, 0 };
	struct descendant *v;
	size_t i, k;

	if (process_all(&all, why)) {
		ids_free(&all);
		return -1;
	}
	v = xcalloc(all.n, sizeof(*v));
	for (i = 0; i < all.n; i++) {
		v[i].pid = all.v[i];
		v[i].parent = process_parent(all.v[i]);
		for (k = 0; k < n && !v[i].in; k++)
			v[i].in = roots[k] == all.v[i];
	}
	descend(v, all.n);
	for (i = 0; i < all.n; i++) {
		if (!v[i].in)
			continue;
		ids_append(ids, v[i].pid);
	}
	free(v);
	ids_free(&all);
	return ids->n ? 0 : fail(why, FAIL_NO_PROCESS,
				 "no such process, or one without memory: PID %" PRIu64, roots[0]);
}
