// SPDX-License-Identifier: GPL-2.0
/* What the page faults of some processes have left. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/fault-record.h"
#include "host/process.h"
#include "host/procfs.h"

/* Index of the first process whose PID is not below @pid. */
static size_t place_of(const struct fault_record *record, uint32_t pid)
{
	size_t low = 0, high = record->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (record->v[middle]->pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct fault_process *fault_record_find(const struct fault_record *record, uint32_t pid)
{
	const size_t at = place_of(record, pid);

	return at < record->n && record->v[at]->pid == pid ? record->v[at] : NULL;
}

static void free_process(struct fault_record *record, struct fault_process *process)
{
	code_maps_free(&process->maps);
	page_stacks_clear(&process->pages, &record->budget);
	free(process);
}

static void remove_process(struct fault_record *record, uint32_t pid)
{
	const size_t at = place_of(record, pid);

	free_process(record, record->v[at]);
	memmove(record->v + at, record->v + at + 1,
		(--record->n - at) * sizeof(struct fault_process *));
}

/* The process @pid, which may be new; NULL in @process: too many. 0, or -1 and @why. */
static int get_process(struct fault_record *record, uint32_t pid,
		       struct fault_process **process, struct failure *why)
{
	const size_t at = place_of(record, pid);
	struct fault_process **v;

	*process = at < record->n && record->v[at]->pid == pid ? record->v[at] : NULL;
	if (*process || record->n == FAULT_PROCESSES_MAX)
		return 0;
	if (!(record->n & (record->n - 1))) {
		v = reallocarray(record->v, record->n ? 2 * record->n : 1,
				 sizeof(struct fault_process *));
		if (!v)
			return fail_memory(why);
		record->v = v;
	}
	*process = calloc(1, sizeof(**process));
	if (!*process)
		return fail_memory(why);
	(*process)->pid = pid;
	(*process)->threads = 1;
	strcpy((*process)->name, "[unknown]");
	memmove(record->v + at + 1, record->v + at,
		(record->n++ - at) * sizeof(struct fault_process *));
	record->v[at] = *process;
	return 0;
}

static uint32_t count_threads(uint32_t pid)
{
	struct failure gone;
	struct dirent *entry;
	uint32_t n = 0;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "%" PRIu32 "/task", pid);
	dir = procfs_open_dir(path, &gone);
	while (dir && (entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}

int fault_record_begin(struct fault_record *record, uint32_t pid, struct failure *why)
{
	struct fault_process *process;

	*record = (struct fault_record){ .page = (uint64_t)sysconf(_SC_PAGESIZE) };
	record->budget.most = PAGE_STACKS_BYTES;
	if (!pid)
		return 0;
	if (get_process(record, pid, &process, why) ||
	    code_maps_read(&process->maps, &record->objects, pid, why))
		return -1;
	process->threads = count_threads(pid);
	if (process_read(pid, "comm", process->name, sizeof(process->name)))
		process->name[strcspn(process->name, "\n")] = '\0';
	return 0;
}

static int add_fork(struct fault_record *record, const struct fault_event *event,
		    struct failure *why)
{
	const struct fault_process *parent = fault_record_find(record, event->parent);
	struct fault_process *process;

	if (get_process(record, event->pid, &process, why))
		return -1;
	if (!process)
		return 0;
	if (event->parent == event->pid) {
		process->threads++;
		return 0;
	}
	/* A process with this PID was forgotten with a lost record. */
	code_maps_free(&process->maps);
	page_stacks_clear(&process->pages, &record->budget);
	process->threads = 1;
	if (!parent)
		return 0;
	memcpy(process->name, parent->name, sizeof(process->name));
	if (code_maps_copy(&process->maps, &parent->maps, why))
		return -1;
	if (!page_stacks_copy(&process->pages, &parent->pages, &record->budget))
		record->budget.dropped++;
	return 0;
}

/* The last thread ends the process, unless a record of a new thread was lost. */
static void add_exit(struct fault_record *record, const struct fault_event *event)
{
	struct fault_process *process = fault_record_find(record, event->pid);

	if (!process || (process->threads && --process->threads))
		return;
	if (process_is_gone(event->pid) || event->pid != event->tid)
		remove_process(record, event->pid);
}

static int add_mapping(struct fault_record *record, const struct fault_event *event,
		       struct failure *why)
{
	const struct code_mapping mapping = {
		.pid = event->pid, .start = event->start, .end = event->end,
		.offset = event->offset, .major = event->major, .minor = event->minor,
		.inode = event->inode, .name = event->name,
	};
	struct fault_process *process;

	if (get_process(record, event->pid, &process, why))
		return -1;
	return process ? code_maps_add(&process->maps, &record->objects, &mapping, why) : 0;
}

static int add_name(struct fault_record *record, const struct fault_event *event,
		    struct failure *why)
{
	struct fault_process *process;

	if (get_process(record, event->pid, &process, why))
		return -1;
	if (!process)
		return 0;
	/* Threads have names of their own. */
	if (event->exec || event->pid == event->tid)
		snprintf(process->name, sizeof(process->name), "%s", event->name);
	if (event->exec) {
		code_maps_free(&process->maps);
		page_stacks_clear(&process->pages, &record->budget);
	}
	return 0;
}

/* Files are the same wherever they are mapped: their frames have offsets. */
static struct frame frame_of(const struct fault_record *record,
			     const struct fault_process *process, uint64_t addr)
{
	const struct code_map *map = code_maps_find(&process->maps, addr);

	if (!map)
		return (struct frame){ 0, CODE_UNKNOWN };
	switch (record->objects.v[map->object].kind) {
	case CODE_FILE:
		return (struct frame){ addr - map->start + map->offset, map->object };
	case CODE_JIT:
		return (struct frame){ addr, map->object };
	default:
		return (struct frame){ 0, map->object };
	}
}

static int add_fault(struct fault_record *record, const struct fault_event *event,
		     struct failure *why)
{
	struct frame frames[FAULT_DEPTH];
	const uint64_t *ips = event->ips;
	struct fault_process *process;
	struct unwound unwound;
	size_t n = event->n_ips, i;
	uint32_t stack;

	record->faults++;
	if (get_process(record, event->pid, &process, why))
		return -1;
	if (!process) {
		record->no_process++;
		return 0;
	}
	if (record->unwinder) {
		if (record->unwinder->unwind(record->unwinder->context, process,
					     &record->objects, event, &unwound)) {
			ips = unwound.ips;
			n = unwound.n;
		} else {
			record->not_unwound++;
		}
	}
	/* A return address may be the first of the next function. */
	for (i = 0; i < n; i++)
		frames[i] = frame_of(record, process, ips[i] - (i > 0));
	if (!n)
		frames[n++] = (struct frame){ 0, CODE_UNKNOWN };
	stack = stacks_add(&record->stacks, frames, n);
	page_stacks_set(&process->pages, &record->budget, event->addr / record->page, stack);
	return 0;
}

int fault_record_add(void *context, const struct fault_event *event, struct failure *why)
{
	struct fault_record *record = context;

	switch (event->kind) {
	case FAULT_PAGE:
		return add_fault(record, event, why);
	case FAULT_MMAP:
		return add_mapping(record, event, why);
	case FAULT_COMM:
		return add_name(record, event, why);
	case FAULT_FORK:
		return add_fork(record, event, why);
	case FAULT_EXIT:
		add_exit(record, event);
		return 0;
	}
	return 0;
}

void fault_record_free(struct fault_record *record)
{
	while (record->n)
		free_process(record, record->v[--record->n]);
	free(record->v);
	stacks_free(&record->stacks);
	code_objects_free(&record->objects);
}
