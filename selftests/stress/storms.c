// SPDX-License-Identifier: GPL-2.0
/*
 * Scans while processes exit, exec, map and unmap without a pause. No scan
 * fails, and each is exact for a sleeping bystander.
 */
#include "selftest.h"

#include "memory/stormers.h"

#define STORMERS	2

static const unsigned long pages = 150;
static const unsigned int storm_ms = 1500, least_scans = 5;

FIXTURE(storm)
{
	pid_t bystander, stormers[STORMERS];
	struct census calm;
};

FIXTURE_VARIANT(storm)
{
	void (*once)(void);
};

FIXTURE_VARIANT_ADD(storm, exit) { storm_exits };
FIXTURE_VARIANT_ADD(storm, exec) { storm_execs };
FIXTURE_VARIANT_ADD(storm, munmap) { storm_maps };
FIXTURE_VARIANT_ADD(storm, thp) { storm_huge_pages };
FIXTURE_VARIANT_ADD(storm, threads) { storm_threads };

static void bystander(void *arg)
{
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
}

FIXTURE_SETUP(storm)
{
	const struct stormer stormer = { "", NULL, variant->once };
	unsigned int i;

	self->bystander = child_start(bystander, NULL);
	ASSERT_LT(0, self->bystander);
	ASSERT_CENSUS(self->bystander, &self->calm);
	for (i = 0; i < STORMERS; i++) {
		self->stormers[i] = stormer_start(&stormer);
		ASSERT_LT(0, self->stormers[i]);
	}
}

FIXTURE_TEARDOWN(storm)
{
	unsigned int i;

	for (i = 0; i < STORMERS; i++)
		stormer_end(self->stormers[i]);
	child_end(self->bystander);
	census_free(&self->calm);
}

/* Figures that do not depend on other owners of a page. */
static const unsigned int still[] = {
	MEMCENSUS_F_VSS, MEMCENSUS_F_RSS, MEMCENSUS_F_ANON, MEMCENSUS_F_FILE,
	MEMCENSUS_F_SHMEM, MEMCENSUS_F_RSS_COUNTER, MEMCENSUS_F_PAGETABLES,
	MEMCENSUS_F_SWAP, MEMCENSUS_F_THP, MEMCENSUS_F_SPECIAL,
	MEMCENSUS_F_HEAP, MEMCENSUS_F_STACK,
};

TEST_F(storm, bystander_is_exact)
{
	const struct census_request all = {};
	const struct census_request frames = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	const struct census_task *task;
	const struct census_vma *vma;
	unsigned int scans = 0, vanished = 0, busy = 0, i;
	uint64_t until = now_ms() + storm_ms;
	struct census census;

	do {
		/* All processes, including stormers. */
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		ASSERT_TRUE(census_is_whole(&census));
		vanished += census.scan[MEMCENSUS_SCAN_VANISHED];
		busy += census.scan[MEMCENSUS_SCAN_BUSY] +
			census.scan[MEMCENSUS_SCAN_PARTIAL];
		task = census_task_of(&census, self->bystander);
		ASSERT_NE(NULL, task);
		EXPECT_EQ(MEMCENSUS_STATE_WALKED, task->state);
		for (i = 0; i < ARRAY_SIZE(still); i++)
			EXPECT_EQ(figure(&self->calm.tasks->f, still[i]),
				  figure(&task->f, still[i]))
				TH_LOG("%s", figure_name(still[i]));
		for (task = census.tasks;
		     task < census.tasks + census.n_tasks; task++)
			if (task->state == MEMCENSUS_STATE_WALKED)
				ASSERT_LE(task->f.value[MEMCENSUS_F_USS],
					  task->f.value[MEMCENSUS_F_RSS]);
		census_free(&census);

		/* The sum of all shares is all frames, although processes come and go. */
		ASSERT_EQ(0, census_take(&frames, &census, NULL));
		ASSERT_TRUE(census_is_whole(&census));
		ASSERT_EQ(0, census.scan[MEMCENSUS_SCAN_VIOLATIONS]);
		ASSERT_LE(census.scan[MEMCENSUS_SCAN_PSS],
			  census.scan[MEMCENSUS_SCAN_FRAMES]);
		task = census_task_of(&census, self->bystander);
		ASSERT_NE(NULL, task);
		EXPECT_EQ(figure(&self->calm.tasks->f, MEMCENSUS_F_RSS),
			  figure(&task->f, MEMCENSUS_F_RSS));
		EXPECT_LE(pages * PAGE, figure(&task->f, MEMCENSUS_F_USS));
		census_free(&census);

		/* The bystander's exclusive pages. */
		ASSERT_CENSUS(self->bystander, &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, USS);
		EXPECT_PAGES(pages, vma, PSS);
		EXPECT_EQ(self->calm.n_vmas, census.n_vmas);
		census_free(&census);

		/* A stormer by its PID, with mappings. */
		ASSERT_EQ(0, census_take_pid(self->stormers[scans % STORMERS],
					     &census, NULL));
		ASSERT_TRUE(census_is_whole(&census));
		for (i = 1; i < census.n_vmas; i++)
			ASSERT_LE(census.vmas[i - 1].end, census.vmas[i].start);
		census_free(&census);
		scans++;
	} while (now_ms() < until || scans < least_scans);
	diag("%u scans of each kind; %u times a process vanished, %u times one was busy",
	     scans, vanished, busy);
}

TEST_HARNESS_MAIN
