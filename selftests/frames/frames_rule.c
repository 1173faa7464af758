// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: the exclusive rule. Without it the owners of all pages are counted, and the figures
 * are the same. If the kernel breaks it, the next census notices, counts all pages, and says so:
 * here a driver takes the flag from pages that only this process maps, or hides that a mapping of a
 * file has copies.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "ko.h"
#include "selftest.h"

#define CHECKED		"/sys/module/memcensus/parameters/exclusive_checked"
#define MIB		1048576UL

/* More than all others have, so that some of a sample of 64 are of these. */
static const size_t size = 256 * MIB;

/* Violations of a census that has found that the rule is broken. */
#define RULE_BROKEN	2

FIXTURE(rule)
{
	bool ready;
};

FIXTURE_VARIANT(rule)
{
	bool huge;
};

FIXTURE_VARIANT_ADD(rule, pages) { false };
FIXTURE_VARIANT_ADD(rule, huge_pages) { true };

FIXTURE_SETUP(rule)
{
	char *at = map_private(PLACE(0), size);

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (variant->huge && !thp_on())
		SKIP(return, "kernel has no transparent huge pages");
	if (variant->huge)
		need(!madvise(at, size, MADV_HUGEPAGE), "huge pages");
	else
		no_huge_pages(at, size);
	write_pages(at, size / PAGE);
	self->ready = true;
}

FIXTURE_TEARDOWN(rule)
{
	munmap(PLACE(0), size);
	if (!self->ready)
		return;
	if (ko_is_loaded())
		EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

static void load(struct __test_metadata *_metadata, const char *params)
{
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(params));
}

/* The census of all, with @violations, after INFO with @rule; this process has all its pages. */
static void expect(struct __test_metadata *_metadata, unsigned int rule, unsigned int violations)
{
	static const struct census_request all = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	const struct census_task *task;
	struct census census;

	ASSERT_EQ(0, census_take(&all, &census, NULL));
	EXPECT_EQ(rule, census.info.value[MEMCENSUS_INFO_RULE]);
	EXPECT_EQ(violations, census.scan[MEMCENSUS_SCAN_VIOLATIONS]);
	task = census_task_of(&census, getpid());
	ASSERT_NE(NULL, task);
	EXPECT_LE(size, figure(&task->f, MEMCENSUS_F_USS));
	EXPECT_GT(size + 16 * MIB, figure(&task->f, MEMCENSUS_F_USS));
	EXPECT_GE(census.scan[MEMCENSUS_SCAN_FRAMES], census.scan[MEMCENSUS_SCAN_PSS]);
	EXPECT_GT(MIB, census.scan[MEMCENSUS_SCAN_FRAMES] - census.scan[MEMCENSUS_SCAN_PSS]);
	census_free(&census);
}

TEST_F(rule, off)
{
	if (!self->ready)
		return;
	load(_metadata, "rule=off");
	expect(_metadata, MEMCENSUS_RULE_OFF, 0);
	load(_metadata, "rule=on");
	expect(_metadata, MEMCENSUS_RULE_ON, 0);
	ASSERT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(-EINVAL, ko_load("rule=maybe"));
}

/* By a census of all processes, which compares a sample. */
TEST_F(rule, broken)
{
	char params[96];
	int fd;

	if (!self->ready)
		return;
	load(_metadata, "");
	if (!access(CHECKED, F_OK))
		SKIP(return, "the module compares each page, and warns");
	fd = ko_open_leaky();
	if (fd < 0)
		SKIP(return, "no leaky.ko beside the tests");
	expect(_metadata, MEMCENSUS_RULE_ON, 0);
	snprintf(params, sizeof(params), "exclusive=%lu exclusive_pages=%zu",
		 (unsigned long)PLACE(0), size / PAGE);
	ASSERT_EQ(0, syscall(SYS_finit_module, fd, params, 0))
		TH_LOG("leaky.ko: errno %d", errno);
	ASSERT_EQ(0, syscall(SYS_delete_module, "leaky", O_NONBLOCK));
	close(fd);
	/* INFO comes before the census. */
	expect(_metadata, MEMCENSUS_RULE_ON, RULE_BROKEN);
	expect(_metadata, MEMCENSUS_RULE_BROKEN, 0);
	load(_metadata, "rule=off");
	expect(_metadata, MEMCENSUS_RULE_OFF, 0);
}

/*
 * A mapping of a file whose pages are all copies, and no anon_vma says so: they are no page cache.
 * On average one of 4,096 pages of such mappings is compared, and one of 8,192 at least.
 */
TEST(kind)
{
	static const struct census_request all = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	const size_t copied = 64 * MIB;
	const struct census_task *task;
	unsigned int i;
	struct census census;
	char params[64];
	int fd, file;
	char *at;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	load(_metadata, "");
	if (!access(CHECKED, F_OK))
		SKIP(return, "the module compares each page, and warns");
	fd = ko_open_leaky();
	if (fd < 0)
		SKIP(return, "no leaky.ko beside the tests");
	file = memfd_create("kind", 0);
	ASSERT_LE(0, file);
	ASSERT_EQ(0, ftruncate(file, copied));
	at = mmap(PLACE(1), copied, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED_NOREPLACE,
		  file, 0);
	ASSERT_EQ((void *)PLACE(1), (void *)at);
	no_huge_pages(at, copied);
	write_pages(at, copied / PAGE);
	snprintf(params, sizeof(params), "count=0 hidden=%lu", (unsigned long)at);
	ASSERT_EQ(0, syscall(SYS_finit_module, fd, params, 0))
		TH_LOG("leaky.ko: errno %d", errno);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		EXPECT_EQ(i ? 0 : RULE_BROKEN, census.scan[MEMCENSUS_SCAN_VIOLATIONS]);
		EXPECT_EQ(i ? MEMCENSUS_RULE_BROKEN : MEMCENSUS_RULE_ON,
			  census.info.value[MEMCENSUS_INFO_RULE]);
		task = census_task_of(&census, getpid());
		EXPECT_NE(NULL, task);
		if (task)
			EXPECT_LE(copied, figure(&task->f, MEMCENSUS_F_ANON));
		census_free(&census);
	}
	ASSERT_EQ(0, syscall(SYS_delete_module, "leaky", O_NONBLOCK));
	close(fd);
	munmap(at, copied);
	close(file);
	load(_metadata, "");
}

TEST_HARNESS_MAIN
