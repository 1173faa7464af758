// SPDX-License-Identifier: GPL-2.0
/* What ends with some processes together. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "os/cgroups.h"
#include "stopped/hidden.h"
#include "stopped/objects.h"
#include "stopped/together.h"
#include "wire/mappings.h"

/*
 * Returns a process that is in the list, or outside of it if @outside, among those that have
 * the address space of @task; 0: there is none.
 */
static uint64_t among(const struct stopping *s, const struct task *task, bool outside)
{
	size_t i;

	if (ids_have(&s->pids, task->pid) != outside)
		return task->pid;
	for (i = 0; KNOWN(task, MEMCENSUS_TASK_PEERS) && i < task->peers.n; i++)
		if (ids_have(&s->pids, task->peers.v[i]) != outside)
			return task->peers.v[i];
	/* A list that is not whole may leave one out. */
	return outside && KNOWN(task, MEMCENSUS_TASK_NR_PEERS) &&
	       task->nr_peers > task->peers.n ? task->pid : 0;
}

/*
 * Counts what the processes have together.  An address space that another process has too
 * does not end: then again without those of the list that have it.
 */
static int count_stopped(struct stopping *s, struct failure *why)
{
	uint64_t other = 0;
	size_t i;

	if (stopping_take(s, &s->pids, why))
		return -1;
	for (i = 0; i < s->snap->n_tasks; i++) {
		const struct task *task = &s->snap->tasks[i];
		const uint64_t lives = among(s, task, true);

		if (task_is_gone(task))
			continue;
		if (!lives) {
			ids_append(&s->own, task->pid);
			continue;
		}
		other = lives;
		fprintf(stderr, "memcensus: process %" PRIu64 " shares its address space with %"
			PRIu64 ", which does not end: only its kernel stacks come back\n",
			among(s, task, false), other);
	}
	if (!other)
		return 0;
	if (!s->own.n)
		return fail(why, FAIL_NO_PROCESS,
			    "no address space would end: name process %" PRIu64 " too", other);
	ids_sort(&s->own);
	return stopping_take(s, &s->own, why);
}

static bool note_mappings(void *context, const struct snapshot *others)
{
	struct stopping *s = context;
	size_t i;

	for (i = 0; i < others->n_vmas; i++)
		holders_map(&s->sums.holders, &others->vmas[i], GROUP_NONE, false);
	return true;
}

/* Whether a file from index @at on dies; moves @at there: one that does not never will again. */
static bool some_file_dies(const struct stopping *s, size_t *at)
{
	for (; *at < s->sums.holders.n_files; ++*at)
		if (holders_outcome(&s->sums.holders, &s->sums.holders.files[*at], 0,
				    sums_are_unsure(&s->sums, 0)) == OUTCOME_DIES)
			return true;
	return false;
}

/*
 * Finds the other processes that have these files, if a file could die: by a census of
 * their mappings, which a stuck process does not block, and by their open files.
 */
static int find_others(struct stopping *s, const struct ids *all, struct failure *why)
{
	struct ids others = { NULL, 0 };
	size_t i, file = 0, unread = 0;
	int ret;

	if (!some_file_dies(s, &file))
		return 0;
	for (i = 0; i < all->n; i++)
		if (!ids_have(&s->pids, all->v[i]))
			ids_append(&others, all->v[i]);
	ret = mappings_each(s->session->source, MEMCENSUS_PART_MEMORY_VMAS, &others,
			    note_mappings, s, &unread, why);
	s->sums.unread += unread;
	for (i = 0; !ret && i < others.n && some_file_dies(s, &file); i++)
		stopping_add_descriptors(s, (uint32_t)others.v[i], GROUP_NONE, true);
	ids_free(&others);
	return ret;
}

static void add_charged(struct stopping *s, const char *path)
{
	char *dir = cgroup_file(path, ".");

	if (!dir)
		return;
	/* Without the "/." at its end. */
	dir[strlen(dir) - 2] = '\0';
	s->charged = array_grow(s->charged, s->n_charged, sizeof(*s->charged));
	s->charged[s->n_charged++] = dir;
}

/* Whether what is charged to directory @number is charged to another one too, which is above it. */
static bool is_in_another(const struct stopping *s, size_t number)
{
	const char *dir = s->charged[number];
	size_t i, len;

	for (i = 0; i < s->n_charged; i++) {
		len = strlen(s->charged[i]);
		if (i != number && !strncmp(dir, s->charged[i], len) &&
		    (dir[len] == '/' || (!dir[len] && i < number)))
			return true;
	}
	return false;
}

/* The cgroups together. */
static void add_charges(struct stopping *s, struct stopped *sum)
{
	size_t i;

	for (i = 0; i < s->n_cgroups; i++)
		add_charged(s, s->cgroups[i]);
	if (s->n_charged)
		stopped_begin_charges(sum);
	for (i = 0; i < s->n_charged; i++)
		if (!is_in_another(s, i))
			stopped_add_charges(sum, s->charged[i]);
}

int together_add(struct stopping *s, struct failure *why)
{
	struct ids all = { NULL, 0 };
	size_t i;
	int ret;

	if (stopping_sort(s, why) || count_stopped(s, why))
		return -1;
	sums_begin(&s->sums, 1, s->snap->info.page_size);
	s->sums.v->processes = s->pids.n;
	for (i = 0; i < s->snap->n_tasks; i++)
		s->sums.v->mms += !task_is_gone(&s->snap->tasks[i]);
	for (i = 0; i < s->snap->n_vmas; i++)
		stopping_add_mapping(s, &s->snap->vmas[i], 0);
	for (i = 0; i < s->pids.n; i++) {
		stopping_add_threads(s->sums.v, process_thread_count(s->pids.v[i]));
		stopping_add_descriptors(s, s->pids.v[i], 0, true);
	}
	ret = process_all(&all, why) || objects_ask(s, why) || find_others(s, &all, why) ? -1 : 0;
	if (!ret)
		hidden_find(s, all.v, NULL, all.n);
	ids_free(&all);
	if (ret)
		return ret;
	add_charges(s, s->sums.v);
	sums_end(&s->sums, s->snap);
	return 0;
}
