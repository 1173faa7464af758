// SPDX-License-Identifier: GPL-2.0
/* The lists of reclaim that frames are on: against meminfo, with each kind of LRU. */
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/client_physical.h"
#include "selftest.h"
#include "subject.h"

#define ENABLED	"/sys/kernel/mm/lru_gen/enabled"

/* Frames that the system and the test itself may add or move during a test. */
#define NOISE	((uint64_t)1024 * PAGE)
#define HELD	((uint64_t)48 << 20)

static struct physical taken;

#define ASSERT_PHYSICAL()						\
	ASSERT_EQ(0, physical_take(&taken))				\
		TH_LOG("no answer: %s", taken.wrong)

static bool is_near(uint64_t a, uint64_t b, uint64_t noise)
{
	return a <= b + noise && b <= a + noise;
}

/* Each processor adds pages to the lists in batches, and counts them in batches. */
static void settle(void)
{
	write_file("/proc/sys/vm/compact_memory", "1");
	write_file("/proc/sys/vm/stat_refresh", "1");
}

static void expect_lists(struct __test_metadata *_metadata)
{
	static const char *const lines[] = {
		"Active(anon)", "Inactive(anon)", "Active(file)", "Inactive(file)",
	};
	unsigned int i;

	settle();
	ASSERT_PHYSICAL();
	for (i = 0; i < 4; i++) {
		uint64_t line = meminfo_bytes(lines[i]);
		uint64_t state = taken.state[MEMCENSUS_FS_ACTIVE_ANON + i];

		ASSERT_NE(UINT64_MAX, line);
		diag("%s: %llu KiB, counted %llu", lines[i], (unsigned long long)line >> 10,
		     (unsigned long long)state >> 10);
		EXPECT_TRUE(is_near(line, state, NOISE))
			TH_LOG("%s", lines[i]);
	}
	EXPECT_LE(HELD, taken.state[MEMCENSUS_FS_ACTIVE_ANON] +
		  taken.state[MEMCENSUS_FS_INACTIVE_ANON]);
}

TEST(lists)
{
	char *at = map_private(PLACE(0), HELD);

	write_pages(at, HELD / PAGE);
	expect_lists(_metadata);
	munmap(at, HELD);
}

FIXTURE(lru)
{
	bool was_off;
	pid_t pid;
};

static void hold(void *arg)
{
	(void)arg;
	write_pages(map_private(PLACE(0), HELD), HELD / PAGE);
}

FIXTURE_SETUP(lru)
{
	long on = -1;
	FILE *file = fopen(ENABLED, "r");

	self->pid = 0;
	if (!file || fscanf(file, "%lx", (unsigned long *)&on) != 1) {
		if (file)
			fclose(file);
		SKIP(return, "kernel has no multi-gen LRU");
	}
	fclose(file);
	self->was_off = !on;
	if (self->was_off)
		ASSERT_TRUE(write_file(ENABLED, "y"));
	self->pid = child_start(hold, NULL);
	ASSERT_LT(0, self->pid);
}

FIXTURE_TEARDOWN(lru)
{
	child_end(self->pid);
	if (self->pid && self->was_off)
		write_file(ENABLED, "n");
}

/* The kernel calls the two youngest generations active. */
TEST_F(lru, lists)
{
	if (self->pid)
		expect_lists(_metadata);
}

#define HIERARCHY	"/tmp/memory-v1"

/* Mounts and unmounts the memory controller of version 1 for @ms. */
static void remount(uint64_t ms)
{
	const uint64_t begun = now_ms();

	while (now_ms() - begun < ms)
		if (!mount("none", HIERARCHY, "cgroup", 0, "memory"))
			umount(HIERARCHY);
	_exit(0);
}

/* The controller moves from one hierarchy to another while passes run. */
TEST_F(lru, remounted)
{
	unsigned int passes = 0;
	int status;
	pid_t pid;

	if (!self->pid)
		return;
	/* Other tests may have given it to cgroups of version 2. */
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "-memory");
	mkdir(HIERARCHY, 0700);
	if (mount("none", HIERARCHY, "cgroup", 0, "memory")) {
		rmdir(HIERARCHY);
		SKIP(return, "kernel has no free memory controller of cgroup version 1");
	}
	ASSERT_EQ(0, umount(HIERARCHY));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		remount(3000);
	while (!waitpid(pid, &status, WNOHANG)) {
		ASSERT_PHYSICAL();
		EXPECT_LE(HELD, taken.state[MEMCENSUS_FS_ACTIVE_ANON] +
			  taken.state[MEMCENSUS_FS_INACTIVE_ANON]);
		passes++;
	}
	EXPECT_EQ(0, status);
	EXPECT_LT(0, passes);
	diag("%u passes", passes);
	rmdir(HIERARCHY);
}

PROGRAM_OF(PHYSICAL)

TEST_HARNESS_MAIN
