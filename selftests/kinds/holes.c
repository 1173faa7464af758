// SPDX-License-Identifier: GPL-2.0
/* Mappings split by munmap and mprotect, guard pages, and other entries that are no pages. */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "selftest.h"

#include "owners/counted.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#endif

static void cut(void *arg)
{
	char *at = map_private(PLACE(0), 100 * PAGE);

	write_pages(at, 100);
	need(!munmap(at + 40 * PAGE, 20 * PAGE), "munmap");
	need(!mprotect(at + 10 * PAGE, 10 * PAGE, PROT_READ), "mprotect");
	need(!mprotect(at + 80 * PAGE, 10 * PAGE, PROT_NONE), "mprotect");
}

/* PROT_NONE pages stay mapped: only munmap frees pages. */
TEST(munmap_and_mprotect)
{
	static const struct {
		unsigned int from, pages;
		const char *mode;
	} parts[] = {
		{ 0, 10, "rw-p" }, { 10, 10, "r--p" }, { 20, 20, "rw-p" },
		{ 60, 20, "rw-p" }, { 80, 10, "---p" }, { 90, 10, "rw-p" },
	};
	const struct census_vma *vma;
	struct census census;
	unsigned int i;
	pid_t pid;

	pid = child_start(cut, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		ASSERT_VMA(&census, PLACE(0) + parts[i].from * PAGE, vma);
		EXPECT_EQ((uintptr_t)PLACE(0) + parts[i].from * PAGE,
			  vma->start);
		EXPECT_PAGES(parts[i].pages, vma, VSS);
		EXPECT_PAGES(parts[i].pages, vma, RSS);
		EXPECT_PAGES(parts[i].pages, vma, USS);
		EXPECT_STREQ(parts[i].mode, vma->mode);
	}
	EXPECT_EQ(NULL, census_vma_at(&census, PLACE(0) + 40 * PAGE));
	EXPECT_EQ(NULL, census_vma_at(&census, PLACE(0) + 59 * PAGE));
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* Inaccessible pages on both sides of accessible ones. */
static void guard(void *arg)
{
	char *at = map(PLACE(0), 48 * PAGE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(!mprotect(at + 16 * PAGE, 16 * PAGE, PROT_READ | PROT_WRITE),
	     "mprotect");
	write_pages(at + 16 * PAGE, 16);
}

TEST(guard_mappings)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;
	int i;

	pid = child_start(guard, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	for (i = 0; i < 3; i++) {
		ASSERT_VMA(&census, PLACE(0) + i * 16 * PAGE, vma);
		EXPECT_PAGES(16, vma, VSS);
		EXPECT_PAGES(i == 1 ? 16 : 0, vma, RSS);
	}
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* Guard markers in a mapping are special entries, not pages. */
static void guard_within(void *arg)
{
	char *at = map_private(PLACE(0), 32 * PAGE);

	write_pages(at, 32);
	madvise(at + 8 * PAGE, 8 * PAGE, MADV_GUARD_INSTALL);
}

TEST(guards_within_a_mapping)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;
	char *at;

	at = map_private(PLACE(1), PAGE);
	if (madvise(at, PAGE, MADV_GUARD_INSTALL))
		SKIP(return, "kernel has no MADV_GUARD_INSTALL");
	pid = child_start(guard_within, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(32, vma, VSS);
	EXPECT_PAGES(24, vma, RSS);
	EXPECT_PAGES(0, vma, SWAP);
	/* The count over pagemap takes markers for something temporary. */
	EXPECT_EQUAL_SMAPS(pid);
	census_free(&census);
	child_end(pid);
}

#ifndef UFFD_FEATURE_WP_HUGETLBFS_SHMEM
#define UFFD_FEATURE_WP_HUGETLBFS_SHMEM	0x1000
#endif

/* A userfaultfd that can write-protect pages of files, or -1. */
static int protector(void)
{
	struct uffdio_api api = {
		.api = UFFD_API, .features = UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Of 48 pages, 20 are in the file; 5 of them are no longer mapped. All are write-protected. */
static void write_protected(void *arg)
{
	char *at = map(PLACE(0), 48 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, *(int *)arg, 0);
	struct uffdio_register all = {
		.range = { (uintptr_t)at, 48 * PAGE }, .mode = UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect protect = {
		.range = all.range, .mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	int fd = protector();

	write_pages(at, 20);
	need(!ioctl(fd, UFFDIO_REGISTER, &all), "UFFDIO_REGISTER");
	need(!ioctl(fd, UFFDIO_WRITEPROTECT, &protect), "UFFDIO_WRITEPROTECT");
	need(!madvise(at + 15 * PAGE, 5 * PAGE, MADV_DONTNEED), "MADV_DONTNEED");
}

/* Where a write-protected page of a file is not mapped, there is a marker instead. */
TEST(write_protected_file)
{
	int memory = memfd("protected", 48), fd = protector();
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	if (fd < 0)
		SKIP(return, "kernel has no write protection of files by userfaultfd");
	close(fd);
	pid = child_start(write_protected, &memory);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(48, vma, VSS);
	EXPECT_PAGES(15, vma, RSS);
	EXPECT_PAGES(15, vma, USS);
	EXPECT_PAGES(0, vma, SWAP);
	EXPECT_EQUAL_SMAPS(pid);
	/* The count over pagemap takes markers of userfaultfd for something temporary. */
	census_free(&census);
	child_end(pid);
}

/* Many small mappings: each has a record. */
static const unsigned int many = 2000;

static void stripes(void *arg)
{
	char *at = map_private(PLACE(0), many * PAGE);
	unsigned int i;

	write_pages(at, many);
	for (i = 0; i < many; i += 2)
		need(!mprotect(at + i * PAGE, PAGE, PROT_READ), "mprotect");
}

TEST(many_mappings)
{
	unsigned int i, found = 0;
	struct census census;
	pid_t pid;

	pid = child_start(stripes, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	for (i = 0; i < census.n_vmas; i++) {
		const struct census_vma *vma = &census.vmas[i];

		ASSERT_TRUE(!i || vma->start >= vma[-1].end);
		if (vma->start < (uintptr_t)PLACE(0) ||
		    vma->start >= (uintptr_t)PLACE(1))
			continue;
		ASSERT_EQ((uintptr_t)PLACE(0) + found * PAGE, vma->start);
		EXPECT_PAGES(1, vma, RSS);
		EXPECT_STREQ(found & 1 ? "rw-p" : "r--p", vma->mode);
		found++;
	}
	EXPECT_EQ(many, found);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* Page tables of all levels but the top one end here. */
#define TABLES_END	((char *)(1UL << 40))
#define FAR_END		(TABLES_END + (65UL << 30))

static void cross(void *arg)
{
	map(TABLES_END - 2 * PAGE, FAR_END - TABLES_END + 2 * PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	write_pages(TABLES_END - 2 * PAGE, 2);
	write_pages(TABLES_END, 3);
	write_pages(FAR_END - 4 * PAGE, 4);
}

/* One mapping over the end of a table of each level, whether that level is folded or not. */
TEST(across_upper_tables)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(cross, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, TABLES_END, vma);
	EXPECT_PAGES(9, vma, RSS);
	EXPECT_PAGES(9, vma, USS);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

TEST_HARNESS_MAIN
