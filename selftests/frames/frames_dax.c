// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is not in MemTotal: a file with DAX, and device-dax.  It is never page cache.  Since
 * 6.17 the kernel counts it in the RSS, and the census as of a device, with owners; before that its
 * entries are special.  The kernel's counter of the process tells which of the two it does.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "selftest.h"

#include "memory/pmem.h"
#include "owners/counted.h"

#define HERE	"/tmp/memcensus-frames-dax"
#define RW	(PROT_READ | PROT_WRITE)

/*
 * Pages that each process maps: a huge page of the device, and more than it has of programs and
 * libraries.  Of a private mapping, those that it writes.
 */
static const unsigned long pages = PMEM_ALIGN / 4096, copied = 8;

/* What a child maps, and how. */
struct cast {
	const char *path;
	unsigned long pages;
	int flags;
};

static void map_it(void *arg)
{
	const struct cast *cast = arg;
	int fd = open(cast->path, O_RDWR);
	char *at;

	need(fd >= 0, cast->path);
	at = map(PLACE(0), cast->pages * PAGE, RW, cast->flags, fd, 0);
	read_pages(at, cast->pages);
	if (cast->flags & MAP_PRIVATE)
		write_pages(at, copied);
	close(fd);
}

/*
 * Checks whether the kernel counts it.  Not by smaps: on 6.1 that counts what a PMD maps, and the
 * kernel's counter does not.
 */
static bool is_counted(pid_t pid)
{
	char path[32], line[128];
	unsigned long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	need(file, path);
	while (fgets(line, sizeof(line), file) && sscanf(line, "RssFile: %lu", &kib) != 1)
		;
	fclose(file);
	return kib * 1024 >= (pages - copied) * PAGE;
}

FIXTURE(dax)
{
	pid_t pids[2];
};

FIXTURE_SETUP(dax)
{
	self->pids[0] = 0;
	self->pids[1] = 0;
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

FIXTURE_TEARDOWN(dax)
{
	int i;

	for (i = 0; i < 2; i++)
		if (self->pids[i])
			child_end(self->pids[i]);
}

/* A file of @pages pages on a disk with DAX; NULL, or why there is none. */
static const char *make_file(const char *path)
{
	const char *why = pmem_mount(HERE);
	int fd;

	if (why)
		return why;
	fd = open(path, O_RDWR | O_CREAT, 0600);
	need(fd >= 0 && !ftruncate(fd, pages * PAGE), path);
	/* Else reads map the zero page. */
	write_pages(map(PLACE(0), pages * PAGE, RW, MAP_SHARED, fd, 0), pages);
	munmap(PLACE(0), pages * PAGE);
	close(fd);
	return NULL;
}

/* @nr pages that two processes have, of a mapping that has no page cache. */
#define EXPECT_OF_DEVICE(nr, vma, pid, census) do {				\
	const unsigned long __nr = is_counted(pid) ? (nr) : 0;			\
	diag("the kernel %s it in the RSS", __nr ? "counts" : "does not count"); \
	EXPECT_PAGES(0, vma, FILE);						\
	EXPECT_PAGES(0, vma, SHMEM);						\
	EXPECT_PAGES(0, vma, PSS_FILE);						\
	EXPECT_PAGES(0, vma, FILE_THP);						\
	EXPECT_PAGES(__nr, vma, DEVICE);					\
	EXPECT_EQ(__nr * PAGE / 2, (vma)->f.value[MEMCENSUS_F_PSS_DEVICE]);	\
	EXPECT_PAGES(0, vma, USS_DEVICE);					\
	EXPECT_PAGES((nr) - __nr, vma, SPECIAL);				\
	EXPECT_EQ(__nr * PAGE, (census)->scan[MEMCENSUS_SCAN_ZONE_DEVICE]);	\
} while (0)

static void expect_shared(struct __test_metadata *_metadata, pid_t *pids,
			  struct cast *cast, bool huge)
{
	const struct census_vma *vma;
	struct census census;
	int i;

	for (i = 0; i < 2; i++) {
		pids[i] = child_start(map_it, cast);
		ASSERT_LT(0, pids[i]);
	}
	ASSERT_FRAMES(pids, 2, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_FRAMES_VMA(&census, pids[i], PLACE(0), vma);
		EXPECT_PAGES(0, vma, ANON);
		EXPECT_OF_DEVICE(cast->pages, vma, pids[i], &census);
	}
	census_free(&census);
	if (!huge || is_counted(pids[0]))
		EXPECT_EQUAL_SMAPS(pids[0]);
}

TEST_F(dax, file)
{
	struct cast cast = { HERE "/file", pages, MAP_SHARED };
	const char *why = make_file(cast.path);

	if (why)
		SKIP(return, "%s", why);
	expect_shared(_metadata, self->pids, &cast, false);
}

/* Of a private mapping only the copies are anonymous. */
TEST_F(dax, copies)
{
	struct cast cast = { HERE "/file", pages, MAP_PRIVATE };
	const char *why = make_file(cast.path);
	const struct census_vma *vma;
	unsigned long nr;
	struct census census;

	if (why)
		SKIP(return, "%s", why);
	self->pids[0] = child_start(map_it, &cast);
	ASSERT_LT(0, self->pids[0]);
	nr = is_counted(self->pids[0]) ? pages - copied : 0;
	ASSERT_FRAMES(self->pids, 1, &census);
	ASSERT_FRAMES_VMA(&census, self->pids[0], PLACE(0), vma);
	EXPECT_PAGES(copied, vma, ANON);
	EXPECT_PAGES(copied, vma, USS_ANON);
	EXPECT_PAGES(0, vma, FILE);
	EXPECT_PAGES(nr, vma, DEVICE);
	EXPECT_PAGES(nr, vma, USS_ZONE_DEVICE);
	EXPECT_PAGES(pages - copied - nr, vma, SPECIAL);
	census_free(&census);
	EXPECT_EQUAL_SMAPS(self->pids[0]);
}

/* In huge pages, which are not in FilePmdMapped. */
TEST_F(dax, device)
{
	struct cast cast = { .pages = pages, .flags = MAP_SHARED };
	const char *why = pmem_device(&cast.path);

	if (why)
		SKIP(return, "%s", why);
	expect_shared(_metadata, self->pids, &cast, true);
}

TEST_HARNESS_MAIN
