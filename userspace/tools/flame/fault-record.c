// SPDX-License-Identifier: GPL-2.0
/* What the page faults of some processes have left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/process.h"
#include "tools/flame/fault-record.h"
#include "tools/flame/unwind.h"

/* Index of the first process whose PID is not below @pid. */
static size_t find_place(const struct fault_record *record, uint32_t pid)
{
	return FIRST_NOT(record->n, i, record->v[i]->pid < pid);
}

struct fault_process *fault_record_find(const struct fault_record *record, uint32_t pid)
{
	const size_t at = find_place(record, pid);

	return at < record->n && record->v[at]->pid == pid ? record->v[at] : NULL;
}

static void forget_memory(struct fault_record *record, struct fault_process *process)
{
	code_maps_free(&process->maps);
	page_stacks_clear(&process->pages, &record->budget);
}

static void free_process(struct fault_record *record, struct fault_process *process)
{
	forget_memory(record, process);
	free(process);
}

/* The process @pid, which may be new; NULL: there are too many. */
static struct fault_process *get_process(struct fault_record *record, uint32_t pid)
{
	const size_t at = find_place(record, pid);
	struct fault_process *process;

	if (at < record->n && record->v[at]->pid == pid)
		return record->v[at];
	if (record->n == FAULT_PROCESSES_MAX)
		return NULL;
	process = xcalloc(1, sizeof(*process));
	process->pid = pid;
	process->threads = 1;
	strcpy(process->name, "[unknown]");
	record->v = array_grow(record->v, record->n, sizeof(process));
	memmove(record->v + at + 1, record->v + at, (record->n++ - at) * sizeof(process));
	record->v[at] = process;
	return process;
}

void fault_record_begin(struct fault_record *record)
{
	*record = (struct fault_record){ .page = (uint64_t)sysconf(_SC_PAGESIZE) };
	record->budget.most = PAGE_STACKS_BYTES;
}

int fault_record_process(struct fault_record *record, uint32_t pid, struct failure *why)
{
	struct fault_process *process = get_process(record, pid);
	struct ids threads = { NULL, 0 };

	if (!process)
		return fail(why, FAIL_SYSTEM, "more than %d processes at the same time",
			    FAULT_PROCESSES_MAX);
	if (code_maps_read(&process->maps, &record->objects, pid, why))
		return -1;
	process_threads(&threads, pid);
	process->threads = (uint32_t)threads.n;
	ids_free(&threads);
	process_comm(pid, process->name, sizeof(process->name));
	return 0;
}

static void add_fork(struct fault_record *record, const struct fault_event *event)
{
	const struct fault_process *parent = fault_record_find(record, event->parent);
	struct fault_process *process = get_process(record, event->pid);

	if (!process)
		return;
	if (event->parent == event->pid) {
		process->threads++;
		return;
	}
	/* A process with this PID was forgotten with a lost record. */
	forget_memory(record, process);
	process->threads = 1;
	if (!parent)
		return;
	memcpy(process->name, parent->name, sizeof(process->name));
	code_maps_copy(&process->maps, &parent->maps);
	if (!page_stacks_copy(&process->pages, &parent->pages, &record->budget))
		record->budget.dropped++;
}

/* The last thread ends the process, unless a record of a new thread was lost. */
static void add_exit(struct fault_record *record, const struct fault_event *event)
{
	struct fault_process *process = fault_record_find(record, event->pid);
	const size_t at = find_place(record, event->pid);

	if (!process || (process->threads && --process->threads) ||
	    (event->pid == event->tid && !process_is_gone(event->pid)))
		return;
	free_process(record, process);
	memmove(record->v + at, record->v + at + 1, (--record->n - at) * sizeof(process));
}

static void add_mapping(struct fault_record *record, const struct fault_event *event)
{
	struct fault_process *process = get_process(record, event->pid);

	if (process)
		code_maps_add(&process->maps, &record->objects, &event->mapping);
}

static void add_name(struct fault_record *record, const struct fault_event *event)
{
	struct fault_process *process = get_process(record, event->pid);

	if (!process)
		return;
	/* Threads have names of their own. */
	if (event->exec || event->pid == event->tid)
		snprintf(process->name, sizeof(process->name), "%s", event->name);
	if (event->exec)
		forget_memory(record, process);
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

static void add_fault(struct fault_record *record, const struct fault_event *event)
{
	struct fault_process *process = get_process(record, event->pid);
	struct frame frames[FAULT_DEPTH];
	const uint64_t *ips = event->ips;
	struct unwound unwound;
	size_t n = event->n_ips, i;
	uint32_t stack;

	record->faults++;
	if (!process) {
		record->no_process++;
		return;
	}
	if (record->unwinder &&
	    unwind_event(record->unwinder, &process->maps, &record->objects, event, &unwound)) {
		ips = unwound.ips;
		n = unwound.n;
	} else if (record->unwinder) {
		record->not_unwound++;
	}
	/* A return address may be the first of the next function. */
	for (i = 0; i < n; i++)
		frames[i] = frame_of(record, process, ips[i] - (i > 0));
	if (!n)
		frames[n++] = (struct frame){ 0, CODE_UNKNOWN };
	stack = stacks_add(&record->stacks, frames, n);
	page_stacks_set(&process->pages, &record->budget, event->addr / record->page, stack);
}

void fault_record_add(void *context, const struct fault_event *event)
{
	struct fault_record *record = context;

	switch (event->kind) {
	case FAULT_PAGE:
		return add_fault(record, event);
	case FAULT_MMAP:
		return add_mapping(record, event);
	case FAULT_COMM:
		return add_name(record, event);
	case FAULT_FORK:
		return add_fork(record, event);
	case FAULT_EXIT:
		return add_exit(record, event);
	}
}

void fault_record_free(struct fault_record *record)
{
	while (record->n)
		free_process(record, record->v[--record->n]);
	free(record->v);
	stacks_free(&record->stacks);
	code_objects_free(&record->objects);
}
