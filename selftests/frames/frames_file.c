// SPDX-License-Identifier: GPL-2.0
/* Owners: page cache that many processes share, each a different part. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "selftest.h"

#include "owners/counted.h"

#define EXT4_MAGIC	0xef53
#define SCRATCH		"/scratch"
#define MAPPERS		5

/* Process n, from 0, maps the first (n + 1) * step pages. */
static const unsigned long step = 40, pages = MAPPERS * step, written = 10;

static void map_steps(void *arg)
{
	const int *mapper = arg;
	size_t size = (mapper[1] + 1) * step * PAGE;

	/* Fault-around cannot map more than this. */
	read_pages(map(PLACE(0), size, PROT_READ, MAP_SHARED | MAP_POPULATE,
		       mapper[0], 0), size / PAGE);
}

static void map_privately(void *arg)
{
	const int *mapper = arg;
	char *at = map(PLACE(0), pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE, mapper[0], 0);

	read_pages(at, pages);
	write_pages(at, written);
}

TEST(shared_by_five)
{
	static const char text[PAGE_MAX] = "page cache";
	const struct census_vma *vma;
	struct census census;
	pid_t pids[MAPPERS];
	struct statfs fs;
	unsigned int i, j;
	int mapper[2];

	if (statfs(SCRATCH, &fs) || fs.f_type != EXT4_MAGIC)
		SKIP(return, SCRATCH " is no ext4");
	mapper[0] = open(SCRATCH, O_TMPFILE | O_RDWR, 0600);
	ASSERT_LE(0, mapper[0]);
	for (i = 0; i < pages; i++)
		ASSERT_EQ(PAGE, write(mapper[0], text, PAGE));
	ASSERT_EQ(0, fsync(mapper[0]));
	for (i = 0; i < MAPPERS; i++) {
		mapper[1] = i;
		pids[i] = child_start(i == MAPPERS - 1 ? map_privately :
				      map_steps, mapper);
		ASSERT_LT(0, pids[i]);
	}

	ASSERT_FRAMES(pids, MAPPERS, &census);
	for (i = 0; i < MAPPERS; i++) {
		/* Pages of the first step that the last process copied have four owners. */
		uint64_t pss = share(step - written, MAPPERS);
		bool last = i == MAPPERS - 1;

		if (!last)
			pss += share(written, MAPPERS - 1);
		for (j = 1; j <= i; j++)
			pss += share(step, MAPPERS - j);
		ASSERT_FRAMES_VMA(&census, pids[i], PLACE(0), vma);
		EXPECT_PAGES((i + 1) * step, vma, RSS);
		EXPECT_PAGES((i + 1) * step, vma, FRAMES);
		EXPECT_PAGES((i + 1) * step - (last ? written : 0), vma, FILE);
		EXPECT_PAGES(last ? written : 0, vma, ANON);
		EXPECT_PAGES(0, vma, SHMEM);
		EXPECT_PAGES(last ? step + written : 0, vma, USS);
		EXPECT_SHARE(pss, vma, PSS_FILE);
		EXPECT_SHARE(pss + (last ? share(written, 1) : 0), vma, PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	for (i = 0; i < MAPPERS; i++)
		child_end(pids[i]);
}

/* A process maps the same file three times: shared, private, and a part. */
static void map_again(void *arg)
{
	const int fd = *(int *)arg;

	read_pages(map(PLACE(0), pages * PAGE, PROT_READ,
		       MAP_SHARED | MAP_POPULATE, fd, 0), pages);
	read_pages(map(PLACE(1), pages * PAGE, PROT_READ,
		       MAP_PRIVATE | MAP_POPULATE, fd, 0), pages);
	read_pages(map(PLACE(2), step * PAGE, PROT_READ,
		       MAP_SHARED | MAP_POPULATE, fd, step * PAGE), step);
}

TEST(often_in_one_process)
{
	static const char text[PAGE_MAX] = "page cache";
	struct census census;
	unsigned int i;
	pid_t pid;
	int fd;

	fd = open(access(SCRATCH, W_OK) ? "/tmp" : SCRATCH, O_TMPFILE | O_RDWR,
		  0600);
	ASSERT_LE(0, fd);
	for (i = 0; i < pages; i++)
		ASSERT_EQ(PAGE, write(fd, text, PAGE));
	pid = child_start(map_again, &fd);
	ASSERT_LT(0, pid);
	ASSERT_FRAMES(&pid, 1, &census);
	EXPECT_PLACED(2 * pages + step, &census, pid, RSS);
	EXPECT_PLACED(pages, &census, pid, FRAMES);
	EXPECT_PLACED(pages, &census, pid, USS);
	EXPECT_PLACED(pages, &census, pid, PSS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pid);
}

/* The module numbers the pages of a file by index below this one, and by frame from it on. */
static const uint64_t numbered = 1ULL << 46;

/* One mapping ends there, the other one is longer. */
static void map_beyond(void *arg)
{
	const int fd = *(int *)arg;
	const off_t offset = (numbered - pages) * PAGE;

	write_pages(map(PLACE(0), pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset),
		    pages);
	write_pages(map(PLACE(1), (pages + step) * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			offset), pages + step);
}

TEST(beyond_numbers)
{
	struct census census;
	pid_t pids[2];
	int fd = memfd("beyond", 0);

	ASSERT_EQ(0, ftruncate(fd, (numbered + step) * PAGE));
	pids[0] = child_start(map_beyond, &fd);
	ASSERT_LT(0, pids[0]);
	ASSERT_FRAMES(pids, 1, &census);
	EXPECT_PLACED(2 * pages + step, &census, pids[0], RSS);
	EXPECT_PLACED(pages + step, &census, pids[0], FRAMES);
	EXPECT_PLACED(pages + step, &census, pids[0], USS);
	EXPECT_PLACED(pages + step, &census, pids[0], PSS);
	census_free(&census);

	pids[1] = child_start(map_beyond, &fd);
	ASSERT_LT(0, pids[1]);
	ASSERT_FRAMES(pids, 2, &census);
	EXPECT_PLACED(pages + step, &census, pids[1], FRAMES);
	EXPECT_PLACED(0, &census, pids[0], USS);
	EXPECT_PLACED(0, &census, pids[1], USS);
	EXPECT_PLACED((pages + step) / 2, &census, pids[0], PSS);
	EXPECT_PLACED((pages + step) / 2, &census, pids[1], PSS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pids[0]);
	child_end(pids[1]);
	close(fd);
}

TEST_HARNESS_MAIN
