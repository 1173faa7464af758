// SPDX-License-Identifier: GPL-2.0
/*
 * Threads map, unmap, split and merge mappings all the time, between fixed
 * mappings that no thread touches: each census has each fixed mapping once, and
 * exact, under the mmap lock or VMA locks. An address that is always mapped,
 * although its mapping is replaced all the time, is never missing.
 *
 * The threads rest four times as long as they work: without rest, a task always
 * waits for the mmap lock, and a trylock never gets it.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "selftest.h"
#include "memory/vma_locks.h"

#define FIXED	48
/* Fixed mappings are at even places, changing ones at odd places. */
#define FIXED_AT(i)	PLACE(2 * (i))
#define BETWEEN(i)	PLACE(2 * (i) + 1)
#define REPLACED	PLACE(2 * FIXED)

static const unsigned long pages = 5, between = 8;
static const unsigned int storm_ms = 2000, least_scans = 20;

static void rest(uint64_t begun)
{
	usleep(4 * (now_us() - begun) + 100);
}

static void *map_and_unmap(void *arg)
{
	unsigned int seed = (uintptr_t)arg;

	for (;;) {
		char *at = BETWEEN(rand_r(&seed) % (FIXED / 2) * 2 +
				   (uintptr_t)arg);
		uint64_t begun = now_us();

		write_pages(map_private(at, between * PAGE), between);
		need(!mprotect(at + 2 * PAGE, 2 * PAGE, PROT_READ), "mprotect");
		need(!mprotect(at + 2 * PAGE, 2 * PAGE,
			       PROT_READ | PROT_WRITE), "mprotect");
		need(!munmap(at, between * PAGE), "munmap");
		rest(begun);
	}
	return NULL;
}

static void *replace(void *arg)
{
	for (;;) {
		uint64_t begun = now_us();
		void *at = mmap(REPLACED, PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

		need(at == REPLACED, "mmap");
		rest(begun);
	}
	return NULL;
}

static void live(volatile bool *ready)
{
	pthread_t thread;
	uintptr_t i;

	for (i = 0; i < FIXED; i++)
		write_pages(map_private(FIXED_AT(i), pages * PAGE), pages);
	map_private(REPLACED, PAGE);
	for (i = 0; i < 2; i++)
		need(!pthread_create(&thread, NULL, map_and_unmap, (void *)i),
		     "thread");
	need(!pthread_create(&thread, NULL, replace, NULL), "thread");
	*ready = true;
	for (;;)
		pause();
}

FIXTURE(neighbours)
{
	pid_t pid;
};

FIXTURE_SETUP(neighbours)
{
	volatile bool *ready = (volatile bool *)map_shared(PLACE(900), PAGE);

	*ready = false;
	self->pid = fork();
	if (!self->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		live(ready);
	}
	ASSERT_LT(0, self->pid);
	while (!*ready && !kill(self->pid, 0))
		sleep_ms(5);
	ASSERT_TRUE(*ready);
}

FIXTURE_TEARDOWN(neighbours)
{
	child_end(self->pid);
}

/* Number of mappings that begin at @at; @found: the last of them. */
static unsigned int mappings_at(const struct census *census, const char *at,
				const struct census_vma **found)
{
	unsigned int i, n = 0;

	for (i = 0; i < census->n_vmas; i++) {
		if (census->vmas[i].start == (uintptr_t)at) {
			*found = &census->vmas[i];
			n++;
		}
	}
	return n;
}

static void expect_fixed(struct __test_metadata *_metadata,
			 const struct census *census)
{
	const struct census_vma *vma = NULL;
	unsigned int i;

	for (i = 0; i < FIXED; i++) {
		ASSERT_EQ(1, mappings_at(census, FIXED_AT(i), &vma))
			TH_LOG("fixed mapping %u", i);
		EXPECT_EQ((uintptr_t)FIXED_AT(i) + pages * PAGE, vma->end);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, USS);
	}
	EXPECT_EQ(1, mappings_at(census, REPLACED, &vma));
	for (i = 1; i < census->n_vmas; i++)
		ASSERT_LE(census->vmas[i - 1].end, census->vmas[i].start);
}

static void scan_in_storm(struct __test_metadata *_metadata, pid_t pid,
			  uint32_t flags)
{
	const uint32_t number = pid;
	const struct census_request one = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS | flags,
		.pids = &number,
		.n_pids = 1,
	};
	uint64_t until = now_ms() + storm_ms;
	unsigned int scans = 0, partial = 0;
	struct census census;

	do {
		ASSERT_EQ(0, census_take(&one, &census, NULL));
		ASSERT_TRUE(census_is_whole(&census));
		ASSERT_EQ(1, census.n_tasks);
		if (census.tasks->state == MEMCENSUS_STATE_WALKED)
			expect_fixed(_metadata, &census);
		else
			partial++;
		census_free(&census);
		scans++;
	} while (now_ms() < until || scans < least_scans);
	diag("%u scans, in %u of which the lock was not available in time",
	     scans, partial);
	/* VMA locks are available; how often the mmap lock is depends on the host. */
	if (vma_locks())
		EXPECT_LE(partial, scans / 10);
	EXPECT_LT(partial, scans);
}

TEST_F(neighbours, with_flags)
{
	scan_in_storm(_metadata, self->pid, MEMCENSUS_PART_FLAGS);
}

TEST_F(neighbours, without_flags)
{
	scan_in_storm(_metadata, self->pid, 0);
}

TEST_HARNESS_MAIN
