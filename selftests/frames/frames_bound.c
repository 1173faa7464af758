// SPDX-License-Identifier: GPL-2.0
/*
 * A census with too little memory: it counts owners in slices, says
 * in how many, and every figure is still exact. The next load of the module works as
 * usual.
 *
 * Entries use up the memory, one for each block of 64 pages of each process. So each
 * process maps one page per block of a file that many of them share.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "ko.h"
#include "selftest.h"

#include "owners/counted.h"

#define LEAST		1048576UL
#define RW		(PROT_READ | PROT_WRITE)

/* Size of an entry, and pages in a block; see Documentation/frames.rst. */
#define ENTRY_BYTES	16
#define BLOCK_PAGES	64

#define PROCESSES	48
#define BLOCKS		2400
#define PRIVATE		200

FIXTURE(bound)
{
	bool ready;
	int fd;
	unsigned int *number;
	pid_t pids[PROCESSES];
};

/* Does process @n map the page of @block? Two of three do, at random. */
static bool has(unsigned int n, unsigned int block)
{
	uint32_t x = n * 2654435761U ^ block * 2246822519U;

	x ^= x >> 15;
	x *= 2654435761U;
	return (x >> 16) % 3 > 0;
}

static unsigned int mappers_of(unsigned int block)
{
	unsigned int n, owners = 0;

	for (n = 0; n < PROCESSES; n++)
		owners += has(n, block);
	return owners;
}

static void sparse(void *arg)
{
	struct _test_data_bound *self = arg;
	unsigned int n = *self->number, block;
	char *at;

	write_pages(map_private(PLACE(0), PRIVATE * PAGE), PRIVATE);
	at = map(PLACE(1), (size_t)BLOCKS * BLOCK_PAGES * PAGE, RW, MAP_SHARED,
		 self->fd, 0);
	for (block = 0; block < BLOCKS; block++)
		if (has(n, block))
			write_pages(at + (size_t)block * BLOCK_PAGES * PAGE, 1);
}

FIXTURE_SETUP(bound)
{
	unsigned int i;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	self->fd = memfd("sparse", BLOCKS * BLOCK_PAGES);
	self->number = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->number);
	for (i = 0; i < PROCESSES; i++) {
		*self->number = i;
		self->pids[i] = child_start(sparse, self);
		ASSERT_LT(0, self->pids[i]);
	}
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

/* Least bytes of entries that the census needs for these processes. */
static unsigned long bytes_needed(void)
{
	unsigned long entries = 0;
	unsigned int block;

	for (block = 0; block < BLOCKS; block++)
		entries += mappers_of(block);
	return entries * ENTRY_BYTES;
}

static void expect_exact(struct __test_metadata *_metadata,
			 const struct census *census, const pid_t *pids)
{
	unsigned int n, block, owners;

	for (n = 0; n < PROCESSES; n++) {
		uint64_t pages = 0, shares = 0, alone = 0;

		for (block = 0; block < BLOCKS; block++) {
			if (!has(n, block))
				continue;
			owners = mappers_of(block);
			pages++;
			alone += owners == 1;
			shares += share(1, owners);
		}
		EXPECT_PLACED(PRIVATE + pages, census, pids[n], RSS);
		EXPECT_PLACED(PRIVATE + pages, census, pids[n], FRAMES);
		EXPECT_PLACED(PRIVATE + alone, census, pids[n], USS);
		EXPECT_PLACED(pages - alone, census, pids[n], SHARED);
		EXPECT_PLACED_SHARE(shares, census, pids[n], PSS_SHMEM);
		EXPECT_PLACED(PRIVATE, census, pids[n], PSS_ANON);
	}
}

/* Does the file summary say so too? */
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

static void tell(const struct census *census)
{
	diag("%llu slices, %llu KiB in all", (unsigned long long)
	     census->scan[MEMCENSUS_SCAN_SLICES], (unsigned long long)
	     census->scan[MEMCENSUS_SCAN_MEMORY] / 1024);
}

static void reload(struct __test_metadata *_metadata, const char *params)
{
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(params));
}

static void of_all(struct __test_metadata *_metadata, const struct _test_data_bound *self)
{
	struct census all, census;
	char words[64];

	ASSERT_LT(LEAST, bytes_needed());
	snprintf(words, sizeof(words), "max_mem=%lu", LEAST);
	reload(_metadata, words);
	ASSERT_FRAMES_OF_ALL(&all);
	tell(&all);
	EXPECT_LT(1, all.scan[MEMCENSUS_SCAN_SLICES]);
	EXPECT_EQ(0, all.scan[MEMCENSUS_SCAN_VIOLATIONS]);
	EXPECT_TRUE(summary_says("slices"));
	census_free(&all);
	/* With mappings: each mapping is an owner. */
	ASSERT_FRAMES(self->pids, PROCESSES, &census);
	EXPECT_LT(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	expect_exact(_metadata, &census, self->pids);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

/* Groups are counted in slices too; after a reload without max_mem there is one. */
static void by_groups(struct __test_metadata *_metadata, const struct _test_data_bound *self)
{
	struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.group_by = MEMCENSUS_BY_PIDS,
		.pids = (const uint32_t *)self->pids, .n_pids = PROCESSES,
	};
	struct census_error error = {};
	struct census census, whole;
	unsigned int f;
	char words[64];
	static const unsigned int own[] = {
		MEMCENSUS_F_FRAMES, MEMCENSUS_F_USS, MEMCENSUS_F_SHARED,
	};

	snprintf(words, sizeof(words), "max_mem=%lu", LEAST);
	reload(_metadata, words);
	ASSERT_EQ(0, census_take(&request, &census, &error))
		TH_LOG("%s", error.text);
	EXPECT_LT(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	reload(_metadata, "");
	ASSERT_EQ(0, census_take(&request, &whole, &error))
		TH_LOG("%s", error.text);
	EXPECT_EQ(1, whole.scan[MEMCENSUS_SCAN_SLICES]);
	EXPECT_FALSE(summary_says("slices"));
	tell(&whole);
	ASSERT_EQ(1, census.n_groups);
	ASSERT_EQ(1, whole.n_groups);
	for (f = 0; f < ARRAY_SIZE(own); f++)
		EXPECT_EQ(figure(&whole.groups[0].f, own[f]),
			  figure(&census.groups[0].f, own[f]))
			TH_LOG("%s", figure_name(own[f]));
	EXPECT_LE((uint64_t)(BLOCKS + PROCESSES * PRIVATE) * PAGE,
		  figure(&census.groups[0].f, MEMCENSUS_F_USS));
	census_free(&census);
	census_free(&whole);
}

/* One test: to make the processes takes most of its time. */
TEST_F_TIMEOUT(bound, exact_in_slices, 600)
{
	if (!self->ready)
		return;
	of_all(_metadata, self);
	by_groups(_metadata, self);
}

FIXTURE(least)
{
	bool ready;
};

FIXTURE_SETUP(least)
{
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	self->ready = true;
}

FIXTURE_TEARDOWN(least)
{
	if (self->ready && ko_is_loaded())
		EXPECT_EQ(0, ko_unload_patiently(5000));
	if (self->ready)
		EXPECT_EQ(0, ko_load(""));
}

/*
 * More files than max_mem holds, each with one page that two processes share. No
 * process has the files open: only the mappings hold them.
 */
#define FILES		16000
#define FILE_BYTES	64

static void maps_files(void *arg)
{
	unsigned int i;

	for (i = 0; i < FILES; i++) {
		int fd = memfd("one of many", 1);

		map(PLACE(9) + 2 * i * PAGE, PAGE, RW, MAP_SHARED, fd, 0)[0] = 1;
		close(fd);
	}
}

static void maps_files_twice(void *arg)
{
	unsigned int i;

	maps_files(NULL);
	/* fork() does not copy the entries of shared mappings. */
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < FILES; i++)
		read_pages(PLACE(9) + 2 * i * PAGE, 1);
	raise(SIGSTOP);
}

TEST_F_TIMEOUT(least, more_files, 300)
{
	const struct census_task *task;
	struct census census;
	char buf[64];
	pid_t pid;

	if (!self->ready)
		return;
	if (is_slow_kernel())
		SKIP(return, "it looks at all of 16,000 mappings after each mmap()");
	pid = child_start(maps_files_twice, NULL);
	ASSERT_LT(0, pid);
	snprintf(buf, sizeof(buf), "max_mem=%lu", LEAST);
	ASSERT_EQ(0, ko_load(buf));
	ASSERT_LT(LEAST / 2, FILES * FILE_BYTES);
	ASSERT_FRAMES_OF_ALL(&census);
	tell(&census);
	task = census_task_of(&census, pid);
	ASSERT_NE(NULL, task);
	EXPECT_LE(FILES * PAGE, figure(&task->f, MEMCENSUS_F_SHMEM));
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pid);
}

TEST_HARNESS_MAIN
