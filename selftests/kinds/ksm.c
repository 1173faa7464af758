// SPDX-License-Identifier: GPL-2.0
/* Pages of the same content, merged by KSM. */
#include <sys/utsname.h>

#include "selftest.h"

#include "owners/counted.h"

#define SYS	"/sys/kernel/mm/ksm/"

/* Equal pages, and unique ones. */
static const unsigned long same = 64, other = 20;

static void mergeable(void *arg)
{
	char *at = map_private(PLACE(0), (same + other) * PAGE);
	unsigned long i;

	for (i = 0; i < same; i++)
		memset(at + i * PAGE, 'k', PAGE);
	for (i = same; i < same + other; i++)
		snprintf(at + i * PAGE, PAGE, "page %lu", i);
	need(!madvise(at, (same + other) * PAGE, MADV_MERGEABLE),
	     "MADV_MERGEABLE");
}

/* Waits until all equal pages are merged into one. */
static bool merged(void)
{
	uint64_t until = now_ms() + 60000;

	while (read_number(SYS "pages_sharing") < (long)same - 1) {
		if (now_ms() > until)
			return false;
		sleep_ms(20);
	}
	return true;
}

/*
 * The merged pages are one frame with a map count of that many: shared by the
 * rule of smaps, and exclusive to their only owner.
 */
TEST(merged_within_a_process)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	if (!write_file(SYS "run", "1"))
		SKIP(return, "kernel has no KSM");
	write_file(SYS "sleep_millisecs", "1");
	write_file(SYS "pages_to_scan", "10000");
	pid = child_start(mergeable, NULL);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(merged());
	ASSERT_TRUE(write_file(SYS "run", "0"));

	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(same + other, vma, RSS);
	EXPECT_PAGES(same + other, vma, ANON);
	EXPECT_PAGES(other + 1, vma, FRAMES);
	EXPECT_PAGES(0, vma, SHARED);
	EXPECT_PAGES(other + 1, vma, USS);
	EXPECT_PAGES(other + 1, vma, PSS);
	EXPECT_PAGES(same, vma, KSM);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
	write_file(SYS "run", "2");
	write_file(SYS "run", "0");
}

TEST(smaps_has_it_too)
{
	struct smaps smaps;

	ASSERT_EQ(0, smaps_read(getpid(), &smaps));
	if (!(smaps.rollup.known >> MEMCENSUS_F_KSM & 1))
		SKIP(return, "this kernel's smaps has no line KSM to compare with");
	EXPECT_EQUAL_SMAPS(1);
	EXPECT_EQUAL_OWNERS();
	smaps_free(&smaps);
}

TEST_HARNESS_MAIN
