// SPDX-License-Identifier: GPL-2.0
/*
 * Compares the kernel's RSS counter, which ps and top show, with the pages that
 * are really mapped.
 *
 * They differ. Until Linux 6.1 each thread has a private count and adds it to the
 * process only once in 64 page faults; since 6.2 each CPU has one. Since 6.12.y
 * status, but not stat, adds these up. The census shows both: its counter
 * equals that of stat, its walk equals Rss of smaps.
 */
#include <pthread.h>

#include "selftest.h"

static const unsigned long threads = 8, pages = 30;

static pthread_barrier_t barrier;

static void *thread(void *arg)
{
	write_pages(PLACE(0) + (unsigned long)arg * pages * PAGE, pages);
	pthread_barrier_wait(&barrier);
	for (;;)
		pause();
	return NULL;
}

static void body(void *arg)
{
	pthread_t id;
	unsigned long i;

	map_private(PLACE(0), threads * pages * PAGE);
	pthread_barrier_init(&barrier, NULL, threads + 1);
	for (i = 0; i < threads; i++)
		need(!pthread_create(&id, NULL, thread, (void *)i),
		     "pthread_create");
	pthread_barrier_wait(&barrier);
}

TEST(beside_the_walk)
{
	/* Three counters; each lags by the private counts of threads or CPUs. */
	long cpus = sysconf(_SC_NPROCESSORS_CONF), most, apart;
	const struct census_task *task;
	const struct census_vma *vma;
	struct census census;
	struct smaps smaps;
	pid_t pid;

	if (cpus < (long)threads + 1)
		cpus = threads + 1;
	most = 3 * 64 * cpus;

	pid = child_start(body, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_EQ(0, smaps_read(pid, &smaps));
	task = census.tasks;
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(threads * pages, vma, RSS);

	EXPECT_EQ(smaps.stat_rss,
		  figure(&task->f, MEMCENSUS_F_RSS_COUNTER));
	EXPECT_EQ(smaps.rollup.value[MEMCENSUS_F_RSS],
		  figure(&task->f, MEMCENSUS_F_RSS));
	EXPECT_LE(figure(&task->f, MEMCENSUS_F_RSS_COUNTER),
		  figure(&task->f, MEMCENSUS_F_RSS_PEAK));

	apart = (long)(task->f.value[MEMCENSUS_F_RSS] / PAGE) -
		(long)(task->f.value[MEMCENSUS_F_RSS_COUNTER] / PAGE);
	diag("walked %llu pages, the counter is %ld behind, at most %ld",
	     (unsigned long long)task->f.value[MEMCENSUS_F_RSS] / PAGE, apart,
	     most);
	EXPECT_LE(-most, apart);
	EXPECT_LE(apart, most);
	EXPECT_EQUAL_SMAPS(pid);
	smaps_free(&smaps);
	census_free(&census);
	child_end(pid);
}

TEST_HARNESS_MAIN
