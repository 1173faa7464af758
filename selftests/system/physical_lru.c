// SPDX-License-Identifier: GPL-2.0
/* The lists of reclaim that frames are on: against meminfo and debugfs, and with known age. */
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/client_physical.h"
#include "selftest.h"

#define ENABLED	"/sys/kernel/mm/lru_gen/enabled"
#define LRU_GEN	"/sys/kernel/debug/lru_gen"

/* Frames that the system and the test itself may add or move during a test. */
#define NOISE	((uint64_t)1024 * PAGE)
#define HELD	((uint64_t)48 << 20)

#define GENERATIONS	8

/**
 * struct generations - of all zones, or of all cgroups
 * @bytes: of anonymous memory and of files, the youngest first
 * @age: of the oldest one, ms
 */
struct generations {
	uint64_t bytes[2][GENERATIONS];
	uint64_t age[GENERATIONS];
};

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

TEST(lists)
{
	static const char *const lines[] = {
		"Active(anon)", "Inactive(anon)", "Active(file)", "Inactive(file)",
	};
	char *at = map_private(PLACE(0), HELD);
	unsigned int i;

	write_pages(at, HELD / PAGE);
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
	munmap(at, HELD);
}

static void add_zones(struct generations *g)
{
	unsigned int z, i;

	memset(g, 0, sizeof(*g));
	for (z = 0; z < taken.n_zones; z++) {
		const struct physical_zone *zone = &taken.zones[z];

		for (i = 0; i < zone->n_generations; i++) {
			g->bytes[0][i] += zone->generations[0][i];
			g->bytes[1][i] += zone->generations[1][i];
			if (zone->generations[2][i] / 1000000 > g->age[i])
				g->age[i] = zone->generations[2][i] / 1000000;
		}
	}
}

/* A generation of a cgroup in a node, as debugfs has it. */
struct line {
	unsigned int memcg;
	unsigned int node;
	unsigned long seq;
	unsigned long age;
	unsigned long pages[2];
};

/* All of them; in each node of each cgroup the youngest is last.  Return: how many. */
static unsigned int read_lines(struct line *lines, unsigned int most)
{
	FILE *file = fopen(LRU_GEN, "r");
	unsigned int n = 0, memcg = 0, node = 0;
	char text[512];

	need(file, LRU_GEN);
	while (n < most && fgets(text, sizeof(text), file)) {
		struct line *line = &lines[n];

		if (sscanf(text, "memcg %u", &memcg) == 1 || sscanf(text, " node %u", &node) == 1)
			continue;
		line->memcg = memcg;
		line->node = node;
		n += sscanf(text, "%lu %lu %lu %lu", &line->seq, &line->age, &line->pages[0],
			    &line->pages[1]) == 4;
	}
	fclose(file);
	return n;
}

static bool is_youngest(const struct line *lines, unsigned int i, unsigned int n)
{
	return i + 1 == n || lines[i + 1].memcg != lines[i].memcg ||
	       lines[i + 1].node != lines[i].node;
}

static struct line lines[4096];

static void add_debugfs(struct generations *g)
{
	unsigned int n = read_lines(lines, ARRAY_SIZE(lines)), i, last, age;

	memset(g, 0, sizeof(*g));
	for (i = 0; i < n; i++) {
		for (last = i; !is_youngest(lines, last, n); last++)
			;
		age = lines[last].seq - lines[i].seq;
		if (age >= GENERATIONS || !(lines[i].pages[0] + lines[i].pages[1]))
			continue;
		g->bytes[0][age] += lines[i].pages[0] * PAGE;
		g->bytes[1][age] += lines[i].pages[1] * PAGE;
		if (lines[i].age > g->age[age])
			g->age[age] = lines[i].age;
	}
}

/* The kernel looks which pages were used, and begins a generation in each cgroup. */
static void begin_generation(struct __test_metadata *_metadata)
{
	unsigned int n = read_lines(lines, ARRAY_SIZE(lines)), i;
	char text[128];

	for (i = 0; i < n; i++) {
		if (!is_youngest(lines, i, n))
			continue;
		snprintf(text, sizeof(text), "+ %u %u %lu 1 1", lines[i].memcg, lines[i].node,
			 lines[i].seq);
		ASSERT_TRUE(write_file(LRU_GEN, text))
			TH_LOG("%s", text);
	}
}

static void expect_equal(struct __test_metadata *_metadata, const struct generations *zones,
			 const struct generations *kernel)
{
	unsigned int i, file;

	for (i = 0; i < GENERATIONS; i++) {
		diag("generation %u: anon %llu KiB, file %llu, %llu ms; debugfs %llu, %llu, %llu",
		     i, (unsigned long long)zones->bytes[0][i] >> 10,
		     (unsigned long long)zones->bytes[1][i] >> 10,
		     (unsigned long long)zones->age[i],
		     (unsigned long long)kernel->bytes[0][i] >> 10,
		     (unsigned long long)kernel->bytes[1][i] >> 10,
		     (unsigned long long)kernel->age[i]);
		for (file = 0; file < 2; file++)
			EXPECT_TRUE(is_near(zones->bytes[file][i], kernel->bytes[file][i], NOISE));
		/* Its cgroups may have had no frames in one of the two moments. */
		if (zones->bytes[0][i] + zones->bytes[1][i] > NOISE)
			EXPECT_TRUE(is_near(zones->age[i], kernel->age[i], 5000));
	}
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
	if (!file || fscanf(file, "%lx", (unsigned long *)&on) != 1 || access(LRU_GEN, W_OK)) {
		if (file)
			fclose(file);
		SKIP(return, "kernel has no multi-gen LRU, or does not show it");
	}
	fclose(file);
	self->was_off = !on;
	ASSERT_PHYSICAL();
	if (self->was_off) {
		struct generations none = {}, zones;

		/* Where it is off, nothing is in a generation. */
		add_zones(&zones);
		EXPECT_EQ(0, memcmp(&none, &zones, sizeof(none)));
		ASSERT_TRUE(write_file(ENABLED, "y"));
	}
	self->pid = child_start(hold, NULL);
	ASSERT_LT(0, self->pid);
}

FIXTURE_TEARDOWN(lru)
{
	child_end(self->pid);
	if (self->pid && self->was_off)
		write_file(ENABLED, "n");
}

TEST_F(lru, generations)
{
	struct generations zones, kernel, aged;
	uint64_t begun, young;

	if (!self->pid)
		return;
	settle();
	ASSERT_PHYSICAL();
	add_debugfs(&kernel);
	add_zones(&zones);
	expect_equal(_metadata, &zones, &kernel);
	/* What was just written to is in one of the two that the kernel calls active. */
	young = zones.bytes[0][0] + zones.bytes[0][1];
	EXPECT_LE(HELD, young);

	/* Nobody uses it any more. */
	begin_generation(_metadata);
	begun = now_ms();
	begin_generation(_metadata);
	ASSERT_PHYSICAL();
	add_debugfs(&kernel);
	add_zones(&aged);
	expect_equal(_metadata, &aged, &kernel);
	EXPECT_LE(aged.bytes[0][0] + aged.bytes[0][1] + HELD, young + NOISE);
	EXPECT_LE(HELD, aged.bytes[0][2] + aged.bytes[0][3]);
	if (aged.bytes[0][0] + aged.bytes[1][0])
		EXPECT_LE(aged.age[0], now_ms() - begun + 1000);
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
		SKIP(return, "kernel has no memory controller of cgroup version 1, or it is in use");
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

TEST_HARNESS_MAIN
