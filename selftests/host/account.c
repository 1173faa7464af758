// SPDX-License-Identifier: GPL-2.0
/*
 * Tests account.c and fragmentation.c on the host: shares and their rounding, figures, indices
 * of free blocks, watermarks. The expected values were computed by hand.
 */
#include <stdio.h>

#include "base/fragmentation.h"
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

	census_account_share(&s, CENSUS_FILE, PAGE, 2, false, false, true);
	equal(5592405 + WHOLE / 2, s.pss[CENSUS_FILE], "a half of two owners");
	equal(PAGE, s.private_clean, "clean and private, if the caller says so");

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
	more.rss[CENSUS_ANON] = 4;
	more.rss[CENSUS_FILE] = 5;
	more.stack = 7;
	census_sums_add(&s, &more);
	equal(5, s.rss[CENSUS_ANON], "sums are added from the first field");
	equal(25, s.rss[CENSUS_FILE], "and the next");
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

/* Each figure has an amount of its own. */
static void all_figures(void)
{
	const struct census_sums s = {
		.rss = { 1 * PAGE, 2 * PAGE, 4 * PAGE, 33 * PAGE },
		.uss = { 24 * PAGE, 25 * PAGE, 26 * PAGE, 27 * PAGE,
			 [CENSUS_ZONE_DEVICE] = 28 * PAGE },
		.pss = { 8 * WHOLE, 16 * WHOLE, 32 * WHOLE, 40 * WHOLE,
			 [CENSUS_ZONE_DEVICE] = 7 * WHOLE },
		.pss_dirty = 3 * WHOLE, .pss_locked = 5 * WHOLE,
		.shared_clean = 6 * PAGE, .shared_dirty = 9 * PAGE,
		.private_clean = 10 * PAGE, .private_dirty = 11 * PAGE,
		.referenced = 12 * PAGE, .ksm = 13 * PAGE, .lazyfree = 14 * PAGE,
		.thp = { 64 * PAGE, 128 * PAGE, 256 * PAGE },
		.shared_hugetlb = 17 * PAGE, .private_hugetlb = 18 * PAGE,
		.swap = 19 * PAGE, .special = 20 * PAGE, .vss = 21 * PAGE,
		.heap = 22 * PAGE, .stack = 23 * PAGE,
	};
	static const struct {
		enum memcensus_figure figure;
		unsigned int pages;
	} wanted[] = {
		{ MEMCENSUS_F_RSS, 40 }, { MEMCENSUS_F_ANON, 1 }, { MEMCENSUS_F_FILE, 2 },
		{ MEMCENSUS_F_SHMEM, 4 }, { MEMCENSUS_F_THP, 448 }, { MEMCENSUS_F_ANON_THP, 64 },
		{ MEMCENSUS_F_FILE_THP, 128 }, { MEMCENSUS_F_SHMEM_THP, 256 },
		{ MEMCENSUS_F_SPECIAL, 20 }, { MEMCENSUS_F_HEAP, 22 }, { MEMCENSUS_F_STACK, 23 },
		{ MEMCENSUS_F_SWAP, 19 }, { MEMCENSUS_F_USS, 21 }, { MEMCENSUS_F_PSS, 103 },
		{ MEMCENSUS_F_SHARED, 15 }, { MEMCENSUS_F_PSS_ANON, 8 },
		{ MEMCENSUS_F_PSS_FILE, 16 }, { MEMCENSUS_F_PSS_SHMEM, 32 },
		{ MEMCENSUS_F_PSS_DIRTY, 3 }, { MEMCENSUS_F_SHARED_CLEAN, 6 },
		{ MEMCENSUS_F_SHARED_DIRTY, 9 }, { MEMCENSUS_F_PRIVATE_CLEAN, 10 },
		{ MEMCENSUS_F_PRIVATE_DIRTY, 11 }, { MEMCENSUS_F_REFERENCED, 12 },
		{ MEMCENSUS_F_KSM, 13 }, { MEMCENSUS_F_LAZYFREE, 14 },
		{ MEMCENSUS_F_HUGETLB, 35 }, { MEMCENSUS_F_SHARED_HUGETLB, 17 },
		{ MEMCENSUS_F_PRIVATE_HUGETLB, 18 }, { MEMCENSUS_F_LOCKED, 5 },
		{ MEMCENSUS_F_USS_ANON, 24 }, { MEMCENSUS_F_USS_FILE, 25 },
		{ MEMCENSUS_F_USS_SHMEM, 26 },
		{ MEMCENSUS_F_DEVICE, 33 }, { MEMCENSUS_F_PSS_DEVICE, 47 },
		{ MEMCENSUS_F_USS_DEVICE, 55 }, { MEMCENSUS_F_USS_ZONE_DEVICE, 28 },
	};
	struct census_sums unknown = s;
	struct census_figures f = {};
	u64 known = 0;
	char what[32];
	unsigned int i;

	census_sums_figures(&s, &f);
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		snprintf(what, sizeof(what), "figure %u", wanted[i].figure);
		equal(wanted[i].pages * PAGE, f.value[wanted[i].figure], what);
		known |= 1ULL << wanted[i].figure;
	}
	equal(known, f.known, "these figures are known, and no other");
	point(census_figure_known(&f, MEMCENSUS_F_RSS) &&
	      census_figure_known(&f, MEMCENSUS_F_USS_SHMEM),
	      "the first and the last one say so");
	unknown.unknown_swap = 1;
	memset(&f, 0, sizeof(f));
	census_sums_figures(&unknown, &f);
	equal(known & ~(1ULL << MEMCENSUS_F_SWAP), f.known,
	      "swap is not, if it is not of one mapping");
}

/* All kinds are added, each member to the same one. */
static void added_holdings(void)
{
	struct census_holding to[CENSUS_KINDS + 1] = {}, from[CENSUS_KINDS + 1] = {};
	unsigned int i, right = 0;

	for (i = 0; i <= CENSUS_KINDS; i++) {
		to[i] = (struct census_holding) { 1000, 100, 10 };
		from[i] = (struct census_holding) { 3 + i, 2 + i, 1 + i };
	}
	census_holdings_add(to, from);
	for (i = 0; i < CENSUS_KINDS; i++)
		right += to[i].pages == 1003 + i && to[i].exclusive == 102 + i &&
			 to[i].share == 11 + i;
	equal(CENSUS_KINDS, right, "holdings: added, of each kind");
	equal(1000, to[CENSUS_KINDS].pages, "holdings: and nothing behind them");
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
	equal(0, f.value[MEMCENSUS_F_PSS_SHMEM], "holdings: PSS of shmem");
	equal(0, f.value[MEMCENSUS_F_USS_SHMEM], "holdings: USS of shmem");
	equal((3 * 512 + 512 * 512) * PAGE, f.value[MEMCENSUS_F_HUGETLB],
	      "holdings: hugetlb of two sizes");
	equal((512 + 512 * 512) * PAGE, f.value[MEMCENSUS_F_PRIVATE_HUGETLB],
	      "holdings: hugetlb alone");
	equal(2 * 512 * PAGE, f.value[MEMCENSUS_F_SHARED_HUGETLB],
	      "holdings: hugetlb shared");
	/* 2 * 22906492245 * 512 / 2^24 = 1398101.25 */
	equal((512 + 512 * 512) * PAGE + 1398101,
	      f.value[MEMCENSUS_F_HUGETLB_PSS], "holdings: PSS of hugetlb");

	/* Five shmem pages, four exclusive, and two exclusive ones of a file. */
	h[CENSUS_SHMEM] = (struct census_holding) { 5, 4, 4 * whole + third };
	h[CENSUS_FILE] = (struct census_holding) { 2, 2, 2 * whole };
	census_holdings_figures(&s, h, sizes, PAGE, &f);
	equal(17 * PAGE, f.value[MEMCENSUS_F_FRAMES], "holdings: frames of all classes");
	equal(13 * PAGE, f.value[MEMCENSUS_F_USS], "holdings: USS of all classes");
	equal(4 * PAGE, f.value[MEMCENSUS_F_SHARED], "holdings: shared, of all classes");
	/* 13 pages, and 4 * 22906492245 / 2^24 = 5461.33 */
	equal(13 * PAGE + 5461, f.value[MEMCENSUS_F_PSS], "holdings: PSS of all classes");
	equal(2 * PAGE, f.value[MEMCENSUS_F_USS_FILE], "holdings: USS of a file");
	equal(4 * PAGE, f.value[MEMCENSUS_F_USS_SHMEM], "holdings: USS of shared memory");
	equal(4 * PAGE + 1365, f.value[MEMCENSUS_F_PSS_SHMEM], "holdings: PSS of shared memory");

	/* Of drivers, in both classes. */
	h[CENSUS_DEVICE] = (struct census_holding) { 3, 2, 2 * whole + third };
	h[CENSUS_DEVICE_UNCOUNTED] = (struct census_holding) { 20, 19, 19 * whole + third };
	census_holdings_figures(&s, h, sizes, PAGE, &f);
	equal(40 * PAGE, f.value[MEMCENSUS_F_FRAMES], "holdings: frames, with those of drivers");
	equal(34 * PAGE, f.value[MEMCENSUS_F_USS], "holdings: USS, with those of drivers");
	equal(21 * PAGE, f.value[MEMCENSUS_F_USS_DEVICE], "holdings: USS of drivers");
	/* 2 * 22906492245 / 2^24 = 2730.67; with those above 6 * 22906492245 / 2^24 = 8192.00 */
	equal(21 * PAGE + 2730, f.value[MEMCENSUS_F_PSS_DEVICE], "holdings: PSS of drivers");
	equal(34 * PAGE + 8191, f.value[MEMCENSUS_F_PSS], "holdings: PSS, with that of drivers");
	equal(0, f.value[MEMCENSUS_F_USS_ZONE_DEVICE], "holdings: all of that is in MemTotal");

	/* Not in MemTotal: with the others, and apart. */
	h[CENSUS_ZONE_DEVICE] = (struct census_holding) { 6, 5, 5 * whole };
	census_holdings_figures(&s, h, sizes, PAGE, &f);
	equal(46 * PAGE, f.value[MEMCENSUS_F_FRAMES], "holdings: frames, with ZONE_DEVICE");
	equal(26 * PAGE, f.value[MEMCENSUS_F_USS_DEVICE], "holdings: USS of devices");
	equal(5 * PAGE, f.value[MEMCENSUS_F_USS_ZONE_DEVICE], "holdings: USS of ZONE_DEVICE");
	equal(26 * PAGE + 2730, f.value[MEMCENSUS_F_PSS_DEVICE], "holdings: PSS of devices");

	/* A unit less than a page, in "huge" pages of one page. */
	memset(h, 0, sizeof(h));
	h[CENSUS_OF_HUGETLB] = (struct census_holding) { 1, 0, whole - 1 };
	census_holdings_figures(&s, h, (const unsigned int[CENSUS_HUGETLB_SIZES]) { 1 }, PAGE, &f);
	equal(PAGE - 1, f.value[MEMCENSUS_F_HUGETLB_PSS], "holdings: a share is cut");
	h[CENSUS_ANON] = (struct census_holding) { 10, 7, 7 * whole + 3 * third };
	h[CENSUS_FILE] = (struct census_holding) { 2, 0, 2 * third };

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
	all_figures();
	added_holdings();
	figures_of_holdings();
	indices();
	watermarks();
	printf("1..%u\n", points);
	return failed;
}
