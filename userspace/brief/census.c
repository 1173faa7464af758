// SPDX-License-Identifier: GPL-2.0
/* What stands out in a census: processes, and the parts of MemTotal. */
#include <inttypes.h>
#include <stdlib.h>

#include "brief/census.h"
#include "brief/facts.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/breakdown.h"
#include "os/tmpfs.h"

static void add_busy(struct brief *brief, const struct snapshot *snap)
{
	const struct task *first = NULL;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < snap->n_tasks; i++) {
		if (!KNOWN(&snap->tasks[i], MEMCENSUS_TASK_STATE) ||
		    snap->tasks[i].state != MEMCENSUS_STATE_BUSY)
			continue;
		if (!n++)
			first = &snap->tasks[i];
	}
	if (n)
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_BUSY, .amount = n, .pid = first->pid,
			.who = fact_process(first) });
}

static void add_pinned(struct brief *brief, const struct snapshot *snap)
{
	const struct task *task;

	for (task = snap->tasks; task < snap->tasks + snap->n_tasks; task++)
		if (KNOWN(&task->figures, MEMCENSUS_F_PINNED) &&
		    task->figures.v[MEMCENSUS_F_PINNED])
			brief_add(brief, &(struct brief_fact){
				.rule = BRIEF_PINNED, .pid = task->pid,
				.amount = task->figures.v[MEMCENSUS_F_PINNED],
				.who = fact_process(task) });
}

/* All of it, and the process that has locked most addresses. */
static void add_locked(struct brief *brief, const struct snapshot *snap)
{
	const struct amount locked = amount_total(snap, MEM_MLOCKED);
	const struct task *task, *most = NULL;

	for (task = snap->tasks; task < snap->tasks + snap->n_tasks; task++)
		if (KNOWN(&task->figures, MEMCENSUS_F_MLOCKED) &&
		    task->figures.v[MEMCENSUS_F_MLOCKED] &&
		    (!most || task->figures.v[MEMCENSUS_F_MLOCKED] >
			      most->figures.v[MEMCENSUS_F_MLOCKED]))
			most = task;
	if (locked.known && locked.bytes > 0)
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_LOCKED, .amount = (uint64_t)locked.bytes,
			.pid = most ? most->pid : 0, .who = most ? fact_process(most) : NULL });
}

void facts_of_processes(struct brief *brief, const struct snapshot *snap)
{
	if (!snap->n_tasks) {
		brief_look_failed(brief, BRIEF_LOOK_PROCESSES, xstrdup("none in the census"));
		return;
	}
	add_busy(brief, snap);
	add_pinned(brief, snap);
	add_locked(brief, snap);
	brief_look(brief, BRIEF_LOOK_PROCESSES, NULL, NULL);
}

/* The tmpfs that has most. */
static char *largest_tmpfs(const struct snapshot *snap)
{
	const struct tmpfs *most = NULL;
	struct tmpfs_list list;
	char size[NUMBER_SIZE], *text = NULL;
	size_t i;

	tmpfs_of_text(snap, &list);
	for (i = 0; i < list.n; i++)
		if (!most || list.v[i].used > most->used)
			most = &list.v[i];
	if (most && most->used >= BRIEF_LEAST) {
		text_size(size, (double)most->used);
		text = xasprintf("tmpfs %s has %s", most->at, size);
	}
	tmpfs_free(&list);
	return text;
}

void facts_of_system(struct brief *brief, const struct snapshot *snap)
{
	const struct breakdown breakdown = breakdown_of(snap);
	const struct amount unmapped = breakdown_part(&breakdown, "shmem_unmapped");
	const struct amount unaccounted = breakdown_part(&breakdown, "unaccounted");

	if (unmapped.known && unmapped.bytes > 0)
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_UNMAPPED, .amount = (uint64_t)unmapped.bytes,
			.who = largest_tmpfs(snap) });
	if (unaccounted.known && unaccounted.bytes > 0)
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_UNACCOUNTED, .amount = (uint64_t)unaccounted.bytes });
}
