// SPDX-License-Identifier: GPL-2.0
/*
 * A process that moves its memory up, page tables and all, each time before a census has read all
 * of it: the census would meet the same entries until the address space ends, 100,000 times.  So
 * would it meet mappings, of which no page is touched, while it reads the names of those before.
 * But a process that only unmaps is walked to its end.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ko.h"
#include "selftest.h"
#include "memory/far.h"

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

/* Of a file whose name takes long to read. */
#define MAPPINGS	64UL

/* Maps pages, each above the others, and keeps the last MAPPINGS. */
static void map_higher(void *arg)
{
	char *first = PLACE(0), *at;
	unsigned int i = 0;
	int fd;

	far_enter();
	fd = open("far", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	need(fd >= 0 && !ftruncate(fd, PAGE) && !unlink("far"), "far");
	far_remove();
	for (at = first; at < first + 2 * MAPPINGS * PAGE; at += 2 * PAGE)
		map(at, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	child_stop();
	for (; at < TOP; at += 2 * PAGE) {
		need(!munmap(at - 2 * MAPPINGS * PAGE, PAGE), "munmap");
		map(at, PAGE, PROT_READ, MAP_SHARED, fd, 0);
		/* Else the lock would never be available. */
		if (!(++i % MAPPINGS))
			usleep(1000);
	}
}

/* Mappings of which a census may tell: twice those of the process, a thousand, and of a hold. */
#define MOST_MAPPINGS	(1024 + 4 * (MAPPINGS + 32))

TEST(ends_of_mappings)
{
	unsigned int i, partial = 0;
	struct census census;
	pid_t pid;

	pid = child_start(map_higher, NULL);
	ASSERT_LT(0, pid);
	kill(pid, SIGCONT);
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, census_take_pid(pid, &census, NULL));
		ASSERT_EQ(1, census.n_tasks);
		EXPECT_GE(MOST_MAPPINGS, census.n_vmas);
		partial += census.tasks->state == MEMCENSUS_STATE_PARTIAL;
		diag("%zu mappings in %llu holds, %llu ms, state %u", census.n_vmas,
		     (unsigned long long)census.scan[MEMCENSUS_SCAN_LOCK_HOLDS],
		     (unsigned long long)census.scan[MEMCENSUS_SCAN_WALL_NS] / 1000000,
		     census.tasks->state);
		census_free(&census);
	}
	child_end(pid);
	diag("%u of %u censuses did not reach its end", partial, i);
}

/* More than a thousand, which may be met in any case, and more than are met in a millisecond. */
static unsigned long unmapped = 16384;

#define ROUNDS		8

/* What the process does next, and after how many us it unmaps. */
struct turn {
	enum { NOTHING, MAP, MAPPED, UNMAP, UNMAPPED_ALL } now;
	unsigned int after;
};

static volatile struct turn *turn;

static void pin(int policy)
{
	const struct sched_param param = { .sched_priority = policy == SCHED_FIFO };
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	need(!sched_setaffinity(0, sizeof(first), &first), "sched_setaffinity");
	need(!sched_setscheduler(0, policy, &param), "sched_setscheduler");
}

/* Ends a hold by its priority, and unmaps before the census, on the same processor, goes on. */
static void map_and_unmap(void *arg)
{
	/* All that a debug kernel does for a shorter sleep leaves the census no time. */
	const unsigned int us = is_slow_kernel() ? 5000 : 100;
	size_t i;

	pin(SCHED_FIFO);
	child_stop();
	for (;; usleep(us)) {
		if (turn->now == MAP) {
			for (i = 0; i < unmapped; i++)
				map(PLACE(0) + 2 * i * PAGE, PAGE, PROT_READ,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			turn->now = MAPPED;
		} else if (turn->now == UNMAP) {
			usleep(turn->after);
			need(!munmap(PLACE(0), 2 * unmapped * PAGE), "munmap");
			turn->now = UNMAPPED_ALL;
		}
	}
}

/* False if the process ended before. */
static bool await(pid_t pid, unsigned int what)
{
	while (turn->now != what) {
		if (waitpid(pid, NULL, WNOHANG))
			return false;
		usleep(1000);
	}
	return true;
}

/* Pages of all mappings that a census met, and what became of the walk.  0: it failed. */
static uint64_t pages_met(pid_t pid, unsigned int *state)
{
	uint32_t id = pid;
	struct census_request request = { .parts = MEMCENSUS_PART_TASKS, .pids = &id, .n_pids = 1 };
	struct census census;
	uint64_t pages = 0;

	if (census_take(&request, &census, NULL))
		return 0;
	if (census.n_tasks == 1) {
		*state = census.tasks->state;
		pages = figure(&census.tasks->f, MEMCENSUS_F_VSS) / PAGE;
	}
	census_free(&census);
	return pages;
}

/* A process that gives memory back evades nothing: what is left of it is walked. */
TEST(unmaps)
{
	unsigned int i, state, met = 0;
	uint64_t all, pages, took;
	cpu_set_t before;
	pid_t pid;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	/* A debug kernel looks at all mappings after each mmap(): 13 s for 4,096. */
	if (is_slow_kernel())
		unmapped = 2048;
	ASSERT_EQ(0, sched_getaffinity(0, sizeof(before), &before));
	/* A hold lasts until the process is to run. */
	ASSERT_EQ(0, ko_reload("lock_hold_us=100000"));
	turn = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, turn);
	pid = child_start(map_and_unmap, NULL);
	ASSERT_LT(0, pid);
	kill(pid, SIGCONT);
	pin(SCHED_OTHER);
	turn->now = MAP;
	ASSERT_TRUE(await(pid, MAPPED));
	/* This one meets all, and tells how long that takes. */
	took = now_us();
	all = pages_met(pid, &state);
	took = now_us() - took;
	ASSERT_LT(unmapped, all);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, state);
	for (i = 1; i < ROUNDS; i++) {
		turn->after = took * i / ROUNDS / 4;
		turn->now = UNMAP;
		pages = pages_met(pid, &state);
		ASSERT_NE(0, pages);
		EXPECT_EQ(MEMCENSUS_STATE_WALKED, state);
		met += pages > all - unmapped + 1100;
		diag("%llu pages mapped, state %u", (unsigned long long)pages, state);
		ASSERT_TRUE(await(pid, UNMAPPED_ALL));
		turn->now = MAP;
		ASSERT_TRUE(await(pid, MAPPED));
	}
	child_end(pid);
	munmap((void *)turn, PAGE);
	EXPECT_EQ(0, sched_setaffinity(0, sizeof(before), &before));
	EXPECT_EQ(0, ko_reload(""));
	diag("%u of %u censuses met more than a thousand mappings that were gone then", met, i - 1);
}

TEST_HARNESS_MAIN
