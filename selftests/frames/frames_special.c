// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: special mappings. These are the zero pages and PFN maps: [vvar] of
 * every process, and /dev/mem.
 *
 * Migration entries are not tested here: they exist only while a page is copied,
 * and a process cannot keep one. Test frames_storm scans while pages migrate.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"

#include "owners/counted.h"

static const unsigned long pages = 200, written = 40;

static void map_zeroes(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	read_pages(at, pages);
	write_pages(at, written);
	read_pages(map_private(PLACE(1), pages * PAGE), pages);
}

/* Two processes map it, each twice: it is not even shared. */
TEST(zero_page)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	for (i = 0; i < 2; i++) {
		pids[i] = child_start(map_zeroes, NULL);
		ASSERT_LT(0, pids[i]);
	}
	ASSERT_FRAMES(pids, 2, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_FRAMES_VMA(&census, pids[i], PLACE(0), vma);
		EXPECT_PAGES(written, vma, RSS);
		EXPECT_PAGES(written, vma, FRAMES);
		EXPECT_PAGES(written, vma, USS);
		EXPECT_PAGES(written, vma, PSS);
		EXPECT_PAGES(0, vma, SHARED);
		EXPECT_PAGES(pages - written, vma, SPECIAL);
		ASSERT_FRAMES_VMA(&census, pids[i], PLACE(1), vma);
		EXPECT_PAGES(0, vma, RSS);
		EXPECT_PAGES(0, vma, FRAMES);
		EXPECT_PAGES(pages, vma, SPECIAL);
	}
	census_free(&census);
	/* There the zero page is beyond the end of kpageflags. */
	if (!user_mode_linux())
		EXPECT_EQUAL_OWNERS();
	child_end(pids[0]);
	child_end(pids[1]);
}

/* Reads one huge page, writes the other. */
static void map_huge_zeroes(void *arg)
{
	char *at = map_private(PLACE(0), 2 * HUGE);

	need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	read_pages(at, 1);
	at[HUGE] = 1;
}

TEST(huge_zero_page)
{
	const unsigned long nr = HUGE / PAGE;
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	if (read_number("/sys/kernel/mm/transparent_hugepage/use_zero_page") != 1)
		SKIP(return, "kernel has no huge zero page");
	for (i = 0; i < 2; i++) {
		pids[i] = child_start(map_huge_zeroes, NULL);
		ASSERT_LT(0, pids[i]);
	}
	ASSERT_FRAMES(pids, 2, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_FRAMES_VMA(&census, pids[i], PLACE(0), vma);
		EXPECT_PAGES(nr, vma, RSS);
		EXPECT_PAGES(nr, vma, FRAMES);
		EXPECT_PAGES(nr, vma, USS);
		EXPECT_PAGES(nr, vma, THP);
		EXPECT_PAGES(nr, vma, SPECIAL);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pids[0]);
	child_end(pids[1]);
}

static void map_device(void *arg)
{
	/* mmap() creates all entries; no read is needed. */
	map(PLACE(0), 4 * PAGE, PROT_READ, MAP_SHARED, *(int *)arg, 0xf0000);
}

TEST(dev_mem)
{
	int fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	const struct census_vma *vma;
	struct census census;
	void *probe;
	pid_t pid;

	if (fd < 0)
		SKIP(return, "no /dev/mem");
	probe = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0xf0000);
	if (probe == MAP_FAILED)
		SKIP(return, "kernel refuses a map of the firmware's memory");
	munmap(probe, 4 * PAGE);
	pid = child_start(map_device, &fd);
	ASSERT_LT(0, pid);
	ASSERT_FRAMES(&pid, 1, &census);
	ASSERT_FRAMES_VMA(&census, pid, PLACE(0), vma);
	EXPECT_PAGES(4, vma, SPECIAL);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_PAGES(0, vma, FRAMES);
	EXPECT_PAGES(0, vma, PSS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pid);
}

/* Memory of drivers: in the RSS, but in no page cache. */
static const unsigned long of_driver = 32;

static void map_driver(void *arg)
{
	char *at = map(PLACE(0), of_driver * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
		       *(int *)arg, 0);

	read_pages(at, of_driver);
}

static void expect_driver(struct __test_metadata *_metadata, int fd, unsigned long frames)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	for (i = 0; i < 2; i++) {
		pids[i] = child_start(map_driver, &fd);
		ASSERT_LT(0, pids[i]);
	}
	ASSERT_FRAMES(pids, 2, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_FRAMES_VMA(&census, pids[i], PLACE(0), vma);
		EXPECT_PAGES(0, vma, FILE);
		EXPECT_PAGES(0, vma, PSS_FILE);
		EXPECT_PAGES(frames, vma, RSS);
		EXPECT_PAGES(frames, vma, DEVICE);
		EXPECT_EQ(frames * PAGE / 2, vma->f.value[MEMCENSUS_F_PSS_DEVICE]);
		EXPECT_PAGES(0, vma, USS_DEVICE);
		EXPECT_PAGES(of_driver - frames, vma, SPECIAL);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pids[0]);
	child_end(pids[1]);
}

/* vm_insert_page(), as packet rings and video buffers too. */
TEST(bpf_array)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = PAGE,
		.max_entries = of_driver, .map_flags = BPF_F_MMAPABLE,
	};
	int fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));

	if (fd < 0)
		SKIP(return, "kernel makes no BPF array: %s", strerror(errno));
	expect_driver(_metadata, fd, of_driver);
	close(fd);
}

/*
 * A page cache without neighbours to map: secret memory.  Its VMA might be a driver's, so struct
 * page tells.
 */
TEST(no_driver)
{
	int fd = syscall(SYS_memfd_secret, 0);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	if (fd < 0)
		SKIP(return, "kernel has no secret memory: %s", strerror(errno));
	ASSERT_EQ(0, ftruncate(fd, of_driver * PAGE));
	pid = child_start(map_driver, &fd);
	ASSERT_LT(0, pid);
	ASSERT_FRAMES(&pid, 1, &census);
	ASSERT_FRAMES_VMA(&census, pid, PLACE(0), vma);
	EXPECT_PAGES(of_driver, vma, FILE);
	EXPECT_PAGES(0, vma, DEVICE);
	census_free(&census);
	child_end(pid);
	close(fd);
}

static void map_perf(void *arg)
{
	read_pages(map(PLACE(0), 9 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, *(int *)arg, 0), 9);
}

/* A driver that sets the mapping of its pages; newer kernels make a PFN map. */
TEST(perf_buffer)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY, .disabled = 1, .exclude_kernel = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	if (fd < 0)
		SKIP(return, "no perf events: %s", strerror(errno));
	pid = child_start(map_perf, &fd);
	ASSERT_LT(0, pid);
	ASSERT_FRAMES(&pid, 1, &census);
	ASSERT_FRAMES_VMA(&census, pid, PLACE(0), vma);
	EXPECT_PAGES(0, vma, FILE);
	EXPECT_EQ(9 * PAGE, vma->f.value[MEMCENSUS_F_DEVICE] + vma->f.value[MEMCENSUS_F_SPECIAL]);
	census_free(&census);
	child_end(pid);
	close(fd);
}

/*
 * The clock page, which the vDSO reads. It is in a PFN map, so special; newer
 * kernels map it as a file page: then smaps counts it, and so does the census.
 */
static void read_clock(void *arg)
{
	now_ms();
}

TEST(vvar)
{
	const struct census_vma *vma, *vvar = NULL;
	const struct smaps_vma *theirs;
	struct smaps smaps = {};
	struct census census;
	uint64_t special, rss;
	pid_t pid;

	pid = child_start(read_clock, NULL);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, smaps_read(pid, &smaps));
	ASSERT_FRAMES(&pid, 1, &census);
	for (vma = census.vmas; vma < census.vmas + census.n_vmas; vma++)
		if (vma->name && !strcmp(vma->name, "[vvar]"))
			vvar = vma;
	if (!vvar)
		SKIP(goto out, "no [vvar] on this machine");
	theirs = smaps_vma_at(&smaps, (void *)vvar->start);
	ASSERT_NE(NULL, theirs);
	rss = theirs->f.value[MEMCENSUS_F_RSS];
	diag("[vvar] has %llu pages by smaps", (unsigned long long)(rss / PAGE));
	special = figure(&vvar->f, MEMCENSUS_F_SPECIAL);
	EXPECT_LE(PAGE, special + rss);
	EXPECT_LE(special + rss, figure(&vvar->f, MEMCENSUS_F_VSS));
	EXPECT_PAGES(rss / PAGE, vvar, RSS);
	EXPECT_PAGES(rss / PAGE, vvar, FRAMES);
	EXPECT_PAGES(0, vvar, SHARED);
	EXPECT_LE(special, figure(&census.tasks->f, MEMCENSUS_F_SPECIAL));
out:
	census_free(&census);
	smaps_free(&smaps);
	child_end(pid);
}

TEST_HARNESS_MAIN
