// SPDX-License-Identifier: GPL-2.0
/* The private memory of processes over many censuses. */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/columns.h"
#include "model/returned.h"
#include "tools/leak/tracks.h"

static uint64_t start_of(const struct task *task)
{
	return KNOWN(task, MEMCENSUS_TASK_START_NS) ? task->start : 0;
}

static int compare_processes(const void *a, const void *b)
{
	const struct track *x = a, *y = b;

	return COMPARE(x->pid, y->pid) ?: COMPARE(x->start, y->start);
}

static struct track *find_track(const struct tracks *tracks, const struct task *task)
{
	const struct track key = { .pid = (uint32_t)task->pid, .start = start_of(task) };
	struct track *const *found = tfind(&key, &tracks->by_process, compare_processes);

	return found ? *found : NULL;
}

static void allocate(struct tracks *tracks, size_t n_tasks)
{
	tracks->most = TRACKS_FACTOR * n_tasks + TRACKS_MORE;
	tracks->v = xcalloc(tracks->most, sizeof(struct track *));
	tracks->spare = xcalloc(tracks->most, sizeof(struct track *));
	tracks->regions_room = REGIONS_ALL;
}

/* Frees what @track owns. */
static void empty(struct tracks *tracks, struct track *track)
{
	series_free(&track->series);
	regions_free(&track->regions, &tracks->regions_room);
	free(track->comm);
	free(track->user);
}

static int compare_ends(const void *a, const void *b)
{
	const struct track *x = *(const struct track *const *)a;
	const struct track *y = *(const struct track *const *)b;

	return COMPARE(x->seen, y->seen) ?: compare_processes(x, y);
}

/* Finds all that have ended: once for a census, in which many may begin. */
static void find_spare(struct tracks *tracks)
{
	size_t i;

	tracks->n_spare = 0;
	tracks->used = 0;
	tracks->spare_at = tracks->censuses;
	for (i = 0; i < tracks->n; i++)
		if (!track_lives(tracks, tracks->v[i]))
			tracks->spare[tracks->n_spare++] = tracks->v[i];
	qsort(tracks->spare, tracks->n_spare, sizeof(struct track *), compare_ends);
}

/* Takes the process that ended first out of all, for another one; NULL: none has ended. */
static struct track *reuse(struct tracks *tracks)
{
	struct track *track;

	if (tracks->spare_at != tracks->censuses)
		find_spare(tracks);
	/* One that is back lives. */
	while (tracks->used < tracks->n_spare &&
	       track_lives(tracks, tracks->spare[tracks->used]))
		tracks->used++;
	if (tracks->used == tracks->n_spare)
		return NULL;
	track = tracks->spare[tracks->used++];
	tdelete(track, &tracks->by_process, compare_processes);
	empty(tracks, track);
	*track = (struct track){ 0 };
	tracks->ended++;
	return track;
}

/* A new track; NULL: there are too many processes. */
static struct track *add_track(struct tracks *tracks, const struct task *task)
{
	const bool room = tracks->n < tracks->most;
	struct track *track = room ? xcalloc(1, sizeof(*track)) : reuse(tracks);

	if (!track)
		return NULL;
	if (room)
		tracks->v[tracks->n++] = track;
	track->pid = (uint32_t)task->pid;
	track->start = start_of(task);
	if (!tsearch(track, &tracks->by_process, compare_processes))
		memory_failed();
	return track;
}

/* Replaces *@copy by a copy of @text. */
static void keep_text(char **copy, const char *text)
{
	free(*copy);
	*copy = xstrdup(text);
}

static bool is_walked(const struct task *task)
{
	return KNOWN(task, MEMCENSUS_TASK_STATE) && task->state == MEMCENSUS_STATE_WALKED;
}

/* Whether a census gives a point; after a partial walk it would be a lower bound. */
static bool has_private(const struct tracks *tracks, const struct task *task, uint64_t *bytes)
{
	const struct amount held = amount_plus(returned_memory(&task->figures),
					       returned_stacks(task, tracks->stack));

	*bytes = (uint64_t)held.bytes;
	return held.known && is_walked(task);
}

/* What MADV_FREE gave back does not count, in the censuses before and after that did not say it. */
static void set_lazy(struct track *track, uint64_t bytes)
{
	if (!track->lazy_known)
		series_shift(&track->series, -(double)bytes);
	track->lazy_known = true;
	track->lazy = bytes;
}

/* False: there are too many processes. */
static bool add_task(struct tracks *tracks, const struct view *view,
		     const struct task *task, double t)
{
	const char *user = KNOWN(task, MEMCENSUS_TASK_UID) ? name_of_user(view, task->uid) : NULL;
	struct track *track = find_track(tracks, task);
	uint64_t bytes;

	if (!track)
		track = add_track(tracks, task);
	if (!track)
		return false;
	track->seen = tracks->censuses;
	if (KNOWN(task, MEMCENSUS_TASK_COMM))
		keep_text(&track->comm, task->comm);
	if (user)
		keep_text(&track->user, user);
	track->last = *task;

	if (!has_private(tracks, task, &bytes)) {
		track->swap_unknown += is_walked(task) &&
				       KNOWN(&task->figures, MEMCENSUS_F_USS);
		return true;
	}
	/* returned_memory() has taken it off already. */
	if (KNOWN(&task->figures, MEMCENSUS_F_LAZYFREE))
		set_lazy(track, task->figures.v[MEMCENSUS_F_LAZYFREE]);
	else
		bytes -= bytes < track->lazy ? bytes : track->lazy;
	track->private_now = bytes;
	uses_add(&track->uses, t, task, bytes);
	series_add(&track->series, t, (double)bytes);
	return true;
}

/* The mappings of a process are adjacent.  Returns how many could not be followed. */
static size_t add_vmas(struct tracks *tracks, const struct snapshot *snap, double t)
{
	const struct vma *vmas = snap->vmas;
	const struct task *task;
	struct track *track;
	size_t i, n, dropped = 0;
	uint64_t bytes;

	for (i = 0; i < snap->n_vmas; i += n) {
		for (n = 1; i + n < snap->n_vmas && vmas[i + n].pid == vmas[i].pid; n++)
			;
		task = task_of(snap, vmas[i].pid);
		track = task ? find_track(tracks, task) : NULL;
		if (track && has_private(tracks, task, &bytes))
			dropped += regions_add(&track->regions, &tracks->regions_room, t, vmas + i,
					       n);
	}
	return dropped;
}

void tracks_add_mappings(struct tracks *tracks, const struct snapshot *snap)
{
	size_t dropped;

	if (!KNOWN(&snap->scan, MEMCENSUS_SCAN_BOOTTIME_NS) || !snap->n_vmas)
		return;
	dropped = add_vmas(tracks, snap, (double)(snap->scan.boottime - tracks->zero) / 1e9);
	tracks->dropped = dropped > tracks->dropped ? dropped : tracks->dropped;
}

void tracks_add(struct tracks *tracks, const struct snapshot *snap, const uint64_t *pids,
		size_t n, bool whole)
{
	const struct view view = { .snap = snap };
	size_t readers = 0, dropped = 0;
	const struct task *task;
	struct track *track;
	double t;

	/* The module may return a cached census. */
	if (!KNOWN(&snap->scan, MEMCENSUS_SCAN_BOOTTIME_NS) ||
	    (tracks->censuses && snap->scan.boottime <= tracks->boottime)) {
		tracks->skipped++;
		return;
	}
	tracks->censuses++;
	tracks->boottime = snap->scan.boottime;
	if (whole)
		tracks->whole = tracks->censuses;
	if (KNOWN(&snap->scan, MEMCENSUS_SCAN_REALTIME_NS))
		tracks->last = snap->scan.realtime;
	if (tracks->censuses == 1) {
		tracks->zero = snap->scan.boottime;
		tracks->first = tracks->last;
	}
	t = (double)(snap->scan.boottime - tracks->zero) / 1e9;
	if (!tracks->most)
		allocate(tracks, snap->n_tasks);
	for (task = snap->tasks; task < snap->tasks + snap->n_tasks; task++) {
		if (!KNOWN(task, MEMCENSUS_TASK_PID) || task_is_gone(task) ||
		    (pids && !task_is_of(task, pids, n)))
			continue;
		if (tracks->own && task_is_of(task, &tracks->own, 1))
			readers++;
		else
			dropped += !add_task(tracks, &view, task, t);
	}
	/* What has moved to another cgroup has not ended. */
	for (task = snap->outside; task < snap->outside + snap->n_outside; task++) {
		track = task_is_gone(task) ? NULL : find_track(tracks, task);
		if (track)
			track->seen = tracks->censuses;
	}
	dropped += add_vmas(tracks, snap, t);
	tracks->readers = readers > tracks->readers ? readers : tracks->readers;
	tracks->dropped = dropped > tracks->dropped ? dropped : tracks->dropped;
}

bool track_lives(const struct tracks *tracks, const struct track *track)
{
	return track->seen >= tracks->whole;
}

/* The tracks are in an array too. */
static void ignore(void *track)
{
	(void)track;
}

void tracks_free(struct tracks *tracks)
{
	size_t i;

	tdestroy(tracks->by_process, ignore);
	for (i = 0; i < tracks->n; i++) {
		empty(tracks, tracks->v[i]);
		free(tracks->v[i]);
	}
	free(tracks->v);
	free(tracks->spare);
}

void tracks_restart(struct tracks *tracks)
{
	tracks_free(tracks);
	*tracks = (struct tracks){ .own = tracks->own, .stack = tracks->stack };
}
