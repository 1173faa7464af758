// SPDX-License-Identifier: GPL-2.0
/* hugetlb pages of 2 MiB and 1 GiB, private and shared: not in the RSS. */
#include <linux/memfd.h>

#include "selftest.h"

#define POOL(kib)	"/sys/kernel/mm/hugepages/hugepages-" kib "kB/"
#define RW		(PROT_READ | PROT_WRITE)

#ifndef MAP_HUGE_2MB
#define MAP_HUGE_2MB	(21U << 26)
#endif

FIXTURE(pool)
{
	long before;
};

/* The pool has eight more pages of 2 MiB. */
FIXTURE_SETUP(pool)
{
	char text[32];

	self->before = read_number(POOL("2048") "nr_hugepages");
	if (self->before < 0)
		SKIP(return, "kernel has no hugetlb pages of 2 MiB");
	snprintf(text, sizeof(text), "%ld", self->before + 8);
	ASSERT_TRUE(write_file(POOL("2048") "nr_hugepages", text));
	ASSERT_EQ(self->before + 8, read_number(POOL("2048") "nr_hugepages"));
}

FIXTURE_TEARDOWN(pool)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", self->before);
	if (self->before >= 0)
		write_file(POOL("2048") "nr_hugepages", text);
}

static const unsigned long nr = HUGE / PAGE;

static void map_huge(void *arg)
{
	char *at = map(PLACE(0), 3 * HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_HUGETLB | MAP_HUGE_2MB, -1, 0);

	at[0] = 1;
	at[HUGE] = 1;
}

TEST_F(pool, private)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	if (self->before < 0)
		return;
	pid = child_start(map_huge, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(3 * nr, vma, VSS);
	EXPECT_PAGES(2 * nr, vma, HUGETLB);
	EXPECT_PAGES(2 * nr, vma, PRIVATE_HUGETLB);
	EXPECT_PAGES(0, vma, SHARED_HUGETLB);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_PAGES(0, vma, USS);
	EXPECT_PAGES(0, vma, PSS);
	EXPECT_PAGES(0, vma, THP);
	EXPECT_EQ(HUGE, vma->page_size);
	EXPECT_EQUAL_SMAPS(pid);
	census_free(&census);
	child_end(pid);
}

static void fork_huge(void *arg)
{
	volatile pid_t *word = arg;

	map_huge(NULL);
	*word = child_start((void (*)(void *))child_stop, NULL);
	need(*word > 0, "child");
	*(volatile char *)PLACE(0) = 2;
}

/* Two private pages are shared by fork; a write copies one of them. */
TEST_F(pool, private_forked)
{
	volatile pid_t *word;
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	if (self->before < 0)
		return;
	word = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, word);
	pids[0] = child_start(fork_huge, (void *)word);
	ASSERT_LT(0, pids[0]);
	pids[1] = *word;
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(2 * nr, vma, HUGETLB);
		EXPECT_PAGES(nr, vma, PRIVATE_HUGETLB);
		EXPECT_PAGES(nr, vma, SHARED_HUGETLB);
		EXPECT_PAGES(0, vma, RSS);
		EXPECT_EQUAL_SMAPS(pids[i]);
		census_free(&census);
	}
	child_end(pids[0]);
}

static void map_shared_huge(void *arg)
{
	char *at = map(PLACE(0), 2 * HUGE, RW, MAP_SHARED, *(int *)arg, 0);

	at[0] = 1;
	at[HUGE] = 1;
}

TEST_F(pool, shared)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int fd, i;

	if (self->before < 0)
		return;
	fd = memfd_create("huge", MFD_HUGETLB | MAP_HUGE_2MB);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, 2 * HUGE));
	pids[0] = child_start(map_shared_huge, &fd);
	ASSERT_LT(0, pids[0]);

	ASSERT_CENSUS(pids[0], &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(2 * nr, vma, PRIVATE_HUGETLB);
	EXPECT_PAGES(0, vma, SHARED_HUGETLB);
	census_free(&census);

	pids[1] = child_start(map_shared_huge, &fd);
	ASSERT_LT(0, pids[1]);
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(2 * nr, vma, HUGETLB);
		EXPECT_PAGES(0, vma, PRIVATE_HUGETLB);
		EXPECT_PAGES(2 * nr, vma, SHARED_HUGETLB);
		EXPECT_EQUAL_SMAPS(pids[i]);
		census_free(&census);
	}
	child_end(pids[0]);
	child_end(pids[1]);
}

/* 1 GiB pages are mapped one level above those of 2 MiB. */
TEST(gigantic)
{
	const unsigned long gib = (1UL << 30) / PAGE;
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	/* Reserved at boot, or allocated now if a contiguous GiB is free. */
	if (read_number(POOL("1048576") "free_hugepages") < 1)
		write_file(POOL("1048576") "nr_hugepages", "1");
	if (read_number(POOL("1048576") "free_hugepages") < 1)
		SKIP(return, "machine has no free page of 1 GiB");
	pid = child_start(map_gigantic, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(gib, vma, VSS);
	EXPECT_PAGES(gib, vma, HUGETLB);
	EXPECT_PAGES(gib, vma, PRIVATE_HUGETLB);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_EQ(1UL << 30, vma->page_size);
	EXPECT_EQUAL_SMAPS(pid);
	census_free(&census);
	child_end(pid);
}

TEST_HARNESS_MAIN
