/* SPDX-License-Identifier: GPL-2.0 */
/* The bitmaps of the pages of one process, and what they must add up to. */
#ifndef _BITMAPS_H
#define _BITMAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "client/client.h"

/**
 * struct bitmap_counts - pages in a range, by bitmap
 */
struct bitmap_counts {
	uint64_t resident, exclusive, huge, swap;
};

/* A PAGES census of @pid; 0 for @end: all of it. 0 or -errno. */
int bitmaps_take(pid_t pid, uint64_t start, uint64_t end, struct census *census,
		 struct census_error *error);

/* The pages between @start and @end. */
struct bitmap_counts bitmaps_between(const struct census *census, uint64_t start,
				     uint64_t end);

/* The block that holds @addr; zeros if there is none. */
struct census_page_block bitmaps_at(const struct census *census, const void *addr);

/*
 * NULL if the bitmaps are sound; else the error, in a static buffer. Sound means:
 *
 * - blocks are aligned, in ascending order, inside of the range, and not empty;
 * - exclusive and huge pages are resident, and no page is both resident and in
 *   swap;
 * - the bits of each mapping add up to its RSS, USS, THP and SWAP, in hugetlb
 *   mappings to HUGETLB and PRIVATE_HUGETLB, and those of all to the figures of
 *   the process. Only if the request was for all addresses.
 */
const char *bitmaps_unsound(const struct census *census);

/*
 * NULL if each page of @pid from @at on, which has stopped, is in the bitmaps as in
 * /proc/PID/pagemap: present, in swap and, unless it has pages that it maps
 * @twice, exclusively mapped. Else the error.
 */
const char *bitmaps_unlike_pagemap(const struct census *census, pid_t pid,
				   const void *at, unsigned long pages, bool twice);

/* Takes sound bitmaps of all of @pid into @to, or ends the test. */
#define ASSERT_BITMAPS(pid, to) do {					\
	struct census_error __error = {};				\
	const char *__wrong;						\
	ASSERT_EQ(0, bitmaps_take(pid, 0, 0, to, &__error))		\
		TH_LOG("no bitmaps: %s", __error.text);			\
	ASSERT_TRUE(census_is_whole(to));				\
	ASSERT_EQ(1, (to)->n_tasks);					\
	ASSERT_EQ(MEMCENSUS_STATE_WALKED, (to)->tasks[0].state);	\
	__wrong = bitmaps_unsound(to);					\
	ASSERT_EQ(NULL, __wrong)					\
		TH_LOG("%s", __wrong);					\
} while (0)

/* Expects these numbers of pages of each kind in @pages pages from @at on. */
#define EXPECT_BITS(census, at, pages, resident_, exclusive_, huge_, swap_) do { \
	struct bitmap_counts __counts = bitmaps_between(census, (uintptr_t)(at), \
					(uintptr_t)(at) + (pages) * PAGE); \
	EXPECT_EQ((uint64_t)(resident_), __counts.resident);		\
	EXPECT_EQ((uint64_t)(exclusive_), __counts.exclusive);		\
	EXPECT_EQ((uint64_t)(huge_), __counts.huge);			\
	EXPECT_EQ((uint64_t)(swap_), __counts.swap);			\
} while (0)

#define EXPECT_LIKE_PAGEMAP(census, pid, at, pages, twice) do {		\
	const char *__wrong = bitmaps_unlike_pagemap(census, pid, at, pages, twice); \
	EXPECT_EQ(NULL, __wrong)					\
		TH_LOG("%s", __wrong);					\
} while (0)

#endif /* _BITMAPS_H */
