// SPDX-License-Identifier: GPL-2.0
/*
 * Passes over all frames while frames are freed and become something else: huge pages and their
 * tails, page tables, stacks of the kernel, small pages.  Each pass has each frame of each zone
 * once, and a debug kernel finds no function of the kernel that was asked about a frame that had
 * changed under it.
 */
#include "client/abi_table.h"
#include "client/client_physical.h"
#include "memory/stormers.h"
#include "selftest.h"
#include "subject.h"

static const unsigned int storm_ms = 6000, least_passes = 8;

static const struct stormer storms[] = {
	{ .name = "huge pages", .once = storm_huge_pages },
	{ .name = "exits", .once = storm_exits },
	{ .name = "maps", .once = storm_maps },
	{ .name = "compacts", .once = storm_compacts },
};

static const struct physical_ask asks[] = {
	{ 0 }, { .order = 9 }, { .cgroups = true }, { .files = 64 },
};

static struct physical physical;

FIXTURE(reused)
{
	pid_t stormers[ARRAY_SIZE(storms)];
};

FIXTURE_SETUP(reused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(storms); i++) {
		self->stormers[i] = stormer_start(&storms[i]);
		ASSERT_LT(0, self->stormers[i]);
	}
}

FIXTURE_TEARDOWN(reused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(storms); i++)
		stormer_end(self->stormers[i]);
}

TEST_F(reused, each_frame_once)
{
	uint64_t until = now_ms() + storm_ms, changed = 0, read = 0;
	unsigned int passes = 0, i;

	do {
		const struct physical_ask *ask = &asks[passes % ARRAY_SIZE(asks)];

		ASSERT_EQ(0, physical_take_with(&physical, *ask))
			TH_LOG("no answer: %s", physical.wrong);
		for (i = 0; i < physical.n_zones; i++)
			ASSERT_EQ(physical.zones[i].value[MEMCENSUS_PZ_SPANNED],
				  physical_zone_bytes(&physical.zones[i]))
				TH_LOG("pass %u, zone %s", passes, physical.zones[i].name);
		changed += physical.value[MEMCENSUS_PHYSICAL_CHANGED];
		read += physical.value[MEMCENSUS_PHYSICAL_READ];
		passes++;
	} while (now_ms() < until || passes < least_passes);
	/* Reads again are rare, or the pass would not end. */
	EXPECT_GT(read / 100, changed);
	diag("%u passes read %llu struct pages; %llu had changed", passes,
	     (unsigned long long)read, (unsigned long long)changed);
}

PROGRAM_OF(PHYSICAL)

TEST_HARNESS_MAIN
