// SPDX-License-Identifier: GPL-2.0
/* Mapped files: clean and dirty page cache, on ext4, ramfs and tmpfs. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "selftest.h"

#include "owners/counted.h"

#define EXT4_MAGIC	0xef53
#define SCRATCH		"/scratch"
#define HERE		"/tmp/memcensus-file"
#define RW		(PROT_READ | PROT_WRITE)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

/* Whole clusters of 16 pages: a read fault maps the pages around it. */
static const unsigned long pages = 128, written = 32;

static bool is_ext4(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == EXT4_MAGIC;
}

FIXTURE(file)
{
	int fd;
	pid_t pid;
};

/**
 * struct _fixture_variant_file - a file system
 * @type: file system to mount; NULL: /scratch, if that is an ext4
 * @shmem: its pages are shmem, not file page cache
 * @disk: writeback to a disk makes dirty pages clean
 */
FIXTURE_VARIANT(file)
{
	const char *type;
	bool shmem, disk;
};

FIXTURE_VARIANT_ADD(file, ext4) { .disk = true };
FIXTURE_VARIANT_ADD(file, ramfs) { .type = "ramfs" };
FIXTURE_VARIANT_ADD(file, tmpfs) { .type = "tmpfs", .shmem = true };

FIXTURE_SETUP(file)
{
	self->pid = -1;
	self->fd = -1;
	if (variant->type) {
		ASSERT_EQ(0, unshare(CLONE_NEWNS));
		ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		mkdir(HERE, 0700);
		ASSERT_EQ(0, mount("none", HERE, variant->type, 0, NULL));
		self->fd = open(HERE "/file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	} else {
		if (!is_ext4(SCRATCH))
			SKIP(return, "no ext4 at " SCRATCH);
		self->fd = open(SCRATCH "/file", O_RDWR | O_CREAT | O_TRUNC,
				0600);
	}
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, ftruncate(self->fd, pages * PAGE));
}

FIXTURE_TEARDOWN(file)
{
	child_end(self->pid);
	if (variant->type)
		umount2(HERE, MNT_DETACH);
}

/* A test runs even after SKIP() in its set-up. */
#define NEED_FILE() do {						\
	if (self->fd < 0)						\
		return;							\
} while (0)

static void read_then_write(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0);

	read_pages(at, pages);
	child_stop();
	write_pages(at, written);
	child_stop();
	need(!msync(at, pages * PAGE, MS_SYNC), "msync");
}

TEST_F(file, clean_and_dirty)
{
	const struct census_vma *vma;
	struct census census;

	NEED_FILE();
	self->pid = child_start(read_then_write, &self->fd);
	ASSERT_LT(0, self->pid);

	/* After reads only: all pages are holes, and clean. */
	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, VSS);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(variant->shmem ? 0 : pages, vma, FILE);
	EXPECT_PAGES(variant->shmem ? pages : 0, vma, SHMEM);
	EXPECT_PAGES(variant->shmem ? 0 : pages, vma, PSS_FILE);
	EXPECT_PAGES(variant->shmem ? pages : 0, vma, PSS_SHMEM);
	EXPECT_PAGES(0, vma, ANON);
	EXPECT_PAGES(pages, vma, USS);
	if (!variant->shmem) {
		EXPECT_PAGES(0, vma, DIRTY);
	}
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);

	ASSERT_TRUE(child_next(self->pid));
	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(pages, vma, USS);
	if (!variant->shmem) {
		EXPECT_PAGES(written, vma, DIRTY);
	}
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);

	if (!variant->disk)
		return;
	ASSERT_TRUE(child_next(self->pid));
	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(pages, vma, USS);
	EXPECT_PAGES(0, vma, DIRTY);
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
}

static void map_file(void *arg)
{
	map(PLACE(0), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0);
}

/* Whether MEMORY_VMAS has the mapping of map_file(); -1: no census. */
static int is_of_memory(pid_t pid)
{
	const uint32_t id = pid;
	const struct census_request request = {
		.pids = &id, .n_pids = 1,
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_MEMORY_VMAS,
	};
	struct census census;
	bool found;

	if (census_take(&request, &census, NULL))
		return -1;
	found = census_vma_at(&census, PLACE(0));
	census_free(&census);
	return found;
}

/* A file of a disk is none of memory until it has no name. */
TEST_F(file, of_memory)
{
	NEED_FILE();
	self->pid = child_start(map_file, &self->fd);
	ASSERT_LT(0, self->pid);
	EXPECT_EQ(variant->shmem, is_of_memory(self->pid));
	ASSERT_EQ(0, unlink(variant->type ? HERE "/file" : SCRATCH "/file"));
	EXPECT_EQ(1, is_of_memory(self->pid));
}

static void write_private(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, RW, MAP_PRIVATE, *(int *)arg, 0);

	read_pages(at, pages);
	write_pages(at, written);
}

/* A write to a private mapping makes an anonymous copy. */
TEST_F(file, private_copies)
{
	const unsigned long rest = pages - written;
	const struct census_vma *vma;
	struct census census;

	NEED_FILE();
	self->pid = child_start(write_private, &self->fd);
	ASSERT_LT(0, self->pid);
	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(written, vma, ANON);
	EXPECT_PAGES(variant->shmem ? 0 : rest, vma, FILE);
	EXPECT_PAGES(variant->shmem ? rest : 0, vma, SHMEM);
	EXPECT_PAGES(pages, vma, USS);
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
}

static void read_file(void *arg)
{
	read_pages(map(PLACE(0), pages * PAGE, PROT_READ, MAP_PRIVATE,
		       *(int *)arg, 0), pages);
}

TEST_F(file, read_by_two)
{
	const struct census_vma *vma;
	struct census census;
	pid_t other;

	NEED_FILE();
	other = child_start(read_file, &self->fd);
	ASSERT_LT(0, other);
	self->pid = child_start(read_file, &self->fd);
	ASSERT_LT(0, self->pid);
	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(pages, vma, SHARED);
	EXPECT_PAGES(pages / 2, vma, PSS);
	EXPECT_PAGES(0, vma, USS);
	EXPECT_PAGES(0, vma, ANON);
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(other);
}

static void collapse(void *arg)
{
	char *at = map(PLACE(0), HUGE, PROT_READ | PROT_EXEC, MAP_PRIVATE,
		       *(int *)arg, 0);

	int tries = 100;

	/* A page that is moving to an LRU list cannot be collapsed. */
	do {
		read_pages(at, HUGE / PAGE);
		errno = 0;
		madvise(at, HUGE, MADV_COLLAPSE);
	} while (errno == EAGAIN && tries--);
}

/* A file without writers can have huge pages, if the kernel allows. */
TEST(huge)
{
	const struct smaps_vma *theirs;
	const struct census_vma *vma;
	struct census census;
	struct smaps smaps;
	unsigned int i;
	bool is_huge;
	pid_t pid;
	int fd;

	if (!is_ext4(SCRATCH))
		SKIP(return, "no ext4 at " SCRATCH);
	fd = open(SCRATCH "/huge", O_RDWR | O_CREAT | O_TRUNC, 0600);
	ASSERT_LE(0, fd);
	for (i = 0; i < HUGE / PAGE; i++)
		ASSERT_EQ(5, pwrite(fd, "page", 5, i * PAGE));
	ASSERT_EQ(0, ftruncate(fd, HUGE));
	ASSERT_EQ(0, fsync(fd));
	close(fd);
	fd = open(SCRATCH "/huge", O_RDONLY);
	ASSERT_LE(0, fd);
	pid = child_start(collapse, &fd);
	ASSERT_LT(0, pid);

	ASSERT_EQ(0, smaps_read(pid, &smaps));
	theirs = smaps_vma_at(&smaps, PLACE(0));
	is_huge = theirs && theirs->f.value[MEMCENSUS_F_FILE_THP];
	smaps_free(&smaps);
	if (!is_huge)
		SKIP(return, "kernel has no huge pages of ext4 files");

	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(HUGE / PAGE, vma, RSS);
	EXPECT_PAGES(HUGE / PAGE, vma, FILE);
	EXPECT_PAGES(HUGE / PAGE, vma, FILE_THP);
	EXPECT_PAGES(HUGE / PAGE, vma, THP);
	EXPECT_PAGES(HUGE / PAGE, vma, USS);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* Pages of several tables, between which a walk pauses */
static const unsigned long in_tables = 2048;

static void replace(void *arg)
{
	const int how = MAP_FIXED | MAP_POPULATE;
	const size_t size = in_tables * PAGE;

	map(PLACE(0), size, RW, MAP_SHARED, *(int *)arg, 0);
	write_pages(PLACE(0), in_tables);
	child_stop();
	for (;;) {
		need(mmap(PLACE(0), size, RW, how | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		     PLACE(0), "anonymous");
		need(mmap(PLACE(0), size, RW, how | MAP_SHARED, *(int *)arg, 0) == PLACE(0),
		     "file");
	}
}

/* Where another mapping took the place of one during a walk, each has a record, and its pages. */
TEST(replaced)
{
	int fd = memfd("replaced", in_tables), i, both = 0, wrong = 0;
	const struct census_vma *vma;
	struct census census;
	unsigned int found;
	pid_t pid;
	size_t n;

	pid = child_start(replace, &fd);
	ASSERT_LT(0, pid);
	kill(pid, SIGCONT);
	/* More where the process seldom runs while it is walked. */
	for (i = 0; i < 100 || (!both && i < 2000); i++) {
		ASSERT_EQ(0, census_take_pid(pid, &census, NULL));
		for (n = 0, found = 0; n < census.n_vmas; n++) {
			vma = &census.vmas[n];
			if (vma->start < (uintptr_t)PLACE(0) || vma->start >= (uintptr_t)PLACE(1))
				continue;
			found++;
			wrong += figure(&vma->f, vma->inode ? MEMCENSUS_F_ANON :
					MEMCENSUS_F_SHMEM) != 0;
		}
		both += found > 1;
		census_free(&census);
	}
	child_end(pid);
	EXPECT_EQ(0, wrong);
	EXPECT_LT(0, both);
	diag("%d of %d censuses met both", both, i);
}

TEST_HARNESS_MAIN
