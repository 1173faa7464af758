/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Each test program includes this: the kselftest harness, the census, smaps,
 * and a few expectations in pages.
 */
#ifndef _SELFTEST_H
#define _SELFTEST_H

#include "kselftest_harness.h"

#include "client/client.h"
#include "diag.h"
#include "smaps/equal.h"
#include "memory/pages.h"
#include "smaps/smaps.h"

/* An emulated machine with all debug options is slow. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300

/* Expects @pages pages in figure @name of @figures, of a task or a mapping. */
#define EXPECT_PAGES(pages, figures, name)				\
	EXPECT_EQ((uint64_t)(pages) * PAGE,				\
		  figure(&(figures)->f, MEMCENSUS_F_##name))

/* Expects the census of process @pid, and of each mapping, to equal smaps. */
#define EXPECT_EQUAL_SMAPS(pid) do {					\
	struct equal __equal = {};					\
	EXPECT_EQ(0, equal_smaps(pid, &__equal));			\
	EXPECT_EQ(0, __equal.mismatches);				\
	EXPECT_LT(100, __equal.fields);					\
	equal_report(&__equal);						\
} while (0)

/* Takes the census of process @pid into @to, or ends the test. */
#define ASSERT_CENSUS(pid, to) do {					\
	struct census_error __error = {};				\
	struct census *__census = (to);					\
	ASSERT_EQ(0, census_take_pid(pid, __census, &__error))		\
		TH_LOG("no census: %s", __error.text);			\
	ASSERT_TRUE(census_is_whole(__census));				\
	ASSERT_EQ(1, __census->n_tasks);				\
} while (0)

/* A whole census of @request, in which all owners were counted once. */
#define ASSERT_TAKEN(request, to) do {					\
	struct census_error __error = {};				\
	ASSERT_EQ(0, census_take(request, to, &__error))		\
		TH_LOG("no census: %s", __error.text);			\
	ASSERT_TRUE(census_is_whole(to));				\
	EXPECT_EQ(0, (to)->scan[MEMCENSUS_SCAN_VIOLATIONS]);		\
} while (0)

/* Gets the mapping at @addr into @to, or ends the test. */
#define ASSERT_VMA(census, addr, to) do {				\
	const struct census_vma **__vma = &(to);			\
	*__vma = census_vma_at(census, addr);				\
	ASSERT_NE(NULL, *__vma);					\
} while (0)

#endif /* _SELFTEST_H */
