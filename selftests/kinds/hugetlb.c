// SPDX-License-Identifier: GPL-2.0
/*
 * hugetlb pages of each size that the kernel has, private and shared: not in the RSS. Those that
 * are no size of a table, as 64 KiB and 32 MiB of arm64, are mapped by several entries.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/memfd.h>

#include "selftest.h"

#include "owners/counted.h"

#define GIB		((size_t)1 << 30)
#define RW		(PROT_READ | PROT_WRITE)

/* More pages that a pool has for a test, and the size of those of the tests */
#define MORE		8
static size_t size;

/* Sets @size. Return: how many pages the pool had, or -1 if it cannot have more. */
static long enlarge_pool(size_t new_size)
{
	const long before = read_number(huge_pool(new_size, "nr_hugepages"));
	char text[32];

	size = new_size;
	if (before < 0)
		return -1;
	snprintf(text, sizeof(text), "%ld", before + MORE);
	write_file(huge_pool(size, "nr_hugepages"), text);
	return read_number(huge_pool(size, "nr_hugepages")) == before + MORE ? before : -1;
}

static void reduce_pool(long before)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", before);
	write_file(huge_pool(size, "nr_hugepages"), text);
}

FIXTURE(pool)
{
	long before;
};

FIXTURE_SETUP(pool)
{
	self->before = -1;
	if (read_number(huge_pool(HUGE, "nr_hugepages")) < 0)
		SKIP(return, "kernel has no hugetlb pages of the size of a table");
	self->before = enlarge_pool(HUGE);
	ASSERT_LE(0, self->before);
}

FIXTURE_TEARDOWN(pool)
{
	if (self->before >= 0)
		reduce_pool(self->before);
}

static void map_huge(void *arg)
{
	char *at = map(PLACE(0), 3 * size, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_HUGETLB | MAP_HUGE_SIZE(size), -1, 0);

	at[0] = 1;
	at[size] = 1;
}

TEST_F(pool, private)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	if (self->before < 0)
		return;
	pid = child_start(map_huge, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(3 * PER_HUGE, vma, VSS);
	EXPECT_PAGES(2 * PER_HUGE, vma, HUGETLB);
	EXPECT_PAGES(2 * PER_HUGE, vma, PRIVATE_HUGETLB);
	EXPECT_PAGES(0, vma, SHARED_HUGETLB);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_PAGES(0, vma, USS);
	EXPECT_PAGES(0, vma, PSS);
	EXPECT_PAGES(0, vma, THP);
	EXPECT_EQ(HUGE, vma->page_size);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

static void fork_huge(void *arg)
{
	volatile pid_t *word = arg;

	map_huge(NULL);
	*word = child_start((void (*)(void *))child_stop, NULL);
	need(*word > 0, "child");
	*(volatile char *)PLACE(0) = 2;
}

/* Two private pages are shared by fork; a write copies one of them. */
static void check_forked(struct __test_metadata *_metadata)
{
	const unsigned long each = size / PAGE;
	volatile pid_t *word;
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	word = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, word);
	pids[0] = child_start(fork_huge, (void *)word);
	ASSERT_LT(0, pids[0]);
	pids[1] = *word;
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(2 * each, vma, HUGETLB);
		EXPECT_PAGES(each, vma, PRIVATE_HUGETLB);
		EXPECT_PAGES(each, vma, SHARED_HUGETLB);
		EXPECT_PAGES(0, vma, RSS);
		EXPECT_EQ(size, vma->page_size);
		EXPECT_EQUAL_SMAPS(pids[i]);
		EXPECT_EQUAL_OWNERS();
		census_free(&census);
	}
	child_end(pids[0]);
	munmap((void *)word, PAGE);
}

TEST_F(pool, private_forked)
{
	if (self->before >= 0)
		check_forked(_metadata);
}

static void map_shared_huge(void *arg)
{
	char *at = map(PLACE(0), 2 * size, RW, MAP_SHARED, *(int *)arg, 0);

	at[0] = 1;
	at[size] = 1;
}

static void check_shared(struct __test_metadata *_metadata)
{
	const unsigned long each = size / PAGE;
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int fd, i;

	fd = memfd_create("huge", MFD_HUGETLB | MAP_HUGE_SIZE(size));
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, 2 * size));
	pids[0] = child_start(map_shared_huge, &fd);
	ASSERT_LT(0, pids[0]);

	ASSERT_CENSUS(pids[0], &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(2 * each, vma, PRIVATE_HUGETLB);
	EXPECT_PAGES(0, vma, SHARED_HUGETLB);
	census_free(&census);

	pids[1] = child_start(map_shared_huge, &fd);
	ASSERT_LT(0, pids[1]);
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(2 * each, vma, HUGETLB);
		EXPECT_PAGES(0, vma, PRIVATE_HUGETLB);
		EXPECT_PAGES(2 * each, vma, SHARED_HUGETLB);
		EXPECT_EQUAL_SMAPS(pids[i]);
		EXPECT_EQUAL_OWNERS();
		census_free(&census);
	}
	child_end(pids[0]);
	child_end(pids[1]);
	close(fd);
}

TEST_F(pool, shared)
{
	if (self->before >= 0)
		check_shared(_metadata);
}

/* So many mappings of a file make each punch hold its i_mmap_rwsem for longer than a walk. */
#define PUNCHED		1000

static void punch_for_ever(void *arg)
{
	const int fd = *(int *)arg;
	int i;

	for (i = 0; i < PUNCHED; i++)
		map(PLACE(i), size, PROT_READ, MAP_SHARED, fd, 0);
	child_stop();
	for (;;)
		need(!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, size),
		     "fallocate");
}

/*
 * The walk tries the lock of the file, and comes back to its mapping if somebody has it: nothing of
 * that is in the records.
 */
TEST_F(pool, locked_file)
{
	unsigned int i, empty = 0, more = 0, walked = 0;
	struct census_error error = {};
	struct census census;
	size_t vma, mappings;
	pid_t pid, puncher;
	int fd;

	if (self->before < 0)
		return;
	fd = memfd_create("huge", MFD_HUGETLB | MAP_HUGE_SIZE(size));
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, 2 * size));
	pid = child_start(map_shared_huge, &fd);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	mappings = census.n_vmas;
	census_free(&census);

	puncher = child_start(punch_for_ever, &fd);
	ASSERT_LT(0, puncher);
	kill(puncher, SIGCONT);
	for (i = 0; i < 200; i++) {
		ASSERT_EQ(0, census_take_pid(pid, &census, &error))
			TH_LOG("no census: %s", error.text);
		for (vma = 0; vma < census.n_vmas; vma++)
			empty += census.vmas[vma].start >= census.vmas[vma].end;
		more += census.n_vmas > mappings;
		ASSERT_EQ(1, census.n_tasks);
		walked += census.tasks->state == MEMCENSUS_STATE_WALKED;
		census_free(&census);
	}
	EXPECT_EQ(0, empty);
	EXPECT_EQ(0, more);
	EXPECT_LT(0, walked);
	TH_LOG("%u of 200 walked to the end", walked);
	child_end(puncher);
	child_end(pid);
	close(fd);
}

/* Up to this size there is memory for a pool. */
#define POOL_MAX	(64UL << 20)

TEST(other_sizes)
{
	DIR *pools = opendir("/sys/kernel/mm/hugepages");
	const struct dirent *pool;
	unsigned int found = 0;
	size_t kib;
	long before;

	while (pools && (pool = readdir(pools))) {
		if (sscanf(pool->d_name, "hugepages-%zukB", &kib) != 1 ||
		    kib << 10 == HUGE || kib << 10 > POOL_MAX)
			continue;
		before = enlarge_pool(kib << 10);
		ASSERT_LE(0, before) {
			TH_LOG("pool of %zu KiB", kib);
		}
		check_forked(_metadata);
		check_shared(_metadata);
		reduce_pool(before);
		found++;
	}
	if (pools)
		closedir(pools);
	if (!found)
		SKIP(return, "kernel has no hugetlb pages that several entries map");
}

/* 1 GiB pages are mapped one level above those of 2 MiB. */
TEST(gigantic)
{
	const unsigned long gib = GIB / PAGE;
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	/* Reserved at boot, or allocated now if a contiguous GiB is free. */
	if (read_number(huge_pool(GIB, "free_hugepages")) < 1)
		write_file(huge_pool(GIB, "nr_hugepages"), "1");
	if (read_number(huge_pool(GIB, "free_hugepages")) < 1)
		SKIP(return, "machine has no free page of 1 GiB");
	pid = child_start(map_gigantic, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(gib, vma, VSS);
	EXPECT_PAGES(gib, vma, HUGETLB);
	EXPECT_PAGES(gib, vma, PRIVATE_HUGETLB);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_EQ(1UL << 30, vma->page_size);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

TEST_HARNESS_MAIN
