// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: of each class, how much has one owner, two, three to nine, and ten or more: known
 * anonymous memory and shmem of so many processes.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "selftest.h"

#include "owners/counted.h"

#define ANON_PAGES	4096UL
#define SHMEM_PAGES	2500UL

/* What the processes have of their own, and what others of the machine map or unmap. */
#define NOISE		1000UL

#define OWNERS_MAX	10

struct family {
	unsigned int children;
	int fd;
};

static char *map_file(const struct family *family)
{
	return map(PLACE(1), SHMEM_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, family->fd,
		   0);
}

static void child(void *arg)
{
	const struct family *family = arg;

	/* fork() does not copy the entries of shared memory. */
	read_pages(map_file(family), SHMEM_PAGES);
	child_stop();
}

static void parent(void *arg)
{
	struct family *family = arg;
	pid_t pids[OWNERS_MAX];
	unsigned int i;

	write_pages(map_private(PLACE(0), ANON_PAGES * PAGE), ANON_PAGES);
	for (i = 0; i < family->children; i++) {
		pids[i] = child_start(child, family);
		need(pids[i] > 0, "child");
	}
	write_pages(map_file(family), SHMEM_PAGES);
	child_stop();
	/* What they own is not to be in the next census. */
	for (i = 0; i < family->children; i++)
		child_end(pids[i]);
	child_stop();
}

/* The first attribute of a class, and the classes of numbers of owners. */
static uint64_t by(const struct census *census, unsigned int first, unsigned int number)
{
	return census->scan[first + number] / PAGE;
}

/* Expects that of a class @pages more have this number of owners, and none more another one. */
#define EXPECT_MORE(first, number, pages) do {					\
	unsigned int __n;							\
	for (__n = 0; __n < 4; __n++) {						\
		int64_t __more = (int64_t)(by(&after, first, __n) -		\
					   by(&before, first, __n));		\
		int64_t __pages = __n == (number) ? (int64_t)(pages) : 0;	\
		EXPECT_LE(__pages - (int64_t)NOISE, __more)			\
			TH_LOG("%u owners, class of numbers %u", owners, __n);	\
		EXPECT_GE(__pages + (int64_t)NOISE, __more)			\
			TH_LOG("%u owners, class of numbers %u", owners, __n);	\
	}									\
} while (0)

static void expect(struct __test_metadata *_metadata, unsigned int owners, unsigned int number)
{
	struct family family = { owners - 1, memfd("classes", SHMEM_PAGES) };
	struct census before, after;
	uint64_t sum = 0;
	unsigned int i;
	pid_t pid;

	ASSERT_FRAMES_OF_ALL(&before);
	pid = child_start(parent, &family);
	ASSERT_LT(0, pid);
	ASSERT_FRAMES_OF_ALL(&after);
	EXPECT_MORE(MEMCENSUS_SCAN_ANON_BY_1, number, ANON_PAGES);
	EXPECT_MORE(MEMCENSUS_SCAN_SHMEM_BY_1, number, SHMEM_PAGES);
	EXPECT_MORE(MEMCENSUS_SCAN_FILE_BY_1, number, 0);
	for (i = MEMCENSUS_SCAN_ANON_BY_1; i <= MEMCENSUS_SCAN_DEVICE_BY_10; i++)
		sum += after.scan[i];
	EXPECT_EQ(after.scan[MEMCENSUS_SCAN_FRAMES], sum);
	ASSERT_TRUE(child_next(pid));
	child_end(pid);
	close(family.fd);
	census_free(&before);
	census_free(&after);
}

TEST(numbers)
{
	expect(_metadata, 1, 0);
	expect(_metadata, 2, 1);
	expect(_metadata, 3, 2);
	expect(_metadata, 9, 2);
	expect(_metadata, 10, 3);
}

TEST_HARNESS_MAIN
