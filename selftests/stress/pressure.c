// SPDX-License-Identifier: GPL-2.0
/*
 * Censuses with hardly any free memory: they fail, or mark what they have not
 * counted, and never trigger the OOM killer. Also checks the max_mem limit.
 */
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/klog.h>
#include <sys/stat.h>

#include "ko.h"
#include "selftest.h"

#include "owners/counted.h"
#include "memory/fault.h"
#include "memory/zram.h"

#define MIB		1048576UL
#define CGROUP		"/sys/fs/cgroup/"
#define PROCESSES	32

/* Pages of a memfd; each process maps a random half. */
static const unsigned long pages = 8000;

/* Least and most free memory, and free swap. */
static const unsigned long margin_min = MIB, margin_max = 8 * MIB, swap_margin = 6 * MIB;

static uint64_t entry_of(const char *path, const char *name)
{
	FILE *file = fopen(path, "r");
	unsigned long long value = 0;
	char line[128];
	size_t len = strlen(name);

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, len))
			value = strtoull(line + len, NULL, 10);
	if (file)
		fclose(file);
	return value;
}

/*
 * How often a census called the OOM killer: then its trace in the kernel log names
 * the module. A process that opens a file or a socket may call it too, and so may a
 * debug kernel that stores the trace of each allocation. Lines with a ? are stale
 * stack contents.
 */
static unsigned int kills(void)
{
	static char log[4 << 20];
	unsigned int n = 0;
	bool called = false;
	char *line, *next;
	int len;

	len = klogctl(3, log, sizeof(log) - 1);
	need(len > 0, "klogctl");
	log[len] = '\0';
	for (line = log; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strstr(line, "invoked oom-killer"))
			called = true;
		else if (strstr(line, "Mem-Info:") ||
			 strstr(line, "]  seq_open+") ||
			 strstr(line, "stack_depot"))
			called = false;
		if (!called || !strstr(line, "[memcensus]") ||
		    strstr(line, "]  ? "))
			continue;
		diag("pressure: %s", line);
		called = false;
		n++;
	}
	return n;
}

/* Bytes available in all zones to allocations without reclaim. */
static uint64_t usable(void)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	long free = 0, min = 0, reserve, sum = 0;
	char line[256], *at;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, " pages free %ld", &free) == 1 ||
		    sscanf(line, " min %ld", &min) == 1)
			continue;
		at = strstr(line, "protection: (");
		if (!at)
			continue;
		/* The reserve against allocations for the highest zone. */
		reserve = 0;
		for (at = strchr(at, '('); at; at = strchr(at + 1, ','))
			if (reserve < atol(at + 1))
				reserve = atol(at + 1);
		if (free > min + reserve)
			sum += free - min - reserve;
	}
	if (file)
		fclose(file);
	return sum * PAGE;
}

/*
 * Takes the free memory, step by step. The OOM killer would choose it first. With
 * swap, memory of other processes is swapped out first.
 */
static void fill(void *arg)
{
	const unsigned long margin = *(unsigned long *)arg;
	uint64_t left;

	write_file("/proc/self/oom_score_adj", "1000");
	while ((left = usable()) > margin ||
	       meminfo_bytes("SwapFree") > swap_margin) {
		size_t step = left > 32 * MIB ? 4 * MIB : 64 << 10;
		char *at = mmap(NULL, step, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		need(at != MAP_FAILED, "mmap");
		write_pages(at, step / PAGE);
		if (left <= margin)
			sleep_ms(20);
	}
}

/* A process that takes too much is killed; the limit depends on the kernel. */
static pid_t fill_up(void)
{
	unsigned long margin;
	pid_t pid = -1;

	for (margin = margin_min; pid < 0 && margin <= margin_max; margin *= 2)
		pid = child_start(fill, &margin);
	return pid;
}

FIXTURE(pressure)
{
	pid_t pids[PROCESSES], filler;
	bool swap;
};

FIXTURE_SETUP(pressure)
{
	ASSERT_TRUE(halves_start(self->pids, PROCESSES, pages, 0));
}

FIXTURE_TEARDOWN(pressure)
{
	int i;

	child_end(self->filler);
	for (i = 0; i < PROCESSES; i++)
		child_end(self->pids[i]);
	if (self->swap)
		zram_off();
	if (ko_path() && !ko_is_loaded())
		EXPECT_EQ(0, ko_load(""));
}

/* The largest first: the module keeps its memory for a while, for the next. */
static const struct fault_request requests[] = {
	{ .name = "of groups", .cmd = MEMCENSUS_CMD_SNAPSHOT, .pressed = true,
	  .what = { .group_by = MEMCENSUS_BY_COMM } },
	{ .name = "of all", .cmd = MEMCENSUS_CMD_SNAPSHOT, .pressed = true },
	{ .name = "a file", .path = "/proc/memcensus", .pressed = true },
};

/* Return: number of errors and of marked censuses. */
static unsigned int scan(struct __test_metadata *_metadata, unsigned int times)
{
	unsigned int short_of = 0, i, j;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		struct fault_course c = {};

		for (j = 0; j < times; j++)
			fault_try(&requests[i], 0, &c);
		diag("pressure: %s: %u tries: %u errors, %u marked, %u whole, %u wrong",
		     requests[i].name, c.tries, c.errors, c.marked, c.whole,
		     c.wrong);
		EXPECT_EQ(0, c.wrong);
		short_of += c.errors + c.marked;
	}
	EXPECT_EQ(0, kills());
	return short_of;
}

/* Entries for shared pages: one for each block of each of these. */
#define SHARERS		40
#define FEW_SHARERS	8
#define SHARED_BLOCKS	16000UL
#define ENTRY_BYTES	16

/* Maps a file and touches one page of each 64. */
static void touch_blocks(void *arg)
{
	const int *fd = arg;
	char *at = map(PLACE(0), SHARED_BLOCKS * 64 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_SHARED, *fd, 0);
	unsigned long i;

	for (i = 0; i < SHARED_BLOCKS; i++)
		at[i * 64 * PAGE] = 1;
}

/* They die with the test. */
static void start_sharers(struct __test_metadata *_metadata, unsigned int n, pid_t *pids)
{
	int fd = memfd("sharers", SHARED_BLOCKS * 64);
	unsigned int i;

	for (i = 0; i < n; i++) {
		pids[i] = child_start(touch_blocks, &fd);
		ASSERT_LT(0, pids[i]);
	}
	close(fd);
}

/* Without swap, hardly any memory is available, and the census needs more. */
TEST_F_TIMEOUT(pressure, full_without_swap, 600)
{
	pid_t pids[FEW_SHARERS];
	unsigned int short_of, i;

	start_sharers(_metadata, FEW_SHARERS, pids);
	self->filler = fill_up();
	ASSERT_LT(0, self->filler);
	diag("pressure: %llu KiB are left",
	     (unsigned long long)usable() >> 10);
	short_of = scan(_metadata, 10);
	for (i = 0; i < FEW_SHARERS; i++)
		child_end(pids[i]);
	if (!short_of)
		SKIP(return, "what CPUs keep to themselves was enough");
}

TEST_F_TIMEOUT(pressure, full_with_swap, 600)
{
	const char *why = zram_on();

	if (why && !why[0])
		SKIP(return, "kernel has no zram");
	ASSERT_EQ(NULL, why);
	self->swap = true;
	self->filler = fill_up();
	ASSERT_LT(0, self->filler);
	diag("pressure: %llu KiB are left, and %llu KiB of swap",
	     (unsigned long long)usable() >> 10,
	     (unsigned long long)meminfo_bytes("SwapFree") >> 10);
	scan(_metadata, 10);
}

/* In a child: enters a cgroup whose limit is just above its usage. */
static int scan_in_cgroup(const char *dir)
{
	uint64_t events, was, is;
	struct fault_course c = {};
	char path[128], text[32];
	unsigned int i;

	need(enter_cgroup(dir), dir);
	/* Once without a limit, so that its own memory is allocated. */
	fault_try(&requests[0], 0, &c);
	snprintf(path, sizeof(path), "%s/memory.current", dir);
	was = read_number(path);
	snprintf(text, sizeof(text), "%llu",
		 (unsigned long long)was + 64 * PAGE);
	snprintf(path, sizeof(path), "%s/memory.max", dir);
	need(write_file(path, text), "memory.max");
	snprintf(path, sizeof(path), "%s/memory.events", dir);
	events = entry_of(path, "oom ") + entry_of(path, "oom_kill ");
	memset(&c, 0, sizeof(c));
	for (i = 0; i < 20; i++)
		fault_try(&requests[i % ARRAY_SIZE(requests)], 0, &c);
	events = entry_of(path, "oom ") + entry_of(path, "oom_kill ") - events;
	snprintf(path, sizeof(path), "%s/memory.current", dir);
	is = read_number(path);
	diag("pressure: in a cgroup: %u tries: %u errors, %u marked, %u whole, %u wrong",
	     c.tries, c.errors, c.marked, c.whole, c.wrong);
	diag("pressure: it had %llu bytes of %s, then %llu",
	     (unsigned long long)was, text, (unsigned long long)is);
	/* The memory of a census is charged to no cgroup: it lacks nothing. */
	return c.wrong || events || c.whole != c.tries;
}

TEST_F(pressure, in_a_cgroup_at_its_limit)
{
	const char *dir = CGROUP "pressed";
	int status;
	pid_t pid;

	write_file(CGROUP "cgroup.subtree_control", "+memory");
	if (mkdir(dir, 0755) || access(CGROUP "pressed/memory.max", W_OK)) {
		rmdir(dir);
		SKIP(return, "kernel has no memory cgroups");
	}
	pid = fork();
	if (!pid)
		_exit(scan_in_cgroup(dir));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status) && !WEXITSTATUS(status))
		TH_LOG("status %x", status);
	EXPECT_EQ(0, rmdir(dir));
}

/*
 * Samples the free memory all the time and keeps the minimum. While a sample is read, the pages
 * in the list of a CPU may become free: it then has them nowhere, but not the next one.
 */
struct watch {
	atomic_bool stop;
	int64_t least;
};

static void watch(struct watch *w)
{
	int64_t is = free_memory(), last;

	while (!atomic_load(&w->stop)) {
		last = is;
		is = free_memory();
		if (w->least > is && w->least > last)
			w->least = is > last ? is : last;
		sched_yield();
	}
	_exit(0);
}

/* Limit for a process's record and its data in the scan. */
#define EACH		4096
#define FIXED		(256UL << 10)
/* Memory that others allocate during this. */
#define NOISE		(4 * MIB)

/* @more: more than the limit is needed */
static void measure(struct __test_metadata *_metadata, unsigned long max_mem,
		    uint8_t group_by, bool more)
{
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS, .group_by = group_by,
	};
	struct census_error error = {};
	struct census census;
	char params[64];
	struct watch *w;
	int64_t before;
	unsigned int i;
	pid_t pid;
	int ret;

	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	snprintf(params, sizeof(params), "max_mem=%lu", max_mem);
	ASSERT_EQ(0, ko_load(params));
	w = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		 -1, 0);
	ASSERT_NE(MAP_FAILED, w);
	before = free_memory();
	w->least = before;
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		watch(w);
	for (i = 0; i < 4; i++) {
		ret = census_take(&request, &census, &error);
		EXPECT_TRUE(!ret || (ret == -ENOMEM && error.text[0]));
		if (!ret) {
			EXPECT_LE(census.scan[MEMCENSUS_SCAN_MEMORY],
				  max_mem + FIXED + census.n_tasks * EACH);
			EXPECT_LT(more, census.scan[MEMCENSUS_SCAN_SLICES]);
			EXPECT_SOUND(&census, false);
		}
		if (!i)
			diag("pressure: %lu%s: %llu bytes, %llu slices %s",
			     max_mem, group_by ? ", groups" : "",
			     (unsigned long long)census.scan[MEMCENSUS_SCAN_MEMORY],
			     (unsigned long long)census.scan[MEMCENSUS_SCAN_SLICES],
			     error.text);
		census_free(&census);
	}
	atomic_store(&w->stop, true);
	waitpid(pid, NULL, 0);
	diag("pressure: at most %lld KiB less were free",
	     (long long)(before - w->least) >> 10);
	if (!is_debug_kernel())
		EXPECT_LE(before - w->least, (int64_t)(max_mem + NOISE));
	munmap(w, PAGE);
}

/* More than the limit is needed: what has failed must not be kept while the census starts again. */
TEST_F_TIMEOUT(pressure, max_mem_holds, 1200)
{
	const unsigned long limit = 8 * MIB;
	pid_t pids[SHARERS];
	unsigned int i;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	measure(_metadata, MIB, 0, false);
	measure(_metadata, MIB, MEMCENSUS_BY_COMM, false);
	start_sharers(_metadata, SHARERS, pids);
	ASSERT_GT(SHARERS * SHARED_BLOCKS * ENTRY_BYTES, limit);
	measure(_metadata, limit, 0, true);
	for (i = 0; i < SHARERS; i++)
		child_end(pids[i]);
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
}

TEST_HARNESS_MAIN
