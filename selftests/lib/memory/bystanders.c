// SPDX-License-Identifier: GPL-2.0
/* Processes that sleep; see bystanders.h. */
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory/bystanders.h"
#include "owners/counted.h"
#include "memory/pages.h"
#include "smaps/smaps.h"
#include "unless.h"
#include "memory/zram.h"

/*
 * Pages that each kind has at its PLACE(). @huge is in huge pages, which the others do not have.
 */
static const struct {
	const char *kind;
	unsigned long rss, uss, pss, swap, huge;
} kinds[BYSTANDERS] = {
	{ "private", BYSTANDER_PRIVATE, BYSTANDER_PRIVATE, BYSTANDER_PRIVATE },
	{ "shared", BYSTANDER_SHARED, 0, BYSTANDER_SHARED / 2 },
	{ "shared", BYSTANDER_SHARED, 0, BYSTANDER_SHARED / 2 },
	{ "twice", 2 * BYSTANDER_SHARED, BYSTANDER_SHARED, BYSTANDER_SHARED },
	{ "huge", .huge = BYSTANDER_HUGE },
	{ "swapped", .swap = BYSTANDER_SWAPPED },
};

/*
 * Figures that do not depend on which processes share the libraries. The first
 * ones do not depend on the frame numbers either.
 */
static const unsigned int still[] = {
	MEMCENSUS_F_VSS, MEMCENSUS_F_RSS, MEMCENSUS_F_ANON, MEMCENSUS_F_FILE,
	MEMCENSUS_F_SHMEM, MEMCENSUS_F_SWAP, MEMCENSUS_F_SPECIAL,
	MEMCENSUS_F_PAGETABLES, MEMCENSUS_F_HEAP, MEMCENSUS_F_STACK,
	MEMCENSUS_F_SWAP_PSS, MEMCENSUS_F_SWAP_USS,
	MEMCENSUS_F_THP, MEMCENSUS_F_FRAMES, MEMCENSUS_F_USS,
	MEMCENSUS_F_PSS_ANON,
};

#define STILL_MOVING	12

static pid_t start(const char *kind, int fd)
{
	char program[256] = "", number[16], last[16], byte;
	int ready[2], n;
	pid_t pid;

	n = readlink("/proc/self/exe", program, sizeof(program) - 16);
	if (n <= 0 || pipe2(ready, O_CLOEXEC))
		return -1;
	strcpy(basename(program), "bystander");
	snprintf(number, sizeof(number), "%d", fd);
	snprintf(last, sizeof(last), "%d", ready[1]);
	pid = fork();
	if (!pid) {
		fcntl(fd, F_SETFD, 0);
		fcntl(ready[1], F_SETFD, 0);
		execl(program, program, kind, number, last, NULL);
		_exit(127);
	}
	close(ready[1]);
	n = pid < 0 ? -1 : read(ready[0], &byte, 1);
	close(ready[0]);
	if (n == 1)
		return pid;
	child_end(pid);
	return -1;
}

const char *bystanders_misplaced(struct bystanders *b,
				 const struct census *census, bool moving)
{
	unsigned int i, j;

	for (i = 0; i < BYSTANDERS; i++) {
		const unsigned long huge = kinds[i].huge * PER_HUGE;
		const struct {
			unsigned int figure;
			unsigned long pages;
		} there[] = {
			{ MEMCENSUS_F_RSS, kinds[i].rss + huge },
			{ MEMCENSUS_F_SWAP, kinds[i].swap },
			{ MEMCENSUS_F_THP, huge },
			{ MEMCENSUS_F_PSS, kinds[i].pss + huge },
			{ MEMCENSUS_F_USS, kinds[i].uss + huge },
		};

		if (!b->pids[i] || !census_task_of(census, b->pids[i]))
			continue;
		for (j = 0; j < (moving ? 2 : 5); j++) {
			uint64_t got = counted_placed(census, b->pids[i],
						      there[j].figure);

			unless(got == there[j].pages * PAGE,
			       "%s: %s at its place is %llu, not %lu pages",
			       kinds[i].kind, figure_name(there[j].figure), LLU(got / PAGE),
			       there[j].pages);
			b->compared++;
		}
	}
	return NULL;
}

/* All figures of each, in a calm system. */
static const char *look(struct bystanders *b)
{
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	const struct census_task *task;
	const char *text = NULL;
	struct census census;
	unsigned int i;

	if (census_take(&request, &census, NULL))
		return "no census";
	for (i = 0; i < BYSTANDERS; i++) {
		if (!b->pids[i])
			continue;
		task = census_task_of(&census, b->pids[i]);
		if (task && task->state == MEMCENSUS_STATE_WALKED)
			b->f[i] = task->f;
		else
			text = "one is not in the census";
	}
	census_free(&census);
	return text;
}

const char *bystanders_start(struct bystanders *b)
{
	int fds[2] = {
		memfd("shared", BYSTANDER_SHARED), memfd("twice", BYSTANDER_SHARED),
	};
	const char *text = NULL;
	unsigned int i;

	memset(b, 0, sizeof(*b));
	for (i = 0; i < BYSTANDERS; i++) {
		if (kinds[i].swap && zram_on())
			continue;
		if (kinds[i].huge &&
		    !write_file("/sys/kernel/mm/transparent_hugepage/enabled",
				"madvise"))
			continue;
		b->pids[i] = start(kinds[i].kind,
				   fds[!strcmp(kinds[i].kind, "twice")]);
		if (b->pids[i] < 0) {
			b->pids[i] = 0;
			text = kinds[i].kind;
		}
	}
	close(fds[0]);
	close(fds[1]);
	return text ?: look(b);
}

void bystanders_end(struct bystanders *b)
{
	bool swap = b->pids[BYSTANDERS - 1];
	unsigned int i;

	for (i = 0; i < BYSTANDERS; i++)
		child_end(b->pids[i]);
	if (swap)
		zram_off();
}

const char *bystanders_differ(struct bystanders *b, const struct census *census,
			      bool moving)
{
	const unsigned int all = sizeof(still) / sizeof(still[0]);
	const struct census_task *task;
	unsigned int i, j, n;

	for (i = 0; i < BYSTANDERS; i++) {
		if (!b->pids[i])
			continue;
		task = census_task_of(census, b->pids[i]);
		unless(task && task->state == MEMCENSUS_STATE_WALKED,
		       "%s: state %d", kinds[i].kind, task ? task->state : -1);
		for (j = 0; j < (moving ? STILL_MOVING : all); j++) {
			n = still[j];
			/* The module sends no share if an owner of swap entries is busy. */
			if ((n == MEMCENSUS_F_SWAP_PSS ||
			     n == MEMCENSUS_F_SWAP_USS) &&
			    figure(&task->f, n) == FIGURE_UNKNOWN)
				continue;
			unless(figure(&task->f, n) == figure(&b->f[i], n),
			       "%s: %s is %llu, was %llu",
			       kinds[i].kind, figure_name(n),
			       LLU(figure(&task->f, n)),
			       LLU(figure(&b->f[i], n)));
			b->compared++;
		}
	}
	return NULL;
}
