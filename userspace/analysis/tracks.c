// SPDX-License-Identifier: GPL-2.0
/* The private memory of processes over many censuses. */
#include <stdlib.h>

#include "analysis/tracks.h"
#include "lib/memory.h"
#include "model/columns.h"

static uint64_t start_of(const struct task *task)
{
	return KNOWN(task, MEMCENSUS_TASK_START_NS) ? task->start : 0;
}

static struct track *find(const struct tracks *tracks, const struct task *task)
{
	struct track *track = tracks->buckets[task->pid % TRACK_BUCKETS];

	while (track && (track->pid != task->pid || track->start != start_of(task)))
		track = track->next;
	return track;
}

static struct track *add(struct tracks *tracks, const struct task *task)
{
	struct track *track = xcalloc(1, sizeof(*track));

	track->pid = (uint32_t)task->pid;
	track->start = start_of(task);
	track->next = tracks->buckets[task->pid % TRACK_BUCKETS];
	tracks->buckets[task->pid % TRACK_BUCKETS] = track;
	tracks->v = array_grow(tracks->v, tracks->n, sizeof(struct track *));
	tracks->v[tracks->n++] = track;
	return track;
}

/* Replaces *@copy by a copy of @text. */
static void keep_text(char **copy, const char *text)
{
	free(*copy);
	*copy = xstrdup(text);
}

static void add_task(struct tracks *tracks, const struct view *view,
		     const struct task *task, double t)
{
	const char *user = KNOWN(task, MEMCENSUS_TASK_UID) ? name_of_user(view, task->uid) : NULL;
	struct track *track = find(tracks, task);
	uint64_t bytes;

	if (!track)
		track = add(tracks, task);
	track->seen = tracks->censuses;
	keep_text(&track->comm, KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : "?");
	if (user)
		keep_text(&track->user, user);
	track->last = *task;

	/* After a partial walk it is a lower bound, so not added to the series. */
	if (!regions_private(&task->figures, &bytes) ||
	    !KNOWN(task, MEMCENSUS_TASK_STATE) ||
	    task->state != MEMCENSUS_STATE_WALKED)
		return;
	track->private_now = bytes;
	series_add(&track->series, t, (double)bytes);
}

/* The mappings of a process are adjacent. */
static void add_vmas(struct tracks *tracks, const struct snapshot *snap, double t)
{
	const struct vma *vmas = snap->vmas;
	const struct task *task;
	struct track *track;
	size_t i, n;

	for (i = 0; i < snap->n_vmas; i += n) {
		for (n = 1; i + n < snap->n_vmas && vmas[i + n].pid == vmas[i].pid; n++)
			;
		task = task_of(snap, vmas[i].pid);
		track = task ? find(tracks, task) : NULL;
		if (track && task->state == MEMCENSUS_STATE_WALKED)
			regions_add(&track->regions, t, vmas + i, n);
	}
}

void tracks_add(struct tracks *tracks, const struct snapshot *snap, const uint32_t *pids,
		size_t n, bool whole)
{
	const struct view view = { .snap = snap };
	double t;
	size_t i;

	/* The module may return a cached census; a record may span two boots. */
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
	for (i = 0; i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i], MEMCENSUS_TASK_PID) &&
		    !task_is_gone(&snap->tasks[i]) &&
		    (!pids || task_is_of(&snap->tasks[i], pids, n)))
			add_task(tracks, &view, &snap->tasks[i], t);
	add_vmas(tracks, snap, t);
}

bool track_lives(const struct tracks *tracks, const struct track *track)
{
	return track->seen >= tracks->whole;
}

void tracks_free(struct tracks *tracks)
{
	size_t i;

	for (i = 0; i < tracks->n; i++) {
		series_free(&tracks->v[i]->series);
		regions_free(&tracks->v[i]->regions);
		free(tracks->v[i]->comm);
		free(tracks->v[i]->user);
		free(tracks->v[i]);
	}
	free(tracks->v);
}
