// SPDX-License-Identifier: GPL-2.0
/* The memory of processes at a point in time, by stack. */
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "model/pages.h"
#include "os/pagemap.h"
#include "os/process.h"
#include "tools/flame/moment.h"
#include "wire/source.h"

/* The default of fault_around_bytes in debugfs. */
#define AROUND_BYTES	65536

int flame_pages(void *context, struct snapshot *snap, uint32_t pid, struct failure *why)
{
	struct source *source = context;
	const struct request request = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
		.pids = { 1, &(uint64_t){ pid } },
	};
	const struct task *task;

	if (source->ops->take(source, &request, snap, why) != TAKE_DONE)
		return -1;
	task = snap->n_tasks ? &snap->tasks[0] : NULL;
	if (!task || task_is_gone(task))
		return fail(why, FAIL_NO_PROCESS, "no such process: PID %" PRIu32, pid);
	if (!KNOWN(&task->figures, MEMCENSUS_F_RSS) || !page_size_of(snap) ||
	    task->state == MEMCENSUS_STATE_PARTIAL)
		return fail(why, FAIL_SYSTEM,
			    "process %" PRIu32 " is busy: its pages could not be read; try again",
			    pid);
	return pagemap_read(snap, 0, UINT64_MAX, why);
}

int flame_moment_take(struct flame_moment *moment, const struct fault_record *record,
		      flame_pages_fn *fn, void *context, struct failure *why)
{
	struct flame_census *census;
	size_t i;

	moment->time = signals_realtime();
	moment->censuses = xcalloc(record->n, sizeof(*moment->censuses));
	for (i = 0; i < record->n; i++) {
		census = &moment->censuses[moment->n_censuses];
		*census = (struct flame_census){ record->v[i]->pid, snapshot_new() };
		if (fn(context, census->snap, census->pid, why)) {
			snapshot_free(census->snap);
			/* It ended in between. */
			if (process_is_gone(census->pid))
				continue;
			return -1;
		}
		moment->n_censuses++;
		moment->processes++;
	}
	if (moment->n_censuses)
		return 0;
	return fail(why, FAIL_NO_PROCESS,
		    "no process is left to count: all have ended; '--by faulted' needs none");
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* A copy of @name, which @moment has once. */
static const char *keep_name(struct flame_moment *moment, const char *name)
{
	char **found = tfind(name, &moment->names, compare_names);

	if (!found)
		found = tsearch(xstrdup(name), &moment->names, compare_names);
	if (!found)
		memory_failed();
	return *found;
}

/**
 * struct join - sums of one mapping
 * @resident, @exclusive: pages by stack
 * @used, @n: numbers of stacks with pages
 */
struct join {
	uint32_t *resident;
	uint32_t *exclusive;
	uint32_t *used;
	size_t n;
};

static uint32_t stack_around(const struct page_stacks *pages, uint64_t number,
			     uint64_t first, uint64_t end, uint64_t page)
{
	const uint64_t n = AROUND_BYTES / page;
	uint64_t at = number / n * n, last = at + n;
	uint32_t stack = STACK_NONE;

	at = at < first ? first : at;
	for (last = last > end ? end : last; at < last && stack == STACK_NONE; at++)
		stack = page_stacks_get(pages, at);
	return stack;
}

static void count_page(struct join *join, const struct vma *vma, uint64_t page,
		       const struct page_block *block, unsigned int bit,
		       const struct page_stacks *pages)
{
	const uint64_t number = block->address / page + bit;
	uint32_t stack = page_stacks_get(pages, number);

	if (stack == STACK_NONE && block->huge >> bit & 1)
		stack = page_stacks_last(pages, number);
	if (stack == STACK_NONE && vma->inode)
		stack = stack_around(pages, number, vma->start / page, vma->end / page, page);
	if (!join->resident[stack])
		join->used[join->n++] = stack;
	join->resident[stack]++;
	join->exclusive[stack] += block->exclusive >> bit & 1;
}

/* Turns the sums of a mapping into shares and clears them. */
static void add_shares(struct flame_moment *moment, struct join *join, const char *process,
		       const char *name, uint64_t page)
{
	struct flame_share share = {
		.process = process,
		.area = keep_name(moment, *name ? name : "[anon]"),
	};

	while (join->n) {
		share.stack = join->used[--join->n];
		share.resident = join->resident[share.stack] * page;
		share.exclusive = join->exclusive[share.stack] * page;
		moment->v = array_grow(moment->v, moment->n, sizeof(share));
		moment->v[moment->n++] = share;
		moment->resident += share.resident;
		moment->exclusive += share.exclusive;
		join->resident[share.stack] = 0;
		join->exclusive[share.stack] = 0;
	}
}

static void join_census(struct flame_moment *moment, struct join *join,
			const struct flame_census *census, const struct fault_record *record)
{
	static const struct page_stacks none;
	const struct snapshot *snap = census->snap;
	const uint64_t page = page_size_of(snap);
	const struct fault_process *process = fault_record_find(record, census->pid);
	const char *name = keep_name(moment, process ? process->name : "[ended]");
	const struct vma *vma;
	struct page_block block;
	size_t at = 0, here;
	uint64_t left;

	for (vma = snap->vmas; vma < snap->vmas + snap->n_vmas; vma++) {
		/* Pages of hugetlb are not in RSS. */
		if (KNOWN(vma, MEMCENSUS_VMA_PAGE_SIZE) && vma->page_size > page)
			continue;
		here = at;
		while (pages_next(snap, &at, &here, vma->start, vma->end, &block))
			for (left = block.resident; left; left &= left - 1)
				count_page(join, vma, page, &block,
					   (unsigned int)__builtin_ctzll(left),
					   process ? &process->pages : &none);
		if (join->n)
			add_shares(moment, join, name, vma->name ?: "", page);
	}
}

static void free_censuses(struct flame_moment *moment)
{
	while (moment->n_censuses)
		snapshot_free(moment->censuses[--moment->n_censuses].snap);
	free(moment->censuses);
	moment->censuses = NULL;
}

void flame_moment_join(struct flame_moment *moment, const struct fault_record *record)
{
	const size_t n = record->stacks.n + STACK_FIRST;
	struct join join = {
		.resident = xcalloc(n, sizeof(uint32_t)),
		.exclusive = xcalloc(n, sizeof(uint32_t)),
		.used = xcalloc(n, sizeof(uint32_t)),
	};
	size_t i;

	for (i = 0; i < moment->n_censuses; i++)
		join_census(moment, &join, &moment->censuses[i], record);
	free(join.resident);
	free(join.exclusive);
	free(join.used);
	free_censuses(moment);
}

void flame_moment_free(struct flame_moment *moment)
{
	free_censuses(moment);
	tdestroy(moment->names, free);
	free(moment->v);
	*moment = (struct flame_moment){ .n = 0 };
}
