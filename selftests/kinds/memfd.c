// SPDX-License-Identifier: GPL-2.0
/* memfds: in two processes, twice in one process, and mapped privately. */
#include "selftest.h"

#include "owners/counted.h"

#include "owners/counted.h"

static const unsigned long pages = 64, written = 10;

#define RW	(PROT_READ | PROT_WRITE)

static void map_once(void *arg)
{
	write_pages(map(PLACE(0), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0),
		    pages);
}

TEST(in_one_process)
{
	int fd = memfd("one", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(map_once, &fd);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(pages, vma, SHMEM);
	EXPECT_PAGES(pages, vma, USS);
	EXPECT_PAGES(pages, vma, PSS);
	EXPECT_PAGES(0, vma, FILE);
	EXPECT_PAGES(0, vma, SHARED);
	EXPECT_STREQ("/memfd:one (deleted)", vma->name ?: "none");
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

TEST(in_two_processes)
{
	int fd = memfd("two", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	for (i = 0; i < 2; i++) {
		pids[i] = child_start(map_once, &fd);
		ASSERT_LT(0, pids[i]);
	}
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, SHARED);
		EXPECT_PAGES(pages / 2, vma, PSS);
		EXPECT_PAGES(pages / 2, vma, PSS_SHMEM);
		EXPECT_PAGES(0, vma, USS);
		EXPECT_EQUAL_SMAPS(pids[i]);
		EXPECT_EQUAL_OWNERS();
		census_free(&census);
	}
	child_end(pids[0]);
	child_end(pids[1]);
}

static void map_twice(void *arg)
{
	map_once(arg);
	write_pages(map(PLACE(1), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0),
		    pages);
}

/*
 * Each page is mapped twice and has a map count of two: smaps calls it shared, although no other
 * process maps it.  It counts in one of the mappings.
 */
TEST(twice_in_one_process)
{
	int fd = memfd("twice", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;
	int i;

	pid = child_start(map_twice, &fd);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_VMA(&census, PLACE(i), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(0, vma, SHARED);
	}
	EXPECT_EQ(pages * PAGE, counted_placed(&census, pid, MEMCENSUS_F_USS));
	EXPECT_EQ(pages * PAGE, counted_placed(&census, pid, MEMCENSUS_F_PSS));
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

static void map_privately(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, RW, MAP_PRIVATE, *(int *)arg, 0);

	read_pages(at, pages);
	write_pages(at, written);
}

/* Written pages become anonymous; the rest stays in the memfd. */
TEST(mapped_privately)
{
	int fd = memfd("private", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(map_privately, &fd);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(written, vma, ANON);
	EXPECT_PAGES(pages - written, vma, SHMEM);
	EXPECT_PAGES(written, vma, PSS_ANON);
	EXPECT_PAGES(pages - written, vma, PSS_SHMEM);
	EXPECT_PAGES(pages, vma, USS);
	EXPECT_PAGES(0, vma, FILE);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* Maps the second half only; the offset shows this. */
static void map_half(void *arg)
{
	write_pages(map(PLACE(0), pages / 2 * PAGE, RW, MAP_SHARED,
			*(int *)arg, pages / 2 * PAGE), 1);
}

TEST(from_an_offset)
{
	int fd = memfd("half", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(map_half, &fd);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages / 2, vma, VSS);
	EXPECT_PAGES(1, vma, RSS);
	EXPECT_EQ(pages / 2 * PAGE, vma->offset);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* A mapping of which no page is touched, a private one, and one of the same memfd. */
static void map_untouched(void *arg)
{
	map(PLACE(0), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0);
	write_pages(map_private(PLACE(1), written * PAGE), written);
	write_pages(map(PLACE(2), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0), written);
	close(*(int *)arg);
}

static int take_part(pid_t pid, uint32_t part, struct census *census)
{
	const uint32_t id = pid;
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS | part, .pids = &id, .n_pids = 1,
	};

	return census_take(&request, census, NULL);
}

/* Whoever maps a memfd holds it, without a page too.  The sums are those of all mappings. */
TEST(of_memory_only)
{
	static const unsigned int same[] = {
		MEMCENSUS_F_VSS, MEMCENSUS_F_RSS, MEMCENSUS_F_ANON, MEMCENSUS_F_FILE,
		MEMCENSUS_F_SHMEM, MEMCENSUS_F_SWAP,
	};
	int fd = memfd("untouched", pages);
	const struct census_vma *vma;
	struct census all, memory;
	unsigned int i;
	uint32_t flags;
	pid_t pid;

	pid = child_start(map_untouched, &fd);
	ASSERT_LT(0, pid);
	for (flags = 0; flags <= MEMCENSUS_PART_FLAGS; flags += MEMCENSUS_PART_FLAGS) {
		ASSERT_EQ(0, take_part(pid, flags | MEMCENSUS_PART_VMAS, &all));
		ASSERT_EQ(0, take_part(pid, flags | MEMCENSUS_PART_MEMORY_VMAS, &memory));
		ASSERT_TRUE(census_is_whole(&memory));
		ASSERT_VMA(&memory, PLACE(0), vma);
		EXPECT_PAGES(0, vma, RSS);
		EXPECT_STREQ("/memfd:untouched (deleted)", vma->name ?: "none");
		EXPECT_EQ(NULL, census_vma_at(&memory, PLACE(1)));
		ASSERT_VMA(&memory, PLACE(2), vma);
		EXPECT_PAGES(written, vma, SHMEM);
		EXPECT_PAGES(written, vma, PSS);
		EXPECT_LT(memory.n_vmas, all.n_vmas);
		for (i = 0; i < ARRAY_SIZE(same); i++)
			EXPECT_EQ(figure(&all.tasks->f, same[i]), figure(&memory.tasks->f, same[i]))
				TH_LOG("figure %u", same[i]);
		census_free(&all);
		census_free(&memory);
	}
	child_end(pid);
}

TEST_HARNESS_MAIN
