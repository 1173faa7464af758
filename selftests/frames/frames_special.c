// SPDX-License-Identifier: GPL-2.0
/*
 * Frames basis: special mappings. These are the zero pages and PFN maps: [vvar] of
 * every process, and /dev/mem.
 *
 * Migration entries are not tested here: they exist only while a page is copied,
 * and a process cannot keep one. Test frames_storm scans while pages migrate.
 */
#include <fcntl.h>
#include <time.h>

#include "selftest.h"

#include "owners/counted.h"

static const unsigned long pages = 200, written = 40;

static void map_zeroes(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	read_pages(at, pages);
	write_pages(at, written);
	read_pages(map_private(PLACE(1), pages * PAGE), pages);
}

/* Two processes map it, each twice: it is not even shared. */
TEST(zero_page)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	for (i = 0; i < 2; i++) {
		pids[i] = child_start(map_zeroes, NULL);
		ASSERT_LT(0, pids[i]);
	}
	ASSERT_FRAMES(pids, 2, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_FRAMES_VMA(&census, pids[i], PLACE(0), vma);
		EXPECT_PAGES(written, vma, RSS);
		EXPECT_PAGES(written, vma, FRAMES);
		EXPECT_PAGES(written, vma, USS);
		EXPECT_PAGES(written, vma, PSS);
		EXPECT_PAGES(0, vma, SHARED);
		EXPECT_PAGES(pages - written, vma, SPECIAL);
		ASSERT_FRAMES_VMA(&census, pids[i], PLACE(1), vma);
		EXPECT_PAGES(0, vma, RSS);
		EXPECT_PAGES(0, vma, FRAMES);
		EXPECT_PAGES(pages, vma, SPECIAL);
	}
	census_free(&census);
	/* There the zero page is beyond the end of kpageflags. */
	if (!user_mode_linux())
		EXPECT_EQUAL_OWNERS();
	child_end(pids[0]);
	child_end(pids[1]);
}

/* Reads one huge page, writes the other. */
static void map_huge_zeroes(void *arg)
{
	char *at = map_private(PLACE(0), 2 * HUGE);

	need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	read_pages(at, 1);
	at[HUGE] = 1;
}

TEST(huge_zero_page)
{
	const unsigned long nr = HUGE / PAGE;
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	if (read_number("/sys/kernel/mm/transparent_hugepage/use_zero_page") != 1)
		SKIP(return, "kernel has no huge zero page");
	for (i = 0; i < 2; i++) {
		pids[i] = child_start(map_huge_zeroes, NULL);
		ASSERT_LT(0, pids[i]);
	}
	ASSERT_FRAMES(pids, 2, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_FRAMES_VMA(&census, pids[i], PLACE(0), vma);
		EXPECT_PAGES(nr, vma, RSS);
		EXPECT_PAGES(nr, vma, FRAMES);
		EXPECT_PAGES(nr, vma, USS);
		EXPECT_PAGES(nr, vma, THP);
		EXPECT_PAGES(nr, vma, SPECIAL);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pids[0]);
	child_end(pids[1]);
}

static void map_device(void *arg)
{
	/* mmap() creates all entries; no read is needed. */
	map(PLACE(0), 4 * PAGE, PROT_READ, MAP_SHARED, *(int *)arg, 0xf0000);
}

TEST(dev_mem)
{
	int fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	const struct census_vma *vma;
	struct census census;
	void *probe;
	pid_t pid;

	if (fd < 0)
		SKIP(return, "no /dev/mem");
	probe = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0xf0000);
	if (probe == MAP_FAILED)
		SKIP(return, "kernel refuses a map of the firmware's memory");
	munmap(probe, 4 * PAGE);
	pid = child_start(map_device, &fd);
	ASSERT_LT(0, pid);
	ASSERT_FRAMES(&pid, 1, &census);
	ASSERT_FRAMES_VMA(&census, pid, PLACE(0), vma);
	EXPECT_PAGES(4, vma, SPECIAL);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_PAGES(0, vma, FRAMES);
	EXPECT_PAGES(0, vma, PSS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pid);
}

/*
 * The clock page, which the vDSO reads. It is in a PFN map, so special; newer
 * kernels map it as a file page: then smaps counts it, and so does the census.
 */
static void read_clock(void *arg)
{
	now_ms();
}

TEST(vvar)
{
	const struct census_vma *vma, *vvar = NULL;
	const struct smaps_vma *theirs;
	struct smaps smaps = {};
	struct census census;
	uint64_t special, rss;
	pid_t pid;

	pid = child_start(read_clock, NULL);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, smaps_read(pid, &smaps));
	ASSERT_FRAMES(&pid, 1, &census);
	for (vma = census.vmas; vma < census.vmas + census.n_vmas; vma++)
		if (vma->name && !strcmp(vma->name, "[vvar]"))
			vvar = vma;
	if (!vvar)
		SKIP(goto out, "no [vvar] on this machine");
	theirs = smaps_vma_at(&smaps, (void *)vvar->start);
	ASSERT_NE(NULL, theirs);
	rss = theirs->f.value[MEMCENSUS_F_RSS];
	diag("[vvar] has %llu pages by smaps", (unsigned long long)(rss / PAGE));
	special = figure(&vvar->f, MEMCENSUS_F_SPECIAL);
	EXPECT_LE(PAGE, special + rss);
	EXPECT_LE(special + rss, figure(&vvar->f, MEMCENSUS_F_VSS));
	EXPECT_PAGES(rss / PAGE, vvar, RSS);
	EXPECT_PAGES(rss / PAGE, vvar, FRAMES);
	EXPECT_PAGES(0, vvar, SHARED);
	EXPECT_LE(special, figure(&census.tasks->f, MEMCENSUS_F_SPECIAL));
out:
	census_free(&census);
	smaps_free(&smaps);
	child_end(pid);
}

TEST_HARNESS_MAIN
