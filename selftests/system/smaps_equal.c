// SPDX-License-Identifier: GPL-2.0
/*
 * Processes with all kinds of memory, and all other processes: compares each
 * field of each with smaps_rollup and smaps.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>

#include "selftest.h"

#define RW	(PROT_READ | PROT_WRITE)
#define KINDS	6
#define EACH	3

static int shared_fd;

static void *idle(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

/* As malloc does: a heap by brk, larger blocks by mmap. */
static void heaps(void)
{
	int i;

	for (i = 0; i < 200; i++)
		memset(malloc(1000 * (i + 1)), i, 500 * (i + 1));
}

static void mixed(void *arg)
{
	unsigned long n = (unsigned long)arg;
	char *at = map_private(PLACE(0), (200 + n) * PAGE);
	pthread_t id;
	int fd;

	write_pages(at, 100 + n);
	read_pages(at + 150 * PAGE, 20);
	write_pages(map(PLACE(1), 64 * PAGE, RW, MAP_SHARED, shared_fd, 0),
		    16 * (n % 4));
	switch (n % KINDS) {
	case 0:
		heaps();
		break;
	case 1:
		pthread_create(&id, NULL, idle, NULL);
		pthread_create(&id, NULL, idle, NULL);
		heaps();
		break;
	case 2:
		at = map_private(PLACE(2), 3 * HUGE);
		madvise(at, 3 * HUGE, MADV_HUGEPAGE);
		at[0] = 1;
		at[HUGE] = 1;
		mprotect(at + HUGE + 5 * PAGE, PAGE, PROT_READ);
		break;
	case 3:
		fd = open("/proc/self/exe", O_RDONLY);
		at = map(PLACE(2), 8 * PAGE, RW, MAP_PRIVATE, fd, 0);
		read_pages(at, 8);
		write_pages(at, 3);
		madvise(PLACE(0), 20 * PAGE, MADV_FREE);
		break;
	case 4:
		mlock(at, 30 * PAGE);
		madvise(at + 30 * PAGE, 10 * PAGE, MADV_DONTFORK);
		madvise(at + 40 * PAGE, 10 * PAGE, MADV_DONTDUMP);
		madvise(at + 50 * PAGE, 10 * PAGE, MADV_SEQUENTIAL);
		madvise(at + 60 * PAGE, 10 * PAGE, MADV_MERGEABLE);
		munmap(at + 70 * PAGE, 10 * PAGE);
		break;
	case 5:
		write_pages(map(PLACE(3), 64 * PAGE, RW, MAP_PRIVATE, shared_fd,
				0), 5);
		map(PLACE(4), 16 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		    MAP_GROWSDOWN | MAP_NORESERVE, -1, 0);
		map(PLACE(5), 16 * PAGE, PROT_READ | PROT_EXEC,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		break;
	}
}

/* With fewer fields per process the comparison was incomplete. */
static const unsigned int least_fields = 200;

TEST(stopped_processes)
{
	pid_t pids[KINDS * EACH];
	struct equal equal = {};
	unsigned long i;

	shared_fd = memfd("common", 64);
	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = child_start(mixed, (void *)i);
		ASSERT_LT(0, pids[i]);
	}
	for (i = 0; i < ARRAY_SIZE(pids); i++)
		EXPECT_EQ(0, equal_smaps(pids[i], &equal));
	equal_report(&equal);
	EXPECT_EQ(ARRAY_SIZE(pids), equal.processes);
	EXPECT_EQ(0, equal.mismatches);
	EXPECT_LE(least_fields * ARRAY_SIZE(pids), equal.fields);
	for (i = 0; i < ARRAY_SIZE(pids); i++)
		child_end(pids[i]);
}

/*
 * All processes of this machine, stopped or not: a process is stable if its smaps
 * is the same before and after the census.
 */
TEST(everything_there_is)
{
	struct equal equal = {};
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	ASSERT_NE(NULL, dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' &&
		    atoi(entry->d_name) != getpid())
			equal_smaps(atoi(entry->d_name), &equal);
	closedir(dir);
	equal_report(&equal);
	EXPECT_LE(3, equal.processes);
	EXPECT_EQ(0, equal.mismatches);
	EXPECT_LE(least_fields * equal.processes, equal.fields);
}

TEST_HARNESS_MAIN
