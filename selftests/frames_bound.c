// SPDX-License-Identifier: GPL-2.0
/*
 * On the frames basis with too little memory: what cannot be marked is counted
 * by map counts, says so, and is right; the next load is as good as new.
 *
 * Memory runs out by sets of owners: processes that touch pages of a memfd at
 * random make tens of thousands of them.
 */
#include "ko.h"
#include "selftest.h"

#include "counted.h"

#define LIMIT		1048576UL
#define LOAD		"max_mem=1048576"

/* Bytes that the census needs for each set, as Documentation has it. */
#define SET_BYTES	32
#define PROCESSES	32

static const unsigned long pages = 3600, private = 200;

static int compare(const void *a, const void *b)
{
	uint32_t m = *(uint32_t *)a, n = *(uint32_t *)b;

	return m < n ? -1 : m > n;
}

/* How many sets of owners the pages have been in when all have marked them. */
static unsigned long count_sets(void)
{
	uint32_t *set = calloc(pages, sizeof(*set));
	unsigned long sets = 0, i, n, k;

	for (n = 0; n < PROCESSES; n++) {
		for (i = 0; i < pages; i++)
			for (set[i] = k = 0; k <= n; k++)
				set[i] |= (uint32_t)half_has(k, i) << k;
		qsort(set, pages, sizeof(*set), compare);
		for (i = 0; i < pages; i++)
			sets += set[i] >> n & 1 && (!i || set[i] != set[i - 1]);
	}
	free(set);
	return sets;
}

FIXTURE(bound)
{
	bool ready;
	pid_t pids[PROCESSES];
};

FIXTURE_SETUP(bound)
{
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	ASSERT_TRUE(halves_start(self->pids, PROCESSES, pages, private));
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	self->ready = true;
}

FIXTURE_TEARDOWN(bound)
{
	int i;

	for (i = 0; i < PROCESSES; i++)
		child_end(self->pids[i]);
	if (self->ready && ko_is_loaded())
		EXPECT_EQ(0, ko_unload_patiently(5000));
	if (self->ready)
		EXPECT_EQ(0, ko_load(""));
}

static void tell(const struct census *census)
{
	diag("%llu sets, %llu KiB in all; %llu pages unmarked beside %llu frames",
	     (unsigned long long)census->scan[MEMCENSUS_SCAN_SETS],
	     (unsigned long long)census->scan[MEMCENSUS_SCAN_MEMORY] / 1024,
	     (unsigned long long)census->scan[MEMCENSUS_SCAN_UNMARKED] / PAGE,
	     (unsigned long long)census->scan[MEMCENSUS_SCAN_FRAMES] / PAGE);
}

/*
 * Of nobody more is claimed than is his by map count, but for what he is said to
 * be unsure of; and some are said to be.  Returns how many claim too much.
 */
static unsigned int expect_marked(struct __test_metadata *_metadata,
				  const struct census *census,
				  const struct census *by_count,
				  const pid_t *pids)
{
	static const unsigned int shares[] = {
		MEMCENSUS_F_USS, MEMCENSUS_F_PSS,
	};
	unsigned int i, j, too_much = 0;
	uint64_t unsure_in_all = 0;

	for (i = 0; i < PROCESSES; i++) {
		const struct figures *f = &census_task_of(census, pids[i])->f;
		const struct figures *count =
			&census_task_of(by_count, pids[i])->f;
		uint64_t unsure = figure(f, MEMCENSUS_F_UNSURE);

		EXPECT_LE(unsure, figure(f, MEMCENSUS_F_FRAMES));
		unsure_in_all += unsure;
		for (j = 0; j < 2; j++) {
			EXPECT_LE(figure(f, shares[j]),
				  figure(count, shares[j]) + unsure)
				TH_LOG("process %u: %s", i,
				       figure_name(shares[j]));
			too_much += figure(f, shares[j]) >
				    figure(count, shares[j]);
		}
	}
	diag("%u of %u shares are too high, and marked", too_much,
	     2 * PROCESSES);
	EXPECT_LT(0, unsure_in_all);
	return too_much;
}

/* Does the file that people read first say so, too? */
static bool summary_says(const char *text)
{
	FILE *file = fopen("/proc/memcensus", "r");
	bool said = false;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		said |= !!strstr(line, text);
	if (file)
		fclose(file);
	return said;
}

/* Figures that both bases have. */
static const unsigned int common[] = {
	MEMCENSUS_F_RSS, MEMCENSUS_F_USS, MEMCENSUS_F_PSS, MEMCENSUS_F_SHARED,
	MEMCENSUS_F_PSS_ANON, MEMCENSUS_F_PSS_FILE, MEMCENSUS_F_PSS_SHMEM,
	MEMCENSUS_F_ANON, MEMCENSUS_F_FILE, MEMCENSUS_F_SHMEM,
};

TEST_F(bound, reached)
{
	const struct census_request mapcount = {
		.basis = MEMCENSUS_BASIS_MAPCOUNT,
		.parts = MEMCENSUS_PART_TASKS,
	};
	const pid_t last = self->pids[PROCESSES - 1];
	const struct census_task *task, *other;
	struct census census, by_count, after;
	unsigned int i, tries;
	bool same = false;

	if (!self->ready)
		return;
	ASSERT_LT(LIMIT, count_sets() * SET_BYTES);
	ASSERT_EQ(0, ko_load(LOAD " workers=1"));
	/* More than once: memory is kept for the next scan, and we are quiet. */
	for (tries = 0; tries < 20; tries++) {
		ASSERT_EQ(0, census_take(&mapcount, &by_count, NULL));
		ASSERT_FRAMES_OF_ALL(&census);
		ASSERT_EQ(0, census_take(&mapcount, &after, NULL));
		EXPECT_LT(0, census.scan[MEMCENSUS_SCAN_UNMARKED]);
		EXPECT_EQ(0, census.scan[MEMCENSUS_SCAN_VIOLATIONS]);
		other = census_task_of(&by_count, last);
		task = census_task_of(&after, last);
		ASSERT_TRUE(task && other);
		same = !memcmp(&task->f, &other->f, sizeof(task->f));
		census_free(&after);
		if (same)
			break;
		census_free(&census);
		census_free(&by_count);
	}
	ASSERT_TRUE(same)
		TH_LOG("the system was not quiet in %u tries", tries);
	tell(&census);

	/* No set was left for the last process, so all it has is by map count. */
	task = census_task_of(&census, last);
	for (i = 0; i < ARRAY_SIZE(common); i++) {
		EXPECT_EQ(figure(&other->f, common[i]),
			  figure(&task->f, common[i]))
			TH_LOG("%s", figure_name(common[i]));
	}
	EXPECT_EQ(figure(&task->f, MEMCENSUS_F_RSS),
		  figure(&task->f, MEMCENSUS_F_FRAMES));

	/* Of the others some owners may not be known, but none is made up. */
	for (i = 0; i < PROCESSES; i++) {
		task = census_task_of(&census, self->pids[i]);
		other = census_task_of(&by_count, self->pids[i]);
		ASSERT_TRUE(task && other);
		EXPECT_EQ(figure(&other->f, MEMCENSUS_F_RSS),
			  figure(&task->f, MEMCENSUS_F_RSS));
		EXPECT_LE(figure(&other->f, MEMCENSUS_F_PSS),
			  figure(&task->f, MEMCENSUS_F_PSS));
		EXPECT_LE(private * PAGE, figure(&task->f, MEMCENSUS_F_USS));
	}
	EXPECT_LT(0, expect_marked(_metadata, &census, &by_count, self->pids));
	EXPECT_TRUE(summary_says("unmarked"));
	/* The last one has all by map count, and is told to. */
	task = census_task_of(&census, last);
	EXPECT_EQ(figure(&task->f, MEMCENSUS_F_FRAMES),
		  figure(&task->f, MEMCENSUS_F_UNSURE));
	census_free(&census);
	census_free(&by_count);
}

/* Two have less each, and what one could not mark the other may have. */
TEST_F(bound, by_two_workers)
{
	const struct census_request mapcount = {
		.basis = MEMCENSUS_BASIS_MAPCOUNT,
		.parts = MEMCENSUS_PART_TASKS,
	};
	struct census_error error = {};
	struct census census, by_count;
	unsigned long limit;
	char words[64];
	int ret;

	if (!self->ready)
		return;
	/*
	 * What joining takes grows with the machine: the least limit, in steps of a
	 * quarter, that it can be done with; that is still too little to mark all.
	 */
	for (limit = 2 * LIMIT; ; limit += limit / 4) {
		snprintf(words, sizeof(words), "max_mem=%lu workers=2", limit);
		ASSERT_EQ(0, ko_load(words));
		ret = counted_take(&census, &error);
		if (ret != -ENOMEM || limit > 16 * LIMIT)
			break;
		ASSERT_EQ(0, ko_unload_patiently(5000));
	}
	ASSERT_EQ(0, ret)
		TH_LOG("no census with %s: %s", words, error.text);
	diag("with %s", words);
	EXPECT_SOUND(&census, true);
	ASSERT_EQ(0, census_take(&mapcount, &by_count, NULL));
	tell(&census);
	EXPECT_LT(0, census.scan[MEMCENSUS_SCAN_UNMARKED]);
	/*
	 * Who claims too much depends on which worker came to which process: with
	 * a set of its own left to neither, all is by map count, and right.
	 */
	expect_marked(_metadata, &census, &by_count, self->pids);
	census_free(&census);
	census_free(&by_count);
}

/* Too little to join what two have marked: they may fail, with a word. */
TEST_F(bound, too_little_for_two)
{
	struct census_error error = {};
	struct census census;
	int ret;

	if (!self->ready)
		return;
	ASSERT_EQ(0, ko_load(LOAD " workers=2"));
	ret = counted_take(&census, &error);
	if (ret) {
		EXPECT_EQ(-ENOMEM, ret);
		EXPECT_NE(0, error.text[0]);
		diag("no census: %s", error.text);
	} else {
		EXPECT_SOUND(&census, true);
		tell(&census);
	}
	census_free(&census);
}

/* Nothing of that is left behind. */
TEST_F(bound, and_not_any_more)
{
	struct census census;
	unsigned int i;

	if (!self->ready)
		return;
	ASSERT_EQ(0, ko_load(LOAD));
	ASSERT_FRAMES_OF_ALL(&census);
	census_free(&census);
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
	ASSERT_FRAMES_OF_ALL(&census);
	EXPECT_EQ(0, census.scan[MEMCENSUS_SCAN_UNMARKED]);
	EXPECT_LE(count_sets(), census.scan[MEMCENSUS_SCAN_SETS]);
	EXPECT_FALSE(summary_says("unmarked"));
	for (i = 0; i < census.n_tasks; i++)
		EXPECT_EQ(0, figure(&census.tasks[i].f, MEMCENSUS_F_UNSURE));
	tell(&census);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

TEST_HARNESS_MAIN
