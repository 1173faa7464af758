// SPDX-License-Identifier: GPL-2.0
/*
 * A large process whose threads map and unmap without a pause: a task always waits
 * for its mmap lock, and a census that yields after each page table would not reach
 * the end.
 *
 * It has many page tables: one memfd is mapped many times. An emulated machine is
 * 10 to 20 times slower than a real one, and the time limit allows for this.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "ko.h"
#include "selftest.h"

#define RW		(PROT_READ | PROT_WRITE)
#define MAPPINGS	16
#define THREADS		3
#define CENSUSES	10

/* 4 GiB in all. */
static const unsigned long pages = 65536;

FIXTURE(contended)
{
	int fd;
	volatile bool *ready;
	pid_t pid;
};

static void *map_and_unmap(void *arg)
{
	for (;;) {
		void *at = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		need(at != MAP_FAILED && !munmap(at, PAGE), "mmap");
	}
	return NULL;
}

static void live(struct _test_data_contended *self)
{
	pthread_t thread;
	unsigned int i;

	for (i = 0; i < MAPPINGS; i++)
		map(PLACE(i), pages * PAGE, RW, MAP_SHARED | MAP_POPULATE, self->fd,
		    0);
	for (i = 0; i < THREADS; i++)
		need(!pthread_create(&thread, NULL, map_and_unmap, NULL), "thread");
	*self->ready = true;
	for (;;)
		pause();
}

FIXTURE_SETUP(contended)
{
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (is_slow_kernel())
		SKIP(return, "a debug kernel or KCSAN walks few tables in a lock hold");
	self->ready = (volatile bool *)map_shared(PLACE(900), PAGE);
	*self->ready = false;
	self->fd = memfd("large", pages);
	self->pid = fork();
	if (!self->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		live(self);
	}
	ASSERT_LT(0, self->pid);
	while (!*self->ready && !kill(self->pid, 0))
		sleep_ms(5);
	ASSERT_TRUE(*self->ready);
}

FIXTURE_TEARDOWN(contended)
{
	if (self->pid)
		child_end(self->pid);
}

TEST_F_TIMEOUT(contended, is_walked, 300)
{
	static const struct census_request all = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	const struct census_task *task;
	unsigned int i, walked = 0;
	struct census census;
	uint64_t most = 0, holds = 0;

	if (!self->pid)
		return;
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load("busy_budget_ms=4000"));
	for (i = 0; i < CENSUSES; i++) {
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		task = census_task_of(&census, self->pid);
		ASSERT_NE(NULL, task);
		if (task->state == MEMCENSUS_STATE_WALKED) {
			walked++;
			EXPECT_LE(MAPPINGS * pages * PAGE,
				  figure(&task->f, MEMCENSUS_F_RSS));
			EXPECT_LE(pages * PAGE, figure(&task->f, MEMCENSUS_F_FRAMES));
		}
		if (task->f.known >> MEMCENSUS_F_RSS & 1 &&
		    most < figure(&task->f, MEMCENSUS_F_RSS))
			most = figure(&task->f, MEMCENSUS_F_RSS);
		holds += census.scan[MEMCENSUS_SCAN_LOCK_HOLDS];
		census_free(&census);
	}
	diag("walked to its end in %u of %u censuses, at most %llu MiB of it, %llu lock holds",
	     walked, CENSUSES, (unsigned long long)(most >> 20),
	     (unsigned long long)holds);
	EXPECT_LE(CENSUSES / 2, walked);
	/* 27 for each census; 317 if a hold ends as soon as a task waits. */
	EXPECT_LE(holds, CENSUSES * 150);
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
}

TEST_HARNESS_MAIN
