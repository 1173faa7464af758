// SPDX-License-Identifier: GPL-2.0
/* A census of owners; see counted.h. */
#include <stdio.h>

#include "owners/counted.h"
#include "memory/pages.h"
#include "smaps/smaps.h"
#include "unless.h"

int counted_take(struct census *census, struct census_error *error)
{
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
	};

	return census_take(&request, census, error);
}

int counted_take_pids(const pid_t *pids, unsigned int n, struct census *census,
		      struct census_error *error)
{
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
		.pids = (const uint32_t *)pids,
		.n_pids = n,
	};

	return census_take(&request, census, error);
}

const struct census_vma *counted_vma(const struct census *census, pid_t pid,
				     const void *addr)
{
	const struct census_vma *vma;

	for (vma = census->vmas; vma < census->vmas + census->n_vmas; vma++)
		if (vma->pid == (uint32_t)pid && (uintptr_t)addr >= vma->start &&
		    (uintptr_t)addr < vma->end)
			return vma;
	return NULL;
}

uint64_t counted_placed(const struct census *census, pid_t pid, unsigned int n)
{
	const struct census_vma *vma;
	uint64_t bytes = 0;

	for (vma = census->vmas; vma < census->vmas + census->n_vmas; vma++)
		if (vma->pid == (uint32_t)pid &&
		    vma->start >= (uintptr_t)PLACE(0) &&
		    vma->end < (uintptr_t)PLACE(64))
			bytes += vma->f.value[n];
	return bytes;
}

static uint64_t sum(const struct figures *f, unsigned int a, unsigned int b,
		    unsigned int c)
{
	return f->value[a] + f->value[b] + f->value[c];
}

static const char *task_unsound(const struct census_task *task)
{
	const struct figures *f = &task->f;
	uint64_t rss = f->value[MEMCENSUS_F_RSS];
	uint64_t frames = f->value[MEMCENSUS_F_FRAMES];
	uint64_t uss = f->value[MEMCENSUS_F_USS];
	uint64_t pss = f->value[MEMCENSUS_F_PSS];
	uint64_t parts;

	unless(f->known >> MEMCENSUS_F_FRAMES & 1, "%u: no frames", task->pid);
	unless(uss <= pss && pss <= frames && frames <= rss,
	       "%u: uss %llu, pss %llu, frames %llu, rss %llu", task->pid,
	       LLU(uss), LLU(pss), LLU(frames), LLU(rss));
	unless(f->value[MEMCENSUS_F_SHARED] == frames - uss,
	       "%u: shared %llu, frames %llu, uss %llu", task->pid,
	       LLU(f->value[MEMCENSUS_F_SHARED]), LLU(frames), LLU(uss));
	parts = sum(f, MEMCENSUS_F_USS_ANON, MEMCENSUS_F_USS_FILE, MEMCENSUS_F_USS_SHMEM) +
		f->value[MEMCENSUS_F_USS_DEVICE];
	unless(parts == uss, "%u: parts of uss %llu are %llu", task->pid, LLU(uss), LLU(parts));
	parts = sum(f, MEMCENSUS_F_ANON, MEMCENSUS_F_FILE, MEMCENSUS_F_SHMEM) +
		f->value[MEMCENSUS_F_DEVICE];
	unless(parts == rss, "%u: parts of rss %llu are %llu", task->pid,
	       LLU(rss), LLU(parts));
	/* Four parts, each rounded down to bytes. */
	parts = sum(f, MEMCENSUS_F_PSS_ANON, MEMCENSUS_F_PSS_FILE,
		    MEMCENSUS_F_PSS_SHMEM) + f->value[MEMCENSUS_F_PSS_DEVICE];
	unless(parts <= pss && pss - parts <= 3,
	       "%u: parts of pss %llu are %llu", task->pid, LLU(pss),
	       LLU(parts));
	return NULL;
}

/* Is every owner of a frame in the census? */
static bool all_are_there(const struct census *census)
{
	const uint64_t *scan = census->scan;

	return !scan[MEMCENSUS_SCAN_VANISHED] && !scan[MEMCENSUS_SCAN_PARTIAL];
}

const char *counted_unsound(const struct census *census, bool all)
{
	const uint64_t *scan = census->scan;
	uint64_t frames = scan[MEMCENSUS_SCAN_FRAMES];
	uint64_t pss = scan[MEMCENSUS_SCAN_PSS];
	uint64_t alone = 0, marks = 0, shares = 0;
	const struct census_task *task;
	const char *text;

	unless(census_is_whole(census), "not whole");
	unless(census->scan_known >> MEMCENSUS_SCAN_VIOLATIONS & 1 &&
	       census->scan_known >> MEMCENSUS_SCAN_PSS & 1 &&
	       census->scan_known >> MEMCENSUS_SCAN_SLICES & 1,
	       "attributes of owners are missing");
	unless(!scan[MEMCENSUS_SCAN_VIOLATIONS], "violations %llu",
	       LLU(scan[MEMCENSUS_SCAN_VIOLATIONS]));
	unless(pss <= frames, "pss %llu, frames %llu", LLU(pss), LLU(frames));

	for (task = census->tasks; task < census->tasks + census->n_tasks;
	     task++) {
		if (task->state != MEMCENSUS_STATE_WALKED)
			continue;
		text = task_unsound(task);
		if (text)
			return text;
		alone += task->f.value[MEMCENSUS_F_USS];
		marks += task->f.value[MEMCENSUS_F_FRAMES] / PAGE;
		shares += task->f.value[MEMCENSUS_F_PSS];
	}
	if (!all || !all_are_there(census))
		return NULL;
	unless(alone <= frames, "uss of all %llu, frames %llu", LLU(alone),
	       LLU(frames));
	/* The census rounds its sum down to bytes. */
	unless(frames - pss <= (marks >> SHARE_SHIFT) + 1,
	       "pss %llu, frames %llu, owners of all frames %llu", LLU(pss),
	       LLU(frames), LLU(marks));
	unless(shares <= pss && pss - shares < census->n_tasks,
	       "pss %llu, of all tasks %llu", LLU(pss), LLU(shares));
	return NULL;
}

const char *counted_unwalked(const struct census *census, const pid_t *pids,
			     unsigned int n)
{
	const struct census_task *task;
	unsigned int i;

	for (i = 0; i < n; i++) {
		task = census_task_of(census, pids[i]);
		unless(task, "%d is not in the census", pids[i]);
		unless(task->state == MEMCENSUS_STATE_WALKED,
		       "%d: state %u, in /proc %c", pids[i], task->state,
		       process_state(pids[i]));
	}
	return NULL;
}
