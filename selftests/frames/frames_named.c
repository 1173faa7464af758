// SPDX-License-Identifier: GPL-2.0
/*
 * Owners of named processes: without OWNERS no other process is walked, and what needs owners is
 * unknown; with them the figures are those of a census of all.
 */
#include "selftest.h"

#include "owners/counted.h"

static const unsigned long pages = 300, shared = 200, many = 5000;

/* What needs the owners of pages, of swap slots and of hugetlb pages. */
static const unsigned int of_owners[] = {
	MEMCENSUS_F_USS, MEMCENSUS_F_PSS, MEMCENSUS_F_SHARED, MEMCENSUS_F_SWAP_PSS,
	MEMCENSUS_F_SWAP_USS, MEMCENSUS_F_PSS_ANON, MEMCENSUS_F_PSS_FILE, MEMCENSUS_F_PSS_SHMEM,
	MEMCENSUS_F_USS_ANON, MEMCENSUS_F_USS_FILE, MEMCENSUS_F_USS_SHMEM,
	MEMCENSUS_F_PSS_DEVICE, MEMCENSUS_F_USS_DEVICE, MEMCENSUS_F_USS_ZONE_DEVICE,
	MEMCENSUS_F_SHARED_HUGETLB, MEMCENSUS_F_PRIVATE_HUGETLB, MEMCENSUS_F_HUGETLB_PSS,
};

/* What one walk tells. */
static const unsigned int of_walk[] = {
	MEMCENSUS_F_VSS, MEMCENSUS_F_RSS, MEMCENSUS_F_SWAP, MEMCENSUS_F_FRAMES, MEMCENSUS_F_ANON,
	MEMCENSUS_F_FILE, MEMCENSUS_F_SHMEM, MEMCENSUS_F_THP, MEMCENSUS_F_HUGETLB,
	MEMCENSUS_F_SPECIAL, MEMCENSUS_F_HEAP, MEMCENSUS_F_STACK,
};

FIXTURE(named)
{
	pid_t pid, bystander;
	int fd;
};

static void map_both(void *arg)
{
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	write_pages(map(PLACE(1), shared * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, *(int *)arg,
			0), shared);
}

static void map_many(void *arg)
{
	map_both(arg);
	write_pages(map_private(PLACE(2), many * PAGE), many);
}

FIXTURE_SETUP(named)
{
	self->fd = memfd("named", shared);
	self->bystander = -1;
	self->pid = child_start(map_both, &self->fd);
	ASSERT_LT(0, self->pid);
}

FIXTURE_TEARDOWN(named)
{
	child_end(self->pid);
	child_end(self->bystander);
}

static struct census_request of(const pid_t *pid, bool owners)
{
	return (struct census_request) {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
		.no_owners = !owners, .pids = (const uint32_t *)pid, .n_pids = 1,
	};
}

TEST_F(named, without_owners)
{
	const struct census_request request = of(&self->pid, false);
	const struct census_vma *vma;
	struct census alone, census;
	unsigned int i;

	ASSERT_EQ(0, census_take(&request, &alone, NULL));
	self->bystander = child_start(map_many, &self->fd);
	ASSERT_LT(0, self->bystander);
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	ASSERT_TRUE(census_is_whole(&census));
	ASSERT_EQ(1, census.n_tasks);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, census.tasks->state);
	ASSERT_VMA(&census, PLACE(1), vma);
	EXPECT_PAGES(shared, vma, RSS);
	EXPECT_PAGES(shared, vma, FRAMES);
	for (i = 0; i < ARRAY_SIZE(of_owners); i++) {
		EXPECT_EQ(FIGURE_UNKNOWN, figure(&census.tasks->f, of_owners[i]))
			TH_LOG("%s", figure_name(of_owners[i]));
		EXPECT_EQ(FIGURE_UNKNOWN, figure(&vma->f, of_owners[i]))
			TH_LOG("%s", figure_name(of_owners[i]));
	}
	for (i = 0; i < ARRAY_SIZE(of_walk); i++) {
		EXPECT_NE(FIGURE_UNKNOWN, figure(&census.tasks->f, of_walk[i]))
			TH_LOG("%s", figure_name(of_walk[i]));
		EXPECT_EQ(figure(&alone.tasks->f, of_walk[i]),
			  figure(&census.tasks->f, of_walk[i]))
			TH_LOG("%s", figure_name(of_walk[i]));
	}
	/* No other process was walked, however much it has. */
	EXPECT_EQ(1, census.scan[MEMCENSUS_SCAN_WALKED]);
	EXPECT_LT(pages + shared, census.scan[MEMCENSUS_SCAN_PTES]);
	EXPECT_EQ(alone.scan[MEMCENSUS_SCAN_PTES], census.scan[MEMCENSUS_SCAN_PTES]);
	EXPECT_EQ(alone.scan[MEMCENSUS_SCAN_PAGES], census.scan[MEMCENSUS_SCAN_PAGES]);
	census_free(&census);
	census_free(&alone);
}

/*
 * What may differ between two censuses: this process writes to pages that it shares by fork, so
 * that others have more of them.
 */
static uint64_t written(unsigned int figure)
{
	return figure == MEMCENSUS_F_PSS || figure == MEMCENSUS_F_PSS_ANON ? 16 * PAGE : 0;
}

/* Of the pages that it shares with a process that is not named. */
TEST_F(named, with_owners)
{
	const struct census_request request = of(&self->pid, true);
	const struct census_vma *vma;
	const struct census_task *task;
	struct census census, all;
	unsigned int i;

	self->bystander = child_start(map_many, &self->fd);
	ASSERT_LT(0, self->bystander);
	/* This process maps no more of its program and libraries in the second census of each. */
	ASSERT_TAKEN(&request, &census);
	census_free(&census);
	ASSERT_FRAMES_OF_ALL(&all);
	census_free(&all);
	ASSERT_TAKEN(&request, &census);
	ASSERT_EQ(1, census.n_tasks);
	EXPECT_LT(many, census.scan[MEMCENSUS_SCAN_PTES]);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, USS);
	EXPECT_PAGES(pages, vma, PSS);
	ASSERT_VMA(&census, PLACE(1), vma);
	EXPECT_PAGES(0, vma, USS);
	EXPECT_PAGES(shared, vma, SHARED);
	EXPECT_PAGES(shared / 2, vma, PSS);
	ASSERT_FRAMES_OF_ALL(&all);
	task = census_task_of(&all, self->pid);
	ASSERT_NE(NULL, task);
	for (i = 0; i < ARRAY_SIZE(of_owners); i++) {
		const uint64_t one = figure(&census.tasks->f, of_owners[i]);
		const uint64_t among = figure(&task->f, of_owners[i]);

		EXPECT_NE(FIGURE_UNKNOWN, one);
		EXPECT_GE(written(of_owners[i]), one > among ? one - among : among - one)
			TH_LOG("%s: %llu, %llu", figure_name(of_owners[i]),
			       (unsigned long long)one, (unsigned long long)among);
	}
	for (i = 0; i < ARRAY_SIZE(of_walk); i++)
		EXPECT_EQ(figure(&task->f, of_walk[i]), figure(&census.tasks->f, of_walk[i]))
			TH_LOG("%s", figure_name(of_walk[i]));
	census_free(&all);
	census_free(&census);
}

TEST_HARNESS_MAIN
