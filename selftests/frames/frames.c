// SPDX-License-Identifier: GPL-2.0
/* The census counts owners: it is exact even where map counts are not. */
#include "selftest.h"

#define RW	(PROT_READ | PROT_WRITE)

static const struct census_request all = {
	.parts = MEMCENSUS_PART_TASKS,
};

static int take_frames_of(pid_t pid, struct census *census)
{
	uint32_t id = pid;
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
		.pids = &id,
		.n_pids = 1,
	};

	return census_take(&request, census, NULL);
}

/* Takes the census of process @pid by frames into @to, or ends the test. */
#define ASSERT_FRAMES(pid, to) do {					\
	struct census *__census = (to);					\
	ASSERT_EQ(0, take_frames_of(pid, __census));			\
	ASSERT_TRUE(census_is_whole(__census));				\
	ASSERT_EQ(1, __census->n_tasks);				\
	EXPECT_EQ(0, __census->scan[MEMCENSUS_SCAN_VIOLATIONS]);	\
} while (0)

/* Owners are counted by default, of all processes always. */
TEST(default_parts)
{
	uint32_t pid = getpid();
	struct census_request request = {};
	struct census census;

	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_TRUE(census.scan[MEMCENSUS_SCAN_PARTS] & MEMCENSUS_PART_OWNERS);
	EXPECT_FALSE(census.scan[MEMCENSUS_SCAN_PARTS] & MEMCENSUS_PART_FLAGS);
	census_free(&census);
	request.parts = MEMCENSUS_PART_TASKS;
	request.no_owners = true;
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_TRUE(census.scan[MEMCENSUS_SCAN_PARTS] & MEMCENSUS_PART_OWNERS);
	census_free(&census);
	request.pids = &pid;
	request.n_pids = 1;
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_EQ(MEMCENSUS_PART_TASKS, census.scan[MEMCENSUS_SCAN_PARTS]);
	census_free(&census);
	request.parts = 0;
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_TRUE(census.scan[MEMCENSUS_SCAN_PARTS] & MEMCENSUS_PART_OWNERS);
	census_free(&census);
}

/* The sum of all shares is all frames, minus rounding. */
TEST(shares_add_up)
{
	const struct census_task *task;
	uint64_t pss = 0, uss = 0, frames;
	struct census census;

	ASSERT_EQ(0, census_take(&all, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	for (task = census.tasks; task < census.tasks + census.n_tasks; task++) {
		EXPECT_LE(task->f.value[MEMCENSUS_F_USS],
			  task->f.value[MEMCENSUS_F_PSS]);
		EXPECT_LE(task->f.value[MEMCENSUS_F_PSS],
			  task->f.value[MEMCENSUS_F_FRAMES]);
		EXPECT_LE(task->f.value[MEMCENSUS_F_FRAMES],
			  task->f.value[MEMCENSUS_F_RSS]);
		pss += task->f.value[MEMCENSUS_F_PSS];
		uss += task->f.value[MEMCENSUS_F_USS];
	}
	frames = census.scan[MEMCENSUS_SCAN_FRAMES];
	EXPECT_EQ(0, census.scan[MEMCENSUS_SCAN_VIOLATIONS]);
	EXPECT_EQ(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	EXPECT_EQ(0, frames % PAGE);
	EXPECT_LE(census.scan[MEMCENSUS_SCAN_PSS], frames);
	/* Each record is rounded down to bytes. */
	EXPECT_LE(pss, census.scan[MEMCENSUS_SCAN_PSS]);
	EXPECT_LE(census.scan[MEMCENSUS_SCAN_PSS], pss + census.n_tasks);
	EXPECT_LT(frames - pss, frames / 4096 + census.n_tasks);
	EXPECT_LE(uss, frames);
	diag("%zu address spaces, %llu pages, all shares %llu bytes less",
	     census.n_tasks, (unsigned long long)frames / PAGE,
	     (unsigned long long)(frames - pss));
	census_free(&census);
}

struct family {
	volatile pid_t child;
	unsigned long pages, child_writes, parent_writes;
};

static void child(void *arg)
{
	struct family *family = arg;

	write_pages(PLACE(0), family->child_writes);
}

static void parent(void *arg)
{
	struct family *family = arg;
	char *at = map_private(PLACE(0), family->pages * PAGE);

	write_pages(at, family->pages);
	family->child = child_start(child, family);
	need(family->child > 0, "child");
	write_pages(at + (family->pages - family->parent_writes) * PAGE,
		    family->parent_writes);
}

/* If map counts are exact, smaps gives the same. */
TEST(shared_by_fork)
{
	const unsigned long pages = 600, child_writes = 100, parent_writes = 50;
	const unsigned long shared = pages - child_writes - parent_writes;
	const unsigned long alone = pages - shared;
	const struct census_vma *vma;
	struct family *family;
	struct census census;
	pid_t pids[2];
	int i;

	family = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, family);
	*family = (struct family) {
		.pages = pages,
		.child_writes = child_writes,
		.parent_writes = parent_writes,
	};
	pids[0] = child_start(parent, family);
	ASSERT_LT(0, pids[0]);
	pids[1] = family->child;
	for (i = 0; i < 2; i++) {
		ASSERT_FRAMES(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(shared, vma, SHARED);
		EXPECT_PAGES(alone, vma, USS);
		EXPECT_PAGES(alone + shared / 2, vma, PSS);
		census_free(&census);
	}
	child_end(pids[0]);
}

static const unsigned long pages = 64;

static void map_twice(void *arg)
{
	int fd = *(int *)arg;

	write_pages(map(PLACE(0), pages * PAGE, RW, MAP_SHARED, fd, 0), pages);
	write_pages(map(PLACE(1), PAGE, RW, MAP_SHARED, fd, 0), 1);
	munmap(PLACE(1), PAGE);
	child_stop();
	write_pages(map(PLACE(1), pages * PAGE, RW, MAP_SHARED, fd, 0), pages);
}

/*
 * The RSS grows, but the frames do not, and they stay exclusive; each frame counts
 * in one of the two mappings. smaps calls all of it shared.
 */
TEST(mapped_twice)
{
	struct census before, after;
	const struct census_vma *vma;
	int fd = memfd("twice", pages), i;
	uint64_t uss = 0, pss = 0;
	pid_t pid;

	pid = child_start(map_twice, &fd);
	ASSERT_LT(0, pid);
	ASSERT_FRAMES(pid, &before);
	ASSERT_TRUE(child_next(pid));
	ASSERT_FRAMES(pid, &after);
	EXPECT_EQ(pages * PAGE, after.tasks->f.value[MEMCENSUS_F_RSS] -
		  before.tasks->f.value[MEMCENSUS_F_RSS]);
	EXPECT_EQ(before.tasks->f.value[MEMCENSUS_F_FRAMES],
		  after.tasks->f.value[MEMCENSUS_F_FRAMES]);
	for (i = 0; i < 2; i++) {
		ASSERT_VMA(&after, PLACE(i), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(0, vma, SHARED);
		uss += vma->f.value[MEMCENSUS_F_USS];
		pss += vma->f.value[MEMCENSUS_F_PSS];
	}
	EXPECT_EQ(pages * PAGE, uss);
	EXPECT_EQ(pages * PAGE, pss);
	census_free(&before);
	census_free(&after);
	child_end(pid);
}

static void huge_parent(void *arg)
{
	volatile pid_t *word = arg;
	char *at = map_private(PLACE(0), 4 * HUGE);
	int i;

	madvise(at, 4 * HUGE, MADV_HUGEPAGE);
	write_pages(at, 4 * HUGE / PAGE);
	*word = child_start((void (*)(void *))child_stop, NULL);
	need(*word > 0, "child");
	/* From now on half of each huge page is exclusive to the child. */
	for (i = 0; i < 4; i++)
		madvise(at + i * HUGE, HUGE / 2, MADV_DONTNEED);
}

/* One process maps a huge page whole, another maps half of it. */
TEST(half_of_huge_pages)
{
	const unsigned long whole = 4 * HUGE / PAGE, half = whole / 2;
	const struct census_vma *vma;
	struct census census;
	volatile pid_t *word;
	pid_t pid;

	word = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, word);
	pid = child_start(huge_parent, (void *)word);
	ASSERT_LT(0, pid);

	ASSERT_FRAMES(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(half, vma, RSS);
	EXPECT_PAGES(0, vma, USS);
	EXPECT_PAGES(half, vma, SHARED);
	EXPECT_PAGES(half / 2, vma, PSS);
	census_free(&census);

	ASSERT_FRAMES(*word, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(whole, vma, RSS);
	EXPECT_PAGES(half, vma, USS);
	EXPECT_PAGES(half, vma, SHARED);
	EXPECT_PAGES(half + half / 2, vma, PSS);
	census_free(&census);
	child_end(pid);
}

TEST_HARNESS_MAIN
