// SPDX-License-Identifier: GPL-2.0
/*
 * A process that moves its memory up, page tables and all, each time before a census has read all
 * of it: the census would meet the same entries until the address space ends, 100,000 times.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "selftest.h"

/* A page in each table, which is the zero page: only page tables cost memory. */
#define SIZE		(4UL << 30)
#define TABLE		(2UL << 20)

/* The time between two lock holds; only in a module that checks itself, as for debug kernels. */
#define PAUSE		"/sys/module/memcensus/parameters/pause_ms"

/* Below the program. */
#define TOP		((char *)0x550000000000UL)

static void move_up(void *arg)
{
	const bool paused = read_number(PAUSE) >= 0;
	char *at = map(PLACE(0), SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *to;
	size_t i;

	no_huge_pages(at, SIZE);
	for (i = 0; i < SIZE; i += TABLE)
		read_pages(at + i, 1);
	child_stop();
	for (;; at = to) {
		to = at + 2 * SIZE < TOP ? at + SIZE : PLACE(0);
		need(mremap(at, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to, "mremap");
		usleep(paused ? 5000 : 100);
	}
}

/*
 * Entries that a census may read: twice those of all page tables, of which there may be two during
 * a move, a million, and those of a hold.
 */
#define MOST	(5 * (SIZE / PAGE + 16384) + (1UL << 20))

TEST(ends)
{
	const bool paused = read_number(PAUSE) >= 0;
	const unsigned int censuses = paused ? 1 : 5;
	unsigned int i, partial = 0;
	struct census census;
	uint64_t entries;
	pid_t pid;

	if (user_mode_linux())
		SKIP(return, "it moves memory page by page");
	pid = child_start(move_up, NULL);
	ASSERT_LT(0, pid);
	kill(pid, SIGCONT);
	/* So that the process is quick enough for each hold. */
	if (paused)
		ASSERT_TRUE(write_file(PAUSE, "10"));
	for (i = 0; i < censuses; i++) {
		ASSERT_EQ(0, census_take_pid(pid, &census, NULL));
		ASSERT_EQ(1, census.n_tasks);
		entries = census.scan[MEMCENSUS_SCAN_PTES];
		partial += census.tasks->state == MEMCENSUS_STATE_PARTIAL;
		EXPECT_GE(MOST, entries);
		diag("%llu entries in %llu holds, %llu ms, state %u",
		     (unsigned long long)entries,
		     (unsigned long long)census.scan[MEMCENSUS_SCAN_LOCK_HOLDS],
		     (unsigned long long)census.scan[MEMCENSUS_SCAN_WALL_NS] / 1000000,
		     census.tasks->state);
		census_free(&census);
	}
	if (paused)
		EXPECT_TRUE(write_file(PAUSE, "0"));
	child_end(pid);
	diag("%u of %u censuses did not reach its end", partial, censuses);
}

TEST_HARNESS_MAIN
