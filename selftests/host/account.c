// SPDX-License-Identifier: GPL-2.0
/*
 * Tests account.c on the host: figures, shares and their rounding. The expected values were
 * computed by hand.
 */
#include <stdio.h>

#include "owners/account.h"

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

static void sums(void)
{
	struct census_sums s = {}, more = {};

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

/* Each figure has an amount of its own. */
static void all_figures(void)
{
	const struct census_sums s = {
		.rss = { 1 * PAGE, 2 * PAGE, 4 * PAGE, 33 * PAGE,
			 [CENSUS_ZONE_DEVICE] = 28 * PAGE },
		.dirty = 11 * PAGE, .referenced = 12 * PAGE, .ksm = 13 * PAGE,
		.lazyfree = 14 * PAGE, .thp = { 64 * PAGE, 128 * PAGE, 256 * PAGE },
		.swap = 19 * PAGE, .special = 20 * PAGE, .vss = 21 * PAGE,
		.heap = 22 * PAGE, .stack = 23 * PAGE,
	};
	static const struct {
		enum memcensus_figure figure;
		unsigned int pages;
	} wanted[] = {
		{ MEMCENSUS_F_RSS, 40 }, { MEMCENSUS_F_ANON, 1 }, { MEMCENSUS_F_FILE, 2 },
		{ MEMCENSUS_F_SHMEM, 4 }, { MEMCENSUS_F_DEVICE, 33 }, { MEMCENSUS_F_THP, 448 },
		{ MEMCENSUS_F_ANON_THP, 64 }, { MEMCENSUS_F_FILE_THP, 128 },
		{ MEMCENSUS_F_SHMEM_THP, 256 }, { MEMCENSUS_F_SPECIAL, 20 },
		{ MEMCENSUS_F_HEAP, 22 }, { MEMCENSUS_F_STACK, 23 }, { MEMCENSUS_F_SWAP, 19 },
	}, flags[] = {
		{ MEMCENSUS_F_DIRTY, 11 }, { MEMCENSUS_F_REFERENCED, 12 },
		{ MEMCENSUS_F_KSM, 13 }, { MEMCENSUS_F_LAZYFREE, 14 },
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
	      census_figure_known(&f, MEMCENSUS_F_SWAP) &&
	      !census_figure_known(&f, MEMCENSUS_F_DIRTY),
	      "the first and the last one say so, and none of struct page");
	unknown.unknown_swap = 1;
	memset(&f, 0, sizeof(f));
	census_sums_figures(&unknown, &f);
	equal(known & ~(1ULL << MEMCENSUS_F_SWAP), f.known,
	      "swap is not, if it is not of one mapping");

	memset(&f, 0, sizeof(f));
	census_flags_figures(&s, &f);
	for (known = i = 0; i < ARRAY_SIZE(flags); i++) {
		snprintf(what, sizeof(what), "flags: figure %u", flags[i].figure);
		equal(flags[i].pages * PAGE, f.value[flags[i].figure], what);
		known |= 1ULL << flags[i].figure;
	}
	equal(known, f.known, "flags: these figures are known, and no other");
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
	const unsigned int sizes[CENSUS_HUGETLB_SIZES] = { 512, 512 * 512 };
	struct census_holding h[CENSUS_KINDS] = {
		/* Seven exclusive pages, three with three owners; two file pages. */
		[CENSUS_ANON] = { 10, 7, 7 * whole + 3 * third },
		[CENSUS_FILE] = { 2, 0, 2 * third },
		[CENSUS_OF_HUGETLB] = { 3, 1, whole + 2 * third },
		[CENSUS_OF_HUGETLB + 1] = { 1, 1, whole },
	};
	struct census_figures f = {};

	census_holdings_figures(h, sizes, PAGE, false, &f);
	equal(1ULL << MEMCENSUS_F_FRAMES | 1ULL << MEMCENSUS_F_HUGETLB, f.known,
	      "holdings: without owners only frames and hugetlb are known");
	equal(12 * PAGE, f.value[MEMCENSUS_F_FRAMES], "holdings: and are the same");
	census_holdings_figures(h, sizes, PAGE, true, &f);
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
	census_holdings_figures(h, sizes, PAGE, true, &f);
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
	census_holdings_figures(h, sizes, PAGE, true, &f);
	equal(40 * PAGE, f.value[MEMCENSUS_F_FRAMES], "holdings: frames, with those of drivers");
	equal(34 * PAGE, f.value[MEMCENSUS_F_USS], "holdings: USS, with those of drivers");
	equal(21 * PAGE, f.value[MEMCENSUS_F_USS_DEVICE], "holdings: USS of drivers");
	/* 2 * 22906492245 / 2^24 = 2730.67; with those above 6 * 22906492245 / 2^24 = 8192.00 */
	equal(21 * PAGE + 2730, f.value[MEMCENSUS_F_PSS_DEVICE], "holdings: PSS of drivers");
	equal(34 * PAGE + 8191, f.value[MEMCENSUS_F_PSS], "holdings: PSS, with that of drivers");
	equal(0, f.value[MEMCENSUS_F_USS_ZONE_DEVICE], "holdings: all of that is in MemTotal");

	/* Not in MemTotal: with the others, and apart. */
	h[CENSUS_ZONE_DEVICE] = (struct census_holding) { 6, 5, 5 * whole };
	census_holdings_figures(h, sizes, PAGE, true, &f);
	equal(46 * PAGE, f.value[MEMCENSUS_F_FRAMES], "holdings: frames, with ZONE_DEVICE");
	equal(26 * PAGE, f.value[MEMCENSUS_F_USS_DEVICE], "holdings: USS of devices");
	equal(5 * PAGE, f.value[MEMCENSUS_F_USS_ZONE_DEVICE], "holdings: USS of ZONE_DEVICE");
	equal(26 * PAGE + 2730, f.value[MEMCENSUS_F_PSS_DEVICE], "holdings: PSS of devices");

	/* A unit less than a page, in "huge" pages of one page. */
	memset(h, 0, sizeof(h));
	h[CENSUS_OF_HUGETLB] = (struct census_holding) { 1, 0, whole - 1 };
	census_holdings_figures(h, (const unsigned int[CENSUS_HUGETLB_SIZES]) { 1 }, PAGE, true,
				&f);
	equal(PAGE - 1, f.value[MEMCENSUS_F_HUGETLB_PSS], "holdings: a share is cut");
	h[CENSUS_ANON] = (struct census_holding) { 10, 7, 7 * whole + 3 * third };
	h[CENSUS_FILE] = (struct census_holding) { 2, 0, 2 * third };

	/* 16 KiB pages: the same shares are four times as large. */
	census_holdings_figures(h, sizes, 4 * PAGE, true, &f);
	equal(4 * 7 * PAGE + 27306, f.value[MEMCENSUS_F_PSS],
	      "holdings: PSS of larger pages");
}

int main(void)
{
	sums();
	all_figures();
	added_holdings();
	figures_of_holdings();
	printf("1..%u\n", points);
	return failed;
}
