// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: processes share random pages, so nearly every page has a different
 * set of owners. All figures are exact, the sum of all shares is the mapped memory,
 * and each share equals that of smaps, within its rounding; also in slices, if
 * max_mem is too small.
 *
 * RANDOM_PROCESSES and RANDOM_MIB set the size: `make check storm` uses 250 and 128,
 * the size of a database.
 */
#include <stdlib.h>

#include "ko.h"
#include "selftest.h"

#include "owners/counted.h"
#include "memory/random.h"
#include "smaps/smaps.h"

#define MIB (1024 * 1024UL)

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

FIXTURE(random)
{
	struct random_load load;
	struct random_want *want;
	uint64_t mapped;
};

FIXTURE_SETUP(random)
{
	ASSERT_TRUE(random_start(&self->load, setting("RANDOM_PROCESSES", 60),
				 setting("RANDOM_MIB", 4) * MIB / PAGE));
	self->want = random_expect(&self->load, &self->mapped);
	ASSERT_NE(NULL, self->want);
}

FIXTURE_TEARDOWN(random)
{
	random_end(&self->load);
	free(self->want);
}

/* smaps rounds each page's share down to 1/4096 byte, and the sum to KiB. */
static void expect_smaps(struct __test_metadata *_metadata, pid_t pid,
			 const struct census_vma *vma)
{
	struct smaps smaps = {};
	uint64_t ours = figure(&vma->f, MEMCENSUS_F_PSS), theirs = 0;
	size_t i;

	ASSERT_EQ(0, smaps_read(pid, &smaps));
	for (i = 0; i < smaps.n_vmas; i++)
		if (smaps.vmas[i].start == vma->start)
			theirs = figure(&smaps.vmas[i].f, MEMCENSUS_F_PSS);
	smaps_free(&smaps);
	EXPECT_LE(theirs, ours);
	EXPECT_LT(ours, theirs + 1024 + figure(&vma->f, MEMCENSUS_F_FRAMES) /
		  PAGE / 4096 + 1);
}

static void expect_exact(struct __test_metadata *_metadata,
			 const struct _test_data_random *self,
			 const struct census *census, bool with_smaps)
{
	const struct census_vma *vma;
	uint64_t sum = 0;
	unsigned int n;

	for (n = 0; n < self->load.processes; n++) {
		const struct random_want *want = &self->want[n];
		pid_t pid = self->load.pids[n];

		ASSERT_FRAMES_VMA(census, pid, PLACE(0), vma);
		EXPECT_EQ(want->pages * PAGE, figure(&vma->f, MEMCENSUS_F_RSS));
		EXPECT_EQ(want->pages * PAGE, figure(&vma->f, MEMCENSUS_F_FRAMES));
		EXPECT_EQ(want->alone * PAGE, figure(&vma->f, MEMCENSUS_F_USS));
		EXPECT_SHARE(want->shares, vma, PSS);
		EXPECT_SHARE(want->shares, vma, PSS_SHMEM);
		sum += figure(&vma->f, MEMCENSUS_F_PSS);
		if (with_smaps)
			expect_smaps(_metadata, pid, vma);
	}
	/* The PSS of each process is rounded down to bytes. */
	EXPECT_LE(sum, self->mapped * PAGE);
	EXPECT_LE(self->mapped * PAGE, sum + self->load.processes);
	diag("%u processes, %llu pages of %lu: %llu slices, %llu KiB",
	     self->load.processes, (unsigned long long)self->mapped,
	     self->load.pages,
	     (unsigned long long)census->scan[MEMCENSUS_SCAN_SLICES],
	     (unsigned long long)census->scan[MEMCENSUS_SCAN_MEMORY] / 1024);
}

TEST_F_TIMEOUT(random, shares_are_exact, 1800)
{
	struct census census, all;

	ASSERT_FRAMES_OF_ALL(&all);
	EXPECT_EQ(1, all.scan[MEMCENSUS_SCAN_SLICES]);
	census_free(&all);
	ASSERT_FRAMES(self->load.pids, self->load.processes, &census);
	EXPECT_EQ(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	expect_exact(_metadata, self, &census, true);
	census_free(&census);
}

/* With the least max_mem. */
TEST_F_TIMEOUT(random, in_slices, 1800)
{
	struct census census, all;
	unsigned long least;
	char words[64];

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	least = sysconf(_SC_PHYS_PAGES) * PAGE / 4096;
	if (least < MIB)
		least = MIB;
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	snprintf(words, sizeof(words), "max_mem=%lu", least);
	ASSERT_EQ(0, ko_load(words));
	ASSERT_FRAMES_OF_ALL(&all);
	census_free(&all);
	ASSERT_FRAMES(self->load.pids, self->load.processes, &census);
	/* 16 bytes for each block of 64 pages of each process. */
	if (self->load.processes * self->load.pages / 64 * 16 > least)
		EXPECT_LT(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	expect_exact(_metadata, self, &census, false);
	census_free(&census);
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
}

TEST_HARNESS_MAIN
