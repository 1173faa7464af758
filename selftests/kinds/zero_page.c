// SPDX-License-Identifier: GPL-2.0
/* The zero pages, which reads of anonymous memory map; they have no owner. */
#include "selftest.h"

#include "owners/counted.h"

static const unsigned long pages = 200, written = 40;

static void small(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	read_pages(at, pages);
	write_pages(at, written);
}

TEST(small_pages)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(small, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, VSS);
	EXPECT_PAGES(written, vma, RSS);
	EXPECT_PAGES(written, vma, USS);
	EXPECT_PAGES(written, vma, PSS);
	EXPECT_PAGES(pages - written, vma, SPECIAL);
	EXPECT_EQUAL_SMAPS(pid);
	/* There the zero page is beyond the end of kpageflags. */
	if (!user_mode_linux())
		EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

static void huge(void *arg)
{
	char *at = map_private(PLACE(0), 2 * HUGE);

	need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	read_pages(at, 1);
	at[HUGE] = 1;
}

/* One huge page is read, the other written. */
TEST(huge_pages)
{
	const unsigned long nr = HUGE / PAGE;
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	if (read_number("/sys/kernel/mm/transparent_hugepage/use_zero_page") != 1)
		SKIP(return, "kernel has no huge zero page");
	pid = child_start(huge, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(nr, vma, RSS);
	EXPECT_PAGES(nr, vma, THP);
	EXPECT_PAGES(nr, vma, USS);
	EXPECT_PAGES(nr, vma, SPECIAL);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

TEST_HARNESS_MAIN
