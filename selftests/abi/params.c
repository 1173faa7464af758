// SPDX-License-Identifier: GPL-2.0
/* Module parameters: a value out of range is refused, with a line in the log. */
#include <errno.h>
#include <sys/klog.h>

#include "ko.h"
#include "selftest.h"

FIXTURE(module)
{
	bool ready;
};

FIXTURE_SETUP(module)
{
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	self->ready = true;
}

FIXTURE_TEARDOWN(module)
{
	if (!self->ready)
		return;
	if (ko_is_loaded())
		EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

/* Reads the end of the kernel log (SYSLOG_ACTION_READ_ALL). */
static bool log_has(const char *mark, const char *word)
{
	static char log[1 << 20];
	char *at = log, *last = NULL;
	int n = klogctl(3, log, sizeof(log) - 1);

	log[n < 0 ? 0 : n] = '\0';
	while ((at = strstr(at, mark)))
		last = at++;
	return last && strstr(last, word);
}

TEST_F(module, out_of_range)
{
	static const struct {
		const char *name, *params;
	} bad[] = {
		{ "max_age_ms", "max_age_ms=60001" },
		{ "max_age_ms", "max_age_ms=18446744073709551615" },
		{ "lock_hold_us", "lock_hold_us=0" },
		{ "lock_hold_us", "lock_hold_us=9" },
		{ "lock_hold_us", "lock_hold_us=100001" },
		{ "busy_budget_ms", "busy_budget_ms=60001" },
		{ "max_mem", "max_mem=1" },
		{ "max_mem", "max_mem=1048575" },
		{ "max_mem", "max_mem=18446744073709551615" },
		{ "max_results", "max_results=4194303" },
		{ "max_results", "max_results=18446744073709551615" },
		/* The second of two parameters is checked too. */
		{ "lock_hold_us", "max_age_ms=10 lock_hold_us=1" },
		/* The kernel's own parser refuses and names these. */
		{ "max_age_ms", "max_age_ms=soon" },
		{ "lock_hold_us", "lock_hold_us=-1" },
		{ "busy_budget_ms", "busy_budget_ms=" },
		{ "max_mem", "max_mem=99999999999999999999999" },
	};
	char mark[64];
	unsigned int i;
	int ret;

	if (!self->ready)
		return;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(mark, sizeof(mark), "memcensus selftest params %u %u",
			 getpid(), i);
		write_file("/dev/kmsg", mark);
		ret = ko_load(bad[i].params);
		EXPECT_TRUE(ret == -EINVAL || ret == -ERANGE)
			TH_LOG("%s: %d", bad[i].params, ret);
		EXPECT_FALSE(ko_is_loaded());
		EXPECT_TRUE(log_has(mark, bad[i].name))
			TH_LOG("%s: not named", bad[i].params);
		if (!ret)
			ko_unload();
	}
}

TEST_F(module, in_range)
{
	static const char *const good[] = {
		"max_age_ms=0 lock_hold_us=10 busy_budget_ms=0 max_mem=1048576",
		"max_age_ms=60000 lock_hold_us=100000 busy_budget_ms=60000",
	};
	static const uint64_t age[] = { 0, 60000000000 };
	static const uint64_t hold[] = { 10000, 100000000 };
	static const uint64_t budget[] = { 0, 60000000000 };
	const struct census_request all = { .parts = MEMCENSUS_PART_TASKS };
	struct census census;
	unsigned int i;

	if (!self->ready)
		return;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		ASSERT_EQ(0, ko_load(good[i]));
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		EXPECT_TRUE(census_is_whole(&census));
		EXPECT_NE(NULL, census_task_of(&census, getpid()));
		EXPECT_EQ(0, census.scan[MEMCENSUS_SCAN_VIOLATIONS]);
		EXPECT_EQ(age[i], census.info.value[MEMCENSUS_INFO_MAX_AGE_NS]);
		EXPECT_EQ(hold[i], census.info.value[MEMCENSUS_INFO_LOCK_HOLD_NS]);
		EXPECT_EQ(budget[i],
			  census.info.value[MEMCENSUS_INFO_BUSY_BUDGET_NS]);
		census_free(&census);
		ASSERT_EQ(0, ko_unload_patiently(5000));
	}
}

/* The module returns a cached census up to max_age_ms, not an older one. */
TEST_F(module, max_age)
{
	const struct census_request all = { .parts = MEMCENSUS_PART_TASKS };
	struct census census;
	uint64_t seq, begun;
	bool same;

	if (!self->ready)
		return;
	ASSERT_EQ(0, ko_load("max_age_ms=2000"));
	/* If the two take longer than max_age_ms, the second may be a new census. */
	do {
		begun = now_ms();
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		seq = census.seq;
		census_free(&census);
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		same = seq == census.seq;
		census_free(&census);
	} while (!same && now_ms() - begun >= 2000);
	EXPECT_TRUE(same);
	sleep_ms(2100);
	ASSERT_EQ(0, census_take(&all, &census, NULL));
	EXPECT_LT(seq, census.seq);
	census_free(&census);
}

/* A short lock hold splits long walks; the figures do not change. */
static const unsigned long pages = 20000;

static void body(void *arg)
{
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
}

TEST_F(module, lock_hold)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	if (!self->ready)
		return;
	pid = child_start(body, NULL);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, ko_load("lock_hold_us=10"));
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(pages, vma, USS);
	EXPECT_LT(10, census.scan[MEMCENSUS_SCAN_LOCK_HOLDS]);
	diag("%llu lock holds, the longest %llu us",
	     (unsigned long long)census.scan[MEMCENSUS_SCAN_LOCK_HOLDS],
	     (unsigned long long)census.scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS] / 1000);
	EXPECT_EQUAL_SMAPS(pid);
	census_free(&census);
	child_end(pid);
}

/*
 * A debug kernel looks at all mappings after each change of one: minutes for 20,000.  The results
 * take more than twice the least max_results.
 */
static size_t mappings(void)
{
	return is_slow_kernel() ? 8000 : 20000;
}

/* One mapping of a page beside the other, none of which can be merged with the next. */
static void map_many(void *arg)
{
	const size_t n = mappings();
	char *at = map_private(PLACE(0), 2 * n * PAGE);
	size_t i;

	for (i = 0; i < n; i++)
		need(!munmap(at + (2 * i + 1) * PAGE, PAGE), "munmap");
}

/* A census with other @max_results; 0 or -errno. */
static int take_within(const struct census_request *request, uint64_t max_results)
{
	struct census_error error = {};
	char params[64];

	snprintf(params, sizeof(params), "max_results=%llu", (unsigned long long)max_results);
	return ko_reload(params) ?: census_take(request, NULL, &error);
}

/* What a census says that it took is what max_results has to have. */
TEST_F(module, memory)
{
	const pid_t pid = child_start(map_many, NULL);
	const uint32_t pids[] = { pid };
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS, .pids = pids, .n_pids = 1,
	};
	struct census census;
	uint64_t memory;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, ko_load(""));
	ASSERT_TAKEN(&request, &census);
	memory = census.scan[MEMCENSUS_SCAN_MEMORY];
	EXPECT_LT(mappings(), census.n_vmas);
	diag("%zu mappings: %llu bytes", census.n_vmas, (unsigned long long)memory);
	census_free(&census);
	EXPECT_EQ(-EDQUOT, take_within(&request, memory / 2));
	EXPECT_EQ(0, take_within(&request, memory + (1 << 20)));
	child_end(pid);
}

TEST_HARNESS_MAIN
