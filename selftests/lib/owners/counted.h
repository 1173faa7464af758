/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A census of owners, and what every such census must satisfy.
 * pagemap_owners.h is the test's own count of the same.
 */
#ifndef _COUNTED_H
#define _COUNTED_H

#include <stdint.h>
#include <sys/types.h>

#include "client/client.h"
#include "memory/pages.h"
#include "owners/pagemap_owners.h"

/* The whole system, without mappings. 0 or -errno. */
int counted_take(struct census *census, struct census_error *error);

/*
 * @n processes, with their mappings. The census walks all others too, because
 * they are owners. 0 or -errno.
 */
int counted_take_pids(const pid_t *pids, unsigned int n, struct census *census,
		      struct census_error *error);

/* The mapping of @pid that holds @addr, or NULL. */
const struct census_vma *counted_vma(const struct census *census, pid_t pid,
				     const void *addr);

/* Sum of figure @n over the mappings of @pid at PLACE()s, in bytes. */
uint64_t counted_placed(const struct census *census, pid_t pid, unsigned int n);

/*
 * NULL if @census is sound; else the error, in a static buffer. Sound means:
 *
 * - VIOLATIONS is 0;
 * - SCAN_PSS is SCAN_FRAMES minus less than 1/2^24 byte per owner of a frame;
 * - the sum of the tasks' PSS, each rounded down to bytes, is SCAN_PSS;
 * - in each task USS <= PSS <= FRAMES <= RSS, SHARED is FRAMES minus USS, and
 *   the parts of RSS, of PSS and of USS add up to the whole;
 * - the sum of the exclusive memory does not exceed the frames.
 *
 * Checks that need all owners in @census are skipped unless the request was for
 * @all and no task vanished (it may have been walked before) or was walked
 * partly.
 */
const char *counted_unsound(const struct census *census, bool all);

/* NULL if all of @pids were walked to the end; else the one that was not. */
const char *counted_unwalked(const struct census *census, const pid_t *pids,
			     unsigned int n);

/* Unit of a share: 1/2^24 byte, the unit that PSS is counted in. */
#define SHARE_SHIFT	24

/* Each owner's share of @pages pages with @owners owners, in 1/2^24 byte. */
static inline uint64_t share(uint64_t pages, unsigned int owners)
{
	return pages * (((uint64_t)PAGE << SHARE_SHIFT) / owners);
}

/* Expects @shares, a sum of share(), in figure @name of @figures. */
#define EXPECT_SHARE(shares, figures, name)				\
	EXPECT_EQ((uint64_t)(shares) >> SHARE_SHIFT,			\
		  figure(&(figures)->f, MEMCENSUS_F_##name))

#define EXPECT_SOUND(census, all) do {					\
	const char *__wrong = counted_unsound(census, all);		\
	EXPECT_EQ(NULL, __wrong)					\
		TH_LOG("%s", __wrong);					\
} while (0)

/* Takes a sound census of all processes into @to, or ends the test. */
#define ASSERT_FRAMES_OF_ALL(to) do {					\
	struct census_error __error = {};				\
	ASSERT_EQ(0, counted_take(to, &__error))			\
		TH_LOG("no census: %s", __error.text);			\
	EXPECT_SOUND(to, true);						\
} while (0)

/* Takes a sound and complete census of @n processes into @to, or ends the test. */
#define ASSERT_FRAMES(pids, n, to) do {					\
	struct census_error __error = {};				\
	const char *__unwalked;						\
	ASSERT_EQ(0, counted_take_pids(pids, n, to, &__error))		\
		TH_LOG("no census: %s", __error.text);			\
	EXPECT_SOUND(to, false);					\
	__unwalked = counted_unwalked(to, pids, n);			\
	ASSERT_EQ(NULL, __unwalked)					\
		TH_LOG("%s", __unwalked);				\
} while (0)

/* Expects @pages pages in figure @name of @pid's mappings at PLACE()s. */
#define EXPECT_PLACED(pages, census, pid, name)				\
	EXPECT_EQ((uint64_t)(pages) * PAGE,				\
		  counted_placed(census, pid, MEMCENSUS_F_##name))

/* Expects @shares, a sum of share(), there; for one mapping only. */
#define EXPECT_PLACED_SHARE(shares, census, pid, name)			\
	EXPECT_EQ((uint64_t)(shares) >> SHARE_SHIFT,			\
		  counted_placed(census, pid, MEMCENSUS_F_##name))

/* Gets the mapping of @pid at @addr into @to, or ends the test. */
#define ASSERT_FRAMES_VMA(census, pid, addr, to) do {			\
	const struct census_vma **__vma = &(to);			\
	*__vma = counted_vma(census, pid, addr);				\
	ASSERT_NE(NULL, *__vma);					\
} while (0)

/* Expects the census of all processes to equal the test's own count. */
#define EXPECT_EQUAL_OWNERS() do {					\
	struct owners_equal __equal = {};				\
	EXPECT_EQ(0, owners_compare(0, NULL, 0, &__equal))		\
		TH_LOG("%s", __equal.wrong);				\
	EXPECT_EQ(0, __equal.mismatches);				\
	EXPECT_LT(0, __equal.processes);				\
	owners_report(&__equal);					\
} while (0)

#endif /* _COUNTED_H */
