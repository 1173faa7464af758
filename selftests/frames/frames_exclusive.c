// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: pages whose entries prove that they are exclusive have no marks. The
 * module counts the owners of these pages too if mark_all is set: stopped processes have
 * the same figures in both ways. And the module compares each such page with struct page;
 * a difference is a warning in the kernel's log.
 *
 * mark_all and the comparison exist only in a module built with CENSUS_CHECK=1, and on
 * kernels with CONFIG_DEBUG_VM.
 */
#include <fcntl.h>

#include "selftest.h"

#include "owners/counted.h"
#include "memory/zram.h"

#define PARAMETERS	"/sys/module/memcensus/parameters/"
#define MARK_ALL	PARAMETERS "mark_all"
#define CHECKED		PARAMETERS "exclusive_checked"
#define KSM		"/sys/kernel/mm/ksm/"
#define RW		(PROT_READ | PROT_WRITE)
#define FILE_PATH	"/tmp/frames_exclusive"

static const unsigned long pages = 192;

/* Exclusive pages behind entries of each protection. */
static void protect(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, pages);
	need(!mprotect(at, 32 * PAGE, PROT_READ), "PROT_READ");
	need(!mprotect(at + 32 * PAGE, 32 * PAGE, PROT_NONE), "PROT_NONE");
	need(!mprotect(at + 64 * PAGE, 32 * PAGE, PROT_READ), "PROT_READ");
	need(!mprotect(at + 64 * PAGE, 32 * PAGE, RW), "RW again");
	write_pages(at + 70 * PAGE, 10);
	need(!madvise(at + 128 * PAGE, 7 * PAGE, MADV_DONTNEED), "MADV_DONTNEED");
	read_pages(at + 128 * PAGE, 3);
}

static void write_some(void *arg)
{
	write_pages(PLACE(0) + 50 * PAGE, 30);
}

/* Pages of one, two and three owners, some of them in swap. */
static void fork_twice(void *arg)
{
	volatile pid_t *child = arg;
	char *at = map_private(PLACE(0), pages * PAGE);
	unsigned int i;

	write_pages(at, pages);
	page_out(at + 20 * PAGE, 60);
	for (i = 0; i < 2; i++) {
		child[i] = child_start(i ? write_some : (void (*)(void *))child_stop, NULL);
		need(child[i] > 0, "child");
	}
	write_pages(at, 40);
	write_pages(map_private(PLACE(1), 33 * PAGE), 33);
	page_out(PLACE(1), 33);
	write_pages(PLACE(1), 5);
}

/* Copies in private mappings of page cache and of shmem, and a shared mapping. */
static void copy_files(void *arg)
{
	int fd = open(FILE_PATH, O_RDWR | O_CREAT, 0600);
	int shmem = memfd("copied", pages);
	char *at;

	need(fd >= 0 && !ftruncate(fd, pages * PAGE), FILE_PATH);
	at = map(PLACE(0), pages * PAGE, RW, MAP_PRIVATE, fd, 0);
	read_pages(at, pages);
	write_pages(at + 10 * PAGE, 37);
	need(!mprotect(at + 20 * PAGE, 5 * PAGE, PROT_READ), "PROT_READ");
	write_pages(map(PLACE(1), pages * PAGE, RW, MAP_SHARED, shmem, 0), pages);
	at = map(PLACE(2), pages * PAGE, RW, MAP_PRIVATE, shmem, 0);
	read_pages(at, pages);
	write_pages(at + 90 * PAGE, 41);
}

/* A huge page that is whole, one that is mapped in parts, and moved pages. */
static void move_huge(void *arg)
{
	char *at = map_private(PLACE(0), 3 * HUGE);

	madvise(at, 3 * HUGE, MADV_HUGEPAGE);
	at[0] = 1;
	at[HUGE] = 1;
	madvise(at + HUGE + 5 * PAGE, 9 * PAGE, MADV_DONTNEED);
	need(!mprotect(at + HUGE + 40 * PAGE, PAGE, PROT_READ), "PROT_READ");
	write_pages(map_private(PLACE(1), pages * PAGE), pages);
	need(mremap(PLACE(1), 64 * PAGE, 64 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    PLACE(2)) == PLACE(2), "mremap");
}

/* Merged pages, within the process and with another; then some are written again. */
static void merge(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	memset(at, 17, pages * PAGE);
	madvise(at, pages * PAGE, MADV_MERGEABLE);
	child_stop();
	write_pages(at, 20);
}

FIXTURE(exclusive)
{
	bool ready, swap;
	volatile pid_t *child;
	pid_t pids[8];
	unsigned int n;
};

FIXTURE_SETUP(exclusive)
{
	const char *why;

	if (access(MARK_ALL, W_OK))
		SKIP(return, "module is built without CENSUS_CHECK=1");
	why = zram_on();
	self->swap = !why;
	ASSERT_TRUE(!why || !why[0])
		TH_LOG("zram: %s", why);
	ASSERT_TRUE(write_file(MARK_ALL, "N"));
	self->child = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->child);
	self->ready = true;
}

FIXTURE_TEARDOWN(exclusive)
{
	unsigned int i;

	for (i = self->n; i > 0; i--)
		child_end(self->pids[i - 1]);
	if (!self->ready)
		return;
	EXPECT_TRUE(write_file(MARK_ALL, "N"));
	unlink(FILE_PATH);
	if (self->swap)
		EXPECT_TRUE(zram_off());
}

#define START(body, arg) do {							\
	self->pids[self->n] = child_start(body, arg);				\
	ASSERT_LT(0, self->pids[self->n]);					\
	self->n++;								\
} while (0)

/* Starts processes with all kinds of pages. */
#define START_ALL() do {							\
	START(protect, NULL);							\
	START(copy_files, NULL);						\
	START(move_huge, NULL);							\
	if (self->swap) {							\
		START(fork_twice, (void *)self->child);				\
		self->pids[self->n++] = self->child[0];				\
		self->pids[self->n++] = self->child[1];				\
	}									\
} while (0)

static long merged_pages(void)
{
	return read_number(KSM "pages_sharing");
}

/* Starts two processes, waits until their pages are merged, and lets them write. */
static bool start_merged(pid_t *pids)
{
	uint64_t until = now_ms() + 20000;
	int i;

	write_file(KSM "sleep_millisecs", "1");
	write_file(KSM "pages_to_scan", "20000");
	if (!write_file(KSM "run", "1"))
		return false;
	for (i = 0; i < 2; i++)
		pids[i] = child_start(merge, NULL);
	while (merged_pages() < (long)(2 * pages - 10) && now_ms() < until)
		sleep_ms(20);
	write_file(KSM "run", "0");
	return merged_pages() >= (long)(2 * pages - 10) && child_next(pids[0]) &&
	       child_next(pids[1]);
}

static const struct census_task *task_of(const struct census *census, pid_t pid)
{
	const struct census_task *task = census_task_of(census, pid);

	return task && task->state == MEMCENSUS_STATE_WALKED ? task : NULL;
}

/* Number of figures of @pids that differ; -1 if one of these was not walked. */
static int count_differences(const struct census *a, const struct census *b,
			     const pid_t *pids, unsigned int nr, bool say)
{
	unsigned int i, n;
	int differ = 0;

	for (i = 0; i < nr; i++) {
		const struct census_task *in_a = task_of(a, pids[i]);
		const struct census_task *in_b = task_of(b, pids[i]);

		if (!in_a || !in_b)
			return -1;
		for (n = 0; n < __MEMCENSUS_F_MAX; n++) {
			if (figure(&in_a->f, n) == figure(&in_b->f, n))
				continue;
			differ++;
			if (say)
				diag("process %u: %s is %llu, with marks %llu", i,
				     figure_name(n), (unsigned long long)figure(&in_a->f, n),
				     (unsigned long long)figure(&in_b->f, n));
		}
	}
	return differ;
}

/*
 * This process runs, and shares pages with the stopped ones until it writes to them. So
 * only a census with marks between two equal ones without is compared.
 */
TEST_F(exclusive, figures_are_those_of_marks)
{
	struct census before, marked, after;
	int try, quiet = 0, differ = 0;

	if (!self->ready)
		return;
	START_ALL();
	if (start_merged(&self->pids[self->n]))
		self->n += 2;
	else
		diag("kernel has no KSM, or merged nothing");
	EXPECT_LT(3, self->n);
	for (try = 0; try < 50 && quiet < 3; try++) {
		ASSERT_FRAMES_OF_ALL(&before);
		ASSERT_TRUE(write_file(MARK_ALL, "Y"));
		ASSERT_FRAMES_OF_ALL(&marked);
		ASSERT_TRUE(write_file(MARK_ALL, "N"));
		ASSERT_FRAMES_OF_ALL(&after);
		if (!count_differences(&before, &after, self->pids, self->n, false)) {
			quiet++;
			differ = count_differences(&before, &marked, self->pids, self->n, true);
			EXPECT_EQ(0, differ);
		}
		census_free(&before);
		census_free(&marked);
		census_free(&after);
	}
	EXPECT_EQ(3, quiet);
	write_file(KSM "run", "2");
	write_file(KSM "run", "0");
}

TEST_F(exclusive, each_is_compared_with_struct_page)
{
	struct census census;
	long before, counted, marked;

	if (!self->ready)
		return;
	START_ALL();
	before = read_number(CHECKED);
	ASSERT_LE(0, before);
	ASSERT_FRAMES_OF_ALL(&census);
	census_free(&census);
	counted = read_number(CHECKED) - before;
	/* The writable pages of protect() alone; all other processes have some too. */
	EXPECT_LE((long)(pages - 64 - 7), counted);
	ASSERT_TRUE(write_file(MARK_ALL, "Y"));
	before = read_number(CHECKED);
	ASSERT_FRAMES_OF_ALL(&census);
	census_free(&census);
	marked = read_number(CHECKED) - before;
	EXPECT_EQ(0, marked);
	diag("%ld exclusive pages compared", counted);
}

TEST_HARNESS_MAIN
