// SPDX-License-Identifier: GPL-2.0
/* The fragmentation indices of free blocks. The expected values were computed by hand. */
#include "model/fragmentation.h"
#include "tap.h"

#define ORDERS 11

static int64_t index_of(const uint64_t *blocks, unsigned int order, bool unusable)
{
	struct snapshot *snap = snapshot_new();
	struct zone zone = { .free_blocks = { ORDERS, (uint64_t *)blocks } };
	int64_t index;

	fragmentation_compute(snap, &zone);
	index = unusable ? zone.unusable.v[order] : zone.extfrag.v[order];
	snapshot_free(snap);
	return index;
}

static void check(const uint64_t *blocks, unsigned int order, bool unusable, int64_t want,
		  const char *what)
{
	int64_t got = index_of(blocks, order, unusable);

	if (!ok(got == want, "%s", what))
		printf("# wanted %lld, got %lld\n", (long long)want, (long long)got);
}

int main(void)
{
	/* 100 of order 0, 10 of order 2, 2 of order 4: 172 pages, 112 blocks. */
	static const uint64_t some[ORDERS] = { 100, 0, 10, 0, 2 };
	static const uint64_t none[ORDERS], whole[ORDERS] = { [10] = 3 };
	static const uint64_t singles[ORDERS] = { 2000 }, one[ORDERS] = { 1 };

	check(some, 0, true, 0, "unusable: pages are all usable as such");
	/* 100 of 172 are too small: 581.39 */
	check(some, 1, true, 581, "unusable: single ones not for order 1");
	check(some, 2, true, 581, "unusable: nor for order 2");
	/* 140 of 172: 813.95 */
	check(some, 3, true, 813, "unusable: fours not for order 3");
	check(some, 5, true, 1000, "unusable: nothing for order 5");
	check(none, 0, true, 1000, "unusable: nothing is free");
	check(whole, 10, true, 0, "unusable: all is in the largest blocks");
	check(some, 4, false, -1000, "extfrag: order 4 is available");
	/* 1000 - (1000 + 172000 / 32) / 112 = 1000 - 6375 / 112 = 1000 - 56 */
	check(some, 5, false, 944, "extfrag: order 5 fails by fragmentation");
	check(none, 3, false, 0, "extfrag: nothing is free, it is for lack of memory");
	/* 1000 - (1000 + 2000000 / 1024) / 2000 = 1000 - 2953 / 2000 */
	check(singles, 10, false, 999, "extfrag: all in single pages");
	/* One page: 1000 - (1000 + 500) / 1. */
	check(one, 1, false, -500, "extfrag: one page, below the scale as the kernel has it");
	return tap_done();
}
