/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A census on the frames basis, and what must be true of each. Beside it, in
 * pagemap_owners.h, the same counted by the test.
 */
#ifndef _COUNTED_H
#define _COUNTED_H

#include <stdint.h>
#include <sys/types.h>

#include "client.h"
#include "pagemap_owners.h"

/* Of the whole system: no mappings. 0 or -errno. */
int counted_take(struct census *census, struct census_error *error);

/*
 * Of @n processes, with their mappings. All others are walked too: they are
 * owners. 0 or -errno.
 */
int counted_take_pids(const pid_t *pids, unsigned int n, struct census *census,
		      struct census_error *error);

/* The mapping of @pid that holds @addr, or NULL. */
const struct census_vma *counted_vma(const struct census *census, pid_t pid,
				     const void *addr);

/* Bytes of figure @n in all that @pid has mapped at a PLACE(). */
uint64_t counted_placed(const struct census *census, pid_t pid, unsigned int n);

/*
 * NULL where @census is sound, else what is wrong with it, in a static buffer:
 *
 * - VIOLATIONS is 0;
 * - SCAN_PSS is SCAN_FRAMES, less under 1/2^24 byte for each owner of a frame;
 * - the tasks' PSS together are SCAN_PSS, each cut to the byte;
 * - in each task USS <= PSS <= FRAMES <= RSS, SHARED is FRAMES less USS, and
 *   the parts of RSS and PSS are together the whole;
 * - no more is held alone than there is.
 *
 * What needs all owners to be in @census is left out unless @all were asked for,
 * and none of them vanished, who may have been walked before, or was walked in
 * part.
 */
const char *counted_unsound(const struct census *census, bool all);

/* NULL where all of @pids were walked to their end, else who was not. */
const char *counted_unwalked(const struct census *census, const pid_t *pids,
			     unsigned int n);

/* Units of a share: 1/2^24 byte, as PSS is counted in. */
#define SHARE_SHIFT	24

/* What @pages pages of @owners owners come to, for each; in 1/2^24 byte. */
static inline uint64_t share(uint64_t pages, unsigned int owners)
{
	return pages * ((4096UL << SHARE_SHIFT) / owners);
}

/* That @figures have @shares, summed up by share(), in figure @name. */
#define EXPECT_SHARE(shares, figures, name)				\
	EXPECT_EQ((uint64_t)(shares) >> SHARE_SHIFT,			\
		  figure(&(figures)->f, MEMCENSUS_F_##name))

#define EXPECT_SOUND(census, all) do {					\
	const char *__wrong = counted_unsound(census, all);		\
	EXPECT_EQ(NULL, __wrong)					\
		TH_LOG("%s", __wrong);					\
} while (0)

/* A census of all processes into @to, sound, or ends the test. */
#define ASSERT_FRAMES_OF_ALL(to) do {					\
	struct census_error __error = {};				\
	ASSERT_EQ(0, counted_take(to, &__error))			\
		TH_LOG("no census: %s", __error.text);			\
	EXPECT_SOUND(to, true);						\
} while (0)

/* A census of @n processes into @to, sound and of all of each, or ends the test. */
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

/* That @pid has @pages pages in figure @name in what it has at PLACE()s. */
#define EXPECT_PLACED(pages, census, pid, name)				\
	EXPECT_EQ((uint64_t)(pages) * PAGE,				\
		  counted_placed(census, pid, MEMCENSUS_F_##name))

/* That it has @shares there, summed up by share(): of one mapping. */
#define EXPECT_PLACED_SHARE(shares, census, pid, name)			\
	EXPECT_EQ((uint64_t)(shares) >> SHARE_SHIFT,			\
		  counted_placed(census, pid, MEMCENSUS_F_##name))

/* The mapping of @pid at @addr into @to, or ends the test. */
#define ASSERT_FRAMES_VMA(census, pid, addr, to) do {			\
	const struct census_vma **__vma = &(to);			\
	*__vma = counted_vma(census, pid, addr);				\
	ASSERT_NE(NULL, *__vma);					\
} while (0)

/* That the census of all equals what the test counts by itself. */
#define EXPECT_EQUAL_OWNERS() do {					\
	struct owners_equal __equal = {};				\
	EXPECT_EQ(0, owners_compare(0, NULL, 0, &__equal))		\
		TH_LOG("%s", __equal.wrong);				\
	EXPECT_EQ(0, __equal.mismatches);				\
	EXPECT_LT(0, __equal.processes);				\
	owners_report(&__equal);					\
} while (0)

#endif /* _COUNTED_H */
