// SPDX-License-Identifier: GPL-2.0
/* The state of a run that asks what ends with processes. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "os/descriptors.h"
#include "stopped/stopping.h"

bool ids_have(const struct ids *ids, uint64_t id)
{
	return ids->n && bsearch(&id, ids->v, ids->n, sizeof(id), compare_u64);
}

/* Adds what the processes of @ids have open.  Those of GROUP_NONE add no file. */
struct opening {
	struct stopping *stopping;
	uint32_t pid;
	size_t group;
};

static void note_open(void *context, const struct file_number *number, const char *name,
		      const char *path)
{
	const struct opening *opening = context;

	holders_open(&opening->stopping->sums.holders, number, name, path, opening->pid,
		     opening->group, opening->group != GROUP_NONE);
}

void stopping_add_mapping(struct stopping *s, const struct vma *vma, size_t group)
{
	holders_map(&s->sums.holders, vma, group, true);
	if (group != GROUP_NONE)
		stopped_map_object(&s->sums.v[group], vma);
}

static void note_object(void *context, const struct descriptor *descriptor)
{
	const struct opening *opening = context;

	holders_open_object(&opening->stopping->sums.holders, descriptor, opening->pid,
			    opening->group, opening->group != GROUP_NONE);
}

void stopping_add_descriptors(struct stopping *s, uint32_t pid, size_t group, bool ask)
{
	struct opening opening = { s, pid, group };
	struct held_others held = { .ask_in_flight = ask, .object = note_object };
	const bool whole = held_files_each(pid, note_open, &opening, &held, &s->left);
	struct stopped *sum;

	s->sums.in_flight += held.in_flight;
	s->sums.unread += !whole;
	if (group == GROUP_NONE)
		return;
	sum = &s->sums.v[group];
	sum->in_flight += held.in_flight;
	sum->unread += !whole;
	stopped_add(sum, MEMORY_PIPES, amount_of(true, held.pipes));
	stopped_add(sum, MEMORY_SOCKETS, amount_of(true, held.sockets));
	stopped_add(sum, MEMORY_IO_URINGS, amount_of(true, held.io_urings));
}

void stopping_add_threads(struct stopped *sum, uint32_t threads)
{
	stopped_add(sum, MEMORY_THREADS, amount_of(threads, threads));
}

void stopping_begin(struct stopping *s, struct session *session, uint8_t group_by)
{
	*s = (struct stopping){ .session = session, .left = DESCRIPTORS_MOST };
	session->request.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_MEMORY_VMAS;
	session->request.totals = true;
	session->request.group_by = group_by;
	session->whole = true;
}

int stopping_sort(struct stopping *s, struct failure *why)
{
	if (s->pids.n > MEMCENSUS_PIDS_MAX)
		return fail(why, FAIL_USAGE,
			    "%zu processes are too many: at most %d; name cgroups that have fewer, without '--by', or see the USS of 'memcensus -g'",
			    s->pids.n, MEMCENSUS_PIDS_MAX);
	ids_sort(&s->pids);
	return 0;
}

int stopping_take(struct stopping *s, const struct ids *ids, struct failure *why)
{
	struct session *session = s->session;

	snapshot_free(s->snap);
	s->snap = NULL;
	/* Those of --tree are not searched again. */
	free(session->pids);
	session->pids = xmemdup(ids->v, ids->n * sizeof(*ids->v));
	session->request.pids = (struct numbers){ ids->n, session->pids };
	return session_take(s->session, &s->snap, why) == TAKE_DONE ? 0 : -1;
}

void stopping_free(struct stopping *s)
{
	size_t i;

	sums_free(&s->sums);
	snapshot_free(s->snap);
	for (i = 0; i < s->n_charged; i++)
		free(s->charged[i]);
	free(s->charged);
	ids_free(&s->own);
	ids_free(&s->pids);
}
