// SPDX-License-Identifier: GPL-2.0
/*
 * Tests account.c on the host: shares and their rounding, figures, indices of
 * free blocks, watermarks. The expected values were computed by hand.
 */
#include <stdio.h>

#include "owners/account.h"

#define ORDERS 11
#define PAGE 4096ULL

static unsigned int points;
static bool failed;

static void point(bool ok, const char *what)
{
	printf("%sok %u - %s\n", ok ? "" : "not ", ++points, what);
	failed |= !ok;
}

static void equal(u64 want, u64 got, const char *what)
{
	point(want == got, what);
	if (want != got)
		printf("# wanted %llu, got %llu\n", (unsigned long long)want,
		       (unsigned long long)got);
}

static void equal_index(s32 want, s32 got, const char *what)
{
	point(want == got, what);
	if (want != got)
		printf("# wanted %d, got %d\n", want, got);
}

/* One page in 1/4096 byte. */
#define WHOLE (PAGE << CENSUS_PSS_SHIFT)

static void shares(void)
{
	struct census_sums s = {}, more = {};

	census_account_share(&s, CENSUS_ANON, PAGE, 1, true, false, true);
	equal(WHOLE, s.pss[CENSUS_ANON], "a page of one owner is all its own");
	equal(WHOLE, s.pss_dirty, "and dirty, as it was");
	equal(PAGE, s.private_dirty, "and private");
	equal(0, s.shared_dirty + s.shared_clean + s.private_clean,
	      "and nothing else");

	census_account_share(&s, CENSUS_ANON, PAGE, 0, true, false, true);
	equal(2 * WHOLE, s.pss[CENSUS_ANON], "no owner counts as one");

	/* 2^24 / 3 = 5592405 and a third. */
	census_account_share(&s, CENSUS_FILE, PAGE, 3, false, true, false);
	equal(5592405, s.pss[CENSUS_FILE], "a third is cut, not rounded");
	equal(5592405, s.pss_locked, "and locked");
	equal(PAGE, s.shared_clean, "and shared and clean");
	equal(2 * WHOLE, s.pss_dirty, "and not dirty");

	/* A huge page of 512 pages is divided once: 2^33 / 3 = 2863311530 and two thirds. */
	census_account_share(&s, CENSUS_SHMEM, 512 * PAGE, 3, true, false, false);
	equal(2863311530ULL, s.pss[CENSUS_SHMEM],
	      "512 pages of three owners are cut once");
	equal(512 * PAGE, s.shared_dirty, "and dirty and shared");

	/* One owner more than there are units. */
	memset(&s, 0, sizeof(s));
	census_account_share(&s, CENSUS_ANON, PAGE, (1U << 24) + 1, false, false,
			     false);
	equal(0, s.pss[CENSUS_ANON], "2^24 + 1 owners have nothing");
	census_account_share(&s, CENSUS_ANON, PAGE, 1U << 24, false, false,
			     false);
	equal(1, s.pss[CENSUS_ANON], "2^24 owners have one part each");

	s.rss[CENSUS_ANON] = 1;
	s.rss[CENSUS_FILE] = 20;
	s.rss[CENSUS_SHMEM] = 300;
	equal(321, census_sums_rss(&s), "RSS is that of all classes");
	more.rss[CENSUS_FILE] = 5;
	more.stack = 7;
	census_sums_add(&s, &more);
	equal(25, s.rss[CENSUS_FILE], "sums are added from the first field");
	equal(7, s.stack, "to the last");
}

static void figures_of_sums(void)
{
	struct census_sums s = {
		.rss = { 10 * PAGE, 5 * PAGE, PAGE },
		/* Each part is rounded down, and the sum too. */
		.pss = { 4095, 4095, 4095 },
		.private_clean = 3 * PAGE, .private_dirty = 4 * PAGE,
		.shared_clean = 5 * PAGE, .shared_dirty = 6 * PAGE,
		.thp = { 512 * PAGE, 0, 512 * PAGE },
		.shared_hugetlb = 1024 * PAGE, .private_hugetlb = 512 * PAGE,
		.special = 2 * PAGE, .swap = 9 * PAGE,
	};
	struct census_figures f = {};

	census_sums_figures(&s, &f);
	equal(16 * PAGE, f.value[MEMCENSUS_F_RSS], "figures: RSS");
	equal(7 * PAGE, f.value[MEMCENSUS_F_USS], "figures: USS");
	equal(11 * PAGE, f.value[MEMCENSUS_F_SHARED], "figures: shared");
	equal(2, f.value[MEMCENSUS_F_PSS], "figures: PSS is added, then cut");
	equal(0, f.value[MEMCENSUS_F_PSS_ANON], "figures: a part of it is cut alone");
	equal(1024 * PAGE, f.value[MEMCENSUS_F_THP], "figures: THP");
	equal(1536 * PAGE, f.value[MEMCENSUS_F_HUGETLB], "figures: hugetlb");
	equal(2 * PAGE, f.value[MEMCENSUS_F_SPECIAL], "figures: special");
	equal(9 * PAGE, f.value[MEMCENSUS_F_SWAP], "figures: swap");
	point(!census_figure_known(&f, MEMCENSUS_F_FRAMES),
	      "figures: frames are not known by map counts");
	point(!census_figure_known(&f, MEMCENSUS_F_SWAP_PSS),
	      "figures: nor is the share of swap");
}

static void figures_of_holdings(void)
{
	const u64 whole = 1ULL << CENSUS_SHARE_SHIFT, third = whole / 3;
	const struct census_sums s = { .rss = { 12 * PAGE, 3 * PAGE, 0 } };
	const unsigned int sizes[CENSUS_HUGETLB_SIZES] = { 512, 512 * 512 };
	struct census_holding h[CENSUS_KINDS] = {
		/* Seven exclusive pages, three with three owners; two file pages. */
		[CENSUS_ANON] = { 10, 7, 7 * whole + 3 * third },
		[CENSUS_FILE] = { 2, 0, 2 * third },
		[CENSUS_OF_HUGETLB] = { 3, 1, whole + 2 * third },
		[CENSUS_OF_HUGETLB + 1] = { 1, 1, whole },
	};
	struct census_figures f = {};

	census_holdings_figures(&s, h, sizes, PAGE, &f);
	equal(15 * PAGE, f.value[MEMCENSUS_F_RSS], "holdings: RSS is walked");
	equal(12 * PAGE, f.value[MEMCENSUS_F_FRAMES], "holdings: frames");
	equal(7 * PAGE, f.value[MEMCENSUS_F_USS], "holdings: USS");
	equal(7 * PAGE, f.value[MEMCENSUS_F_USS_ANON], "holdings: USS of anonymous");
	equal(0, f.value[MEMCENSUS_F_USS_FILE], "holdings: USS of files");
	equal(5 * PAGE, f.value[MEMCENSUS_F_SHARED], "holdings: shared");
	/* 5 * 22906492245 / 2^24 = 6826.66 */
	equal(7 * PAGE + 6826, f.value[MEMCENSUS_F_PSS], "holdings: PSS");
	equal(7 * PAGE + 4095, f.value[MEMCENSUS_F_PSS_ANON],
	      "holdings: PSS of anonymous, three thirds less a cut");
	equal(2730, f.value[MEMCENSUS_F_PSS_FILE], "holdings: PSS of files");
	equal((3 * 512 + 512 * 512) * PAGE, f.value[MEMCENSUS_F_HUGETLB],
	      "holdings: hugetlb of two sizes");
	equal((512 + 512 * 512) * PAGE, f.value[MEMCENSUS_F_PRIVATE_HUGETLB],
	      "holdings: hugetlb alone");
	equal(2 * 512 * PAGE, f.value[MEMCENSUS_F_SHARED_HUGETLB],
	      "holdings: hugetlb shared");
	/* 2 * 22906492245 * 512 / 2^24 = 1398101.25 */
	equal((512 + 512 * 512) * PAGE + 1398101,
	      f.value[MEMCENSUS_F_HUGETLB_PSS], "holdings: PSS of hugetlb");

	/* 16 KiB pages: the same shares are four times as large. */
	census_holdings_figures(&s, h, sizes, 4 * PAGE, &f);
	equal(4 * 7 * PAGE + 27306, f.value[MEMCENSUS_F_PSS],
	      "holdings: PSS of larger pages");
}

static void indices(void)
{
	/* 100 of order 0, 10 of order 2, 2 of order 4: 172 pages, 112 blocks. */
	const u64 some[ORDERS] = { 100, 0, 10, 0, 2 };
	const u64 none[ORDERS] = {};
	const u64 whole[ORDERS] = { [10] = 3 };
	const u64 singles[ORDERS] = { 2000 };

	equal_index(0, census_unusable_index(some, ORDERS, 0),
		    "unusable: pages are all usable as such");
	/* 100 of 172 are too small: 581.39 */
	equal_index(581, census_unusable_index(some, ORDERS, 1),
		    "unusable: single ones not for order 1");
	equal_index(581, census_unusable_index(some, ORDERS, 2),
		    "unusable: nor for order 2");
	/* 140 of 172: 813.95 */
	equal_index(813, census_unusable_index(some, ORDERS, 3),
		    "unusable: fours not for order 3");
	equal_index(1000, census_unusable_index(some, ORDERS, 5),
		    "unusable: nothing for order 5");
	equal_index(1000, census_unusable_index(none, ORDERS, 0),
		    "unusable: nothing is free");
	equal_index(0, census_unusable_index(whole, ORDERS, 10),
		    "unusable: all is in the largest blocks");

	equal_index(-1000, census_extfrag_index(some, ORDERS, 4),
		    "extfrag: order 4 can be had");
	/* 1000 - (1000 + 172000 / 32) / 112 = 1000 - 6375 / 112 = 1000 - 56 */
	equal_index(944, census_extfrag_index(some, ORDERS, 5),
		    "extfrag: order 5 fails by fragmentation");
	equal_index(0, census_extfrag_index(none, ORDERS, 3),
		    "extfrag: nothing is free, it is for lack of memory");
	/* 1000 - (1000 + 2000000 / 1024) / 2000 = 1000 - 2953 / 2000 */
	equal_index(999, census_extfrag_index(singles, ORDERS, 10),
		    "extfrag: all in single pages");
	/* One page: 1000 - (1000 + 500) / 1. */
	equal_index(-500, census_extfrag_index((const u64[ORDERS]) { 1 }, ORDERS,
					       1),
		    "extfrag: one page, below the scale as the kernel has it");
}

static void watermarks(void)
{
	const u64 blocks[ORDERS] = { 50, 0, 0, 1 };

	point(census_watermark_met(blocks, ORDERS, 0, 58, 57),
	      "watermark: one page above the mark is enough");
	point(!census_watermark_met(blocks, ORDERS, 0, 58, 58),
	      "watermark: at the mark it is not");
	point(census_watermark_met(blocks, ORDERS, 3, 58, 50),
	      "watermark: the block itself, less a page, must be above it");
	point(!census_watermark_met(blocks, ORDERS, 3, 58, 51),
	      "watermark: and with one page less it is not");
	point(!census_watermark_met(blocks, ORDERS, 4, 58, 0),
	      "watermark: no block is that large");
	point(!census_watermark_met(blocks, ORDERS, 6, 58, 0),
	      "watermark: more is asked for than is free");
	point(census_watermark_met(blocks, ORDERS, 1, 58, 10),
	      "watermark: a larger block does");
}

int main(void)
{
	shares();
	figures_of_sums();
	figures_of_holdings();
	indices();
	watermarks();
	printf("1..%u\n", points);
	return failed;
}
