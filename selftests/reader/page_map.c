// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus map --pages`: each page is where the test has put it, all of them add up to the
 * figures of the module where both mean the same, and a process may change, end, execute another
 * program or hold its locks.
 */
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "selftest.h"

#include "json.h"
#include "memory/fuse.h"
#include "memory/zram.h"

#define RW		(PROT_READ | PROT_WRITE)

/* Since Linux 6.13. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#endif

/* What the reader printed last, and on stderr. */
static char *answer, said[1024];

/* Runs `memcensus map @words`. Its exit status; 255: it did not end by itself. */
static int run(const char *words)
{
	static const char out[] = "/tmp/page_map.json", err[] = "/tmp/page_map.err";
	char command[256];
	FILE *file;
	size_t n = 0;
	int status;

	snprintf(command, sizeof(command), "memcensus map %s >%s 2>%s", words, out, err);
	status = system(command);
	free(answer);
	answer = NULL;
	file = fopen(out, "r");
	need(file && getdelim(&answer, &n, 0, file) >= -1, out);
	fclose(file);
	file = fopen(err, "r");
	need(file, err);
	said[fread(said, 1, sizeof(said) - 1, file)] = 0;
	fclose(file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static int run_pages(pid_t pid, const char *further)
{
	char words[128];

	snprintf(words, sizeof(words), "%d --pages -J %s", pid, further);
	return run(words);
}

struct counts {
	uint64_t resident, exclusive, huge, swap;
};

/* The pages of the last answer between @start and @end. */
static struct counts between(uint64_t start, uint64_t end)
{
	const char *at = strstr(answer, "\"runs\":[");
	struct counts counts = {};

	need(at, "runs");
	while ((at = strstr(at, "{\"start\":"))) {
		uint64_t from = json_number(at, "start"), n = json_number(at, "pages"), to;
		const char *where = strstr(at, "\"where\":\"");
		bool huge = !strncmp(strstr(at, "\"huge\":"), "\"huge\":true", 11);

		to = from + n * PAGE < end ? from + n * PAGE : end;
		from = from > start ? from : start;
		n = from < to ? (to - from) / PAGE : 0;
		counts.swap += where[9] == 's' && where[10] == 'w' ? n : 0;
		counts.exclusive += where[9] == 'e' ? n : 0;
		counts.resident += where[9] == 's' && where[10] == 'w' ? 0 : n;
		counts.huge += huge ? n : 0;
		at++;
	}
	return counts;
}

/* Expects these numbers of pages of each kind in @pages_ pages from @at on. */
#define EXPECT_AT(at, pages_, resident_, exclusive_, huge_, swap_) do {	\
	struct counts __c = between((uintptr_t)(at), (uintptr_t)(at) + (pages_) * PAGE); \
	EXPECT_EQ(resident_, __c.resident);					\
	EXPECT_EQ(exclusive_, __c.exclusive);					\
	EXPECT_EQ(huge_, __c.huge);						\
	EXPECT_EQ(swap_, __c.swap);						\
} while (0)

/*
 * Only what a test has put there: page cache is also mapped by the reader, and this process writes
 * to copies of its memory while a child has them too.
 */
static void expect_exclusive(struct __test_metadata *_metadata, const struct census_vma *vma)
{
	uint64_t private = figure(&vma->f, MEMCENSUS_F_PRIVATE_HUGETLB);

	if (vma->inode || vma->start < (uintptr_t)PLACE(0) || vma->start > (uintptr_t)PLACE(300))
		return;
	private = private == FIGURE_UNKNOWN ? 0 : private;
	EXPECT_EQ(figure(&vma->f, MEMCENSUS_F_USS) + private,
		  between(vma->start, vma->end).exclusive * PAGE)
		TH_LOG("at %llx", (unsigned long long)vma->start);
}

/* Asks for all pages of a process that has stopped, and compares their sums with the module's. */
#define ASSERT_PAGES(pid, once) do {						\
	uint32_t __pid = pid;							\
	struct census_request __request = {					\
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,		\
		.pids = &__pid, .n_pids = 1,					\
	};									\
	struct census __census;							\
	struct counts __all;							\
	ASSERT_EQ(0, run_pages(pid, "")) TH_LOG("%s", said);			\
	ASSERT_TAKEN(&__request, &__census);					\
	ASSERT_EQ(1, __census.n_tasks);						\
	__all = between(0, UINT64_MAX);						\
	EXPECT_EQ(figure(&__census.tasks->f, MEMCENSUS_F_RSS) +			\
		  figure(&__census.tasks->f, MEMCENSUS_F_HUGETLB), __all.resident * PAGE); \
	EXPECT_EQ(figure(&__census.tasks->f, MEMCENSUS_F_THP) +			\
		  figure(&__census.tasks->f, MEMCENSUS_F_HUGETLB), __all.huge * PAGE);	\
	for (size_t __i = 0; (once) && __i < __census.n_vmas; __i++)		\
		expect_exclusive(_metadata, &__census.vmas[__i]);		\
	census_free(&__census);							\
} while (0)

static const unsigned long pages = 200;

FIXTURE(one)
{
	pid_t pid;
	volatile pid_t *child;
};

FIXTURE_SETUP(one)
{
	self->pid = -1;
	self->child = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->child);
}

FIXTURE_TEARDOWN(one)
{
	child_end(self->pid);
}

#define START(body, arg) do {						\
	self->pid = child_start(body, arg);				\
	ASSERT_LT(0, self->pid);					\
} while (0)

/* Every third page, and no block begins with the mapping. */
static void every_third(void *arg)
{
	char *at = map_private(PLACE(0) + 5 * PAGE, pages * PAGE);
	unsigned long i;

	for (i = 0; i < pages; i += 3)
		write_pages(at + i * PAGE, 1);
}

TEST_F(one, private)
{
	unsigned long i;

	START(every_third, NULL);
	ASSERT_PAGES(self->pid, true);
	EXPECT_AT(PLACE(0), 5 + pages, (pages + 2) / 3, (pages + 2) / 3, 0, 0);
	for (i = 0; i < 5 + pages; i++) {
		const bool there = i >= 5 && (i - 5) % 3 == 0;

		EXPECT_AT(PLACE(0) + i * PAGE, 1, there, there, 0, 0);
	}
}

/* The child has dropped the first half, and written a part of the second. */
static void drop_and_write(void *arg)
{
	need(!madvise(PLACE(0), pages / 2 * PAGE, MADV_DONTNEED), "MADV_DONTNEED");
	write_pages(PLACE(0) + pages / 2 * PAGE, 7);
}

static void forks(void *arg)
{
	volatile pid_t *child = arg;

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	*child = child_start(drop_and_write, NULL);
	need(*child > 0, "child");
}

TEST_F(one, forked)
{
	const unsigned long half = pages / 2;
	START(forks, (void *)self->child);
	ASSERT_PAGES(self->pid, true);
	EXPECT_AT(PLACE(0), half, half, half, 0, 0);
	EXPECT_AT(PLACE(0) + half * PAGE, 7, 7, 7, 0, 0);
	EXPECT_AT(PLACE(0) + (half + 7) * PAGE, half - 7, half - 7, 0, 0, 0);

	ASSERT_PAGES(*self->child, true);
	EXPECT_AT(PLACE(0), half, 0, 0, 0, 0);
	EXPECT_AT(PLACE(0) + half * PAGE, half, half, 7, 0, 0);
}

/* A memfd is mapped twice: its pages are those of one process, and yet not exclusive. */
static void maps_twice(void *arg)
{
	const int fd = memfd("twice", pages);

	write_pages(map(PLACE(0), pages * PAGE, RW, MAP_SHARED, fd, 0), pages / 2);
	read_pages(map(PLACE(1), pages * PAGE, PROT_READ, MAP_SHARED, fd, 0), pages);
}

TEST_F(one, mapped_twice)
{
	const unsigned long half = pages / 2;
	START(maps_twice, NULL);
	ASSERT_PAGES(self->pid, false);
	EXPECT_AT(PLACE(0), pages, half, 0, 0, 0);
	EXPECT_AT(PLACE(1), half, half, 0, 0, 0);
	EXPECT_AT(PLACE(1) + half * PAGE, half, half, half, 0, 0);
}

/* A private mapping of a file with copies, at an offset that is no block's. */
static void maps_file(void *arg)
{
	volatile pid_t *child = arg;
	const int fd = memfd("file", pages + 9);
	char *at = map(PLACE(1), (pages + 9) * PAGE, RW, MAP_SHARED, fd, 0);

	write_pages(at, pages + 9);
	need(!munmap(at, (pages + 9) * PAGE), "munmap");
	at = map(PLACE(0), pages * PAGE, RW, MAP_PRIVATE, fd, 9 * PAGE);
	read_pages(at, pages);
	*child = child_start((void (*)(void *))child_stop, NULL);
	need(*child > 0, "child");
	/* The child need not have what it can fault in from the file. */
	write_pages(at + 50 * PAGE, 20);
}

TEST_F(one, file)
{
	START(maps_file, (void *)self->child);
	ASSERT_PAGES(self->pid, true);
	EXPECT_AT(PLACE(0), pages, pages, pages, 0, 0);
}

static void protects(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, pages);
	need(!mprotect(at + 30 * PAGE, 40 * PAGE, PROT_NONE), "mprotect");
	map(PLACE(1), 1UL << 31, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
	    -1, 0);
}

TEST_F(one, prot_none)
{
	START(protects, NULL);
	ASSERT_PAGES(self->pid, true);
	EXPECT_AT(PLACE(0), pages, pages, pages, 0, 0);
	EXPECT_AT(PLACE(1), (1UL << 31) / PAGE, 0, 0, 0, 0);
}

/* Much is reserved and a page of it is touched now and then. */
#define RESERVED	(scans() ? 64UL << 40 : 64UL << 30)
#define TOUCHED		600

/* Whether the kernel finds the pages that are there: PAGEMAP_SCAN, since 6.7. */
static bool scans(void)
{
	struct utsname name;
	int major, minor;

	return !uname(&name) && sscanf(name.release, "%d.%d", &major, &minor) == 2 &&
	       major * 100 + minor >= 607;
}

static void reserves(void *arg)
{
	char *at = mmap(PLACE(200), RESERVED, RW, MAP_PRIVATE | MAP_ANONYMOUS |
			MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	unsigned long i;

	need(at != MAP_FAILED, "mmap of 64 TiB");
	no_huge_pages(at, RESERVED);
	for (i = 0; i < TOUCHED; i++)
		at[i * (RESERVED / TOUCHED / PAGE) * PAGE] = 1;
}

TEST_F_TIMEOUT(one, sparse, 120)
{
	uint64_t begin;

	START(reserves, NULL);
	begin = now_ms();
	ASSERT_PAGES(self->pid, true);
	diag("%llu GiB in %llu ms", (unsigned long long)RESERVED >> 30,
	     (unsigned long long)(now_ms() - begin));
	EXPECT_AT(PLACE(200), RESERVED / PAGE, TOUCHED, TOUCHED, 0, 0);
}

/* What is only read is the zero page, small or huge: no page of the process. */
static void reads(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	read_pages(at, pages);
	write_pages(at + 20 * PAGE, 5);
	if (thp_on()) {
		at = map_private(PLACE(1), 2 * HUGE);
		need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
		read_pages(at, 1);
		write_pages(at + HUGE, 1);
	}
}

TEST_F(one, zero)
{
	const unsigned long nr = HUGE / PAGE;

	START(reads, NULL);
	ASSERT_PAGES(self->pid, true);
	EXPECT_AT(PLACE(0), pages, 5, 5, 0, 0);
	if (thp_on())
		EXPECT_AT(PLACE(1), 2 * nr, nr, nr, nr, 0);
}

static void guards(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, pages);
	if (madvise(at + 10 * PAGE, 30 * PAGE, MADV_GUARD_INSTALL))
		need(!munmap(at, pages * PAGE), "munmap");
}

TEST_F(one, guard)
{
	START(guards, NULL);
	ASSERT_PAGES(self->pid, true);
	if (!between((uintptr_t)PLACE(0), (uintptr_t)PLACE(1)).resident)
		SKIP(return, "kernel has no guard regions");
	EXPECT_AT(PLACE(0), pages, pages - 30, pages - 30, 0, 0);
}

static void huge(void *arg)
{
	char *at = map_private(PLACE(0), 2 * HUGE);

	need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	at[0] = 1;
	at[HUGE] = 1;
	/* The second is mapped by PTEs now. */
	need(!mprotect(at + HUGE + 7 * PAGE, PAGE, PROT_READ), "mprotect");
	need(!madvise(at + HUGE + 80 * PAGE, 10 * PAGE, MADV_DONTNEED), "MADV_DONTNEED");
}

TEST_F(one, thp)
{
	const unsigned long nr = HUGE / PAGE;
	if (!thp_on())
		SKIP(return, "kernel has no transparent huge pages");
	START(huge, NULL);
	ASSERT_PAGES(self->pid, true);
	EXPECT_AT(PLACE(0), nr, nr, nr, nr, 0);
	EXPECT_AT(PLACE(0) + HUGE, nr, nr - 10, nr - 10, 0, 0);
}

#define POOL	huge_pool(HUGE, "nr_hugepages")

static void map_huge(void *arg)
{
	volatile pid_t *child = arg;
	char *at = map(PLACE(0), 3 * HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_HUGETLB | MAP_HUGE_SIZE(HUGE), -1, 0);

	at[0] = 1;
	at[2 * HUGE] = 1;
	*child = child_start((void (*)(void *))child_stop, NULL);
	need(*child > 0, "child");
	at[0] = 2;
}

TEST_F(one, hugetlb)
{
	const long before = read_number(POOL);
	const unsigned long nr = HUGE / PAGE;
	char text[64];

	if (before < 0)
		SKIP(return, "kernel has no hugetlb pages of 2 MiB");
	snprintf(text, sizeof(text), "%ld", before + 5);
	ASSERT_TRUE(write_file(POOL, text));
	ASSERT_EQ(before + 5, read_number(POOL));
	START(map_huge, (void *)self->child);
	ASSERT_PAGES(self->pid, true);
	EXPECT_AT(PLACE(0), nr, nr, nr, nr, 0);
	EXPECT_AT(PLACE(0) + HUGE, nr, 0, 0, 0, 0);
	EXPECT_AT(PLACE(0) + 2 * HUGE, nr, nr, 0, nr, 0);

	/* From within a huge page on, to within another one. */
	snprintf(text, sizeof(text), "--range %lx-%lx", (unsigned long)PLACE(0) + 100 * PAGE,
		 (unsigned long)PLACE(0) + 2 * HUGE + 3 * PAGE);
	ASSERT_EQ(0, run_pages(self->pid, text));
	EXPECT_AT(PLACE(0), 3 * nr, nr - 100 + 3, nr - 100, nr - 100 + 3, 0);
	child_end(self->pid);
	self->pid = -1;
	snprintf(text, sizeof(text), "%ld", before);
	EXPECT_TRUE(write_file(POOL, text));
}

static void swaps(void *arg)
{
	const int fd = memfd("swapped", pages + 3);
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, pages);
	page_out(at, pages);
	write_pages(at, 40);
	/* At an offset into a file, all of whose pages are in swap but ten. */
	at = map(PLACE(1), (pages + 3) * PAGE, RW, MAP_SHARED, fd, 0);
	write_pages(at, pages + 3);
	page_out(at, pages + 3);
	need(!munmap(at, (pages + 3) * PAGE), "munmap");
	at = map(PLACE(1), pages * PAGE, RW, MAP_SHARED, fd, 3 * PAGE);
	write_pages(at + 60 * PAGE, 10);
	/* Copies hide what is below. */
	at = map(PLACE(2), pages * PAGE, RW, MAP_PRIVATE, fd, 3 * PAGE);
	write_pages(at + 100 * PAGE, 5);
}

/* Of files, what is in swap is in no page table. */
TEST_F(one, swapped)
{
	NEED_ZRAM();
	START(swaps, NULL);
	ASSERT_PAGES(self->pid, false);
	EXPECT_AT(PLACE(0), pages, 40, 40, 0, pages - 40);
	EXPECT_AT(PLACE(0), 40, 40, 40, 0, 0);
	EXPECT_AT(PLACE(1), pages, 10, 10, 0, 0);
	EXPECT_AT(PLACE(2) + 100 * PAGE, 5, 5, 5, 0, 0);
	child_end(self->pid);
	self->pid = -1;
	EXPECT_TRUE(zram_off());
}

/* A range: the answer has all of it, and nothing else. */
TEST_F(one, range)
{
	const unsigned long start = (uintptr_t)PLACE(0) + 10 * PAGE, end = start + 71 * PAGE;
	char text[64];

	START(every_third, NULL);
	snprintf(text, sizeof(text), "--range %lx-%lx", start, end);
	ASSERT_EQ(0, run_pages(self->pid, text));
	EXPECT_EQ(24, between(start, end).resident);
	EXPECT_EQ(24, between(0, UINT64_MAX).resident);
	/* Where nothing is mapped. */
	snprintf(text, sizeof(text), "--range %lx-%lx", (unsigned long)PLACE(40),
		 (unsigned long)PLACE(41));
	ASSERT_EQ(0, run_pages(self->pid, text));
	EXPECT_EQ(0, between(0, UINT64_MAX).resident);
}

/* One that is gone, and one that never was. */
TEST_F(one, vanished)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(0);
	while (process_state(pid) != 'Z')
		sleep_ms(1);
	EXPECT_EQ(1, run_pages(pid, ""));
	EXPECT_NE(NULL, strstr(said, "memcensus: "))
		TH_LOG("%s", said);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(1, run_pages(pid, ""));
	EXPECT_NE(NULL, strstr(said, "memcensus: "))
		TH_LOG("%s", said);
}

/* Without CAP_SYS_ADMIN there are no numbers of frames. */
TEST_F(one, refused)
{
	int status;
	pid_t pid;

	START(every_third, NULL);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN);
		_exit(run_pages(self->pid, "") != 1 || !strstr(said, "with CAP_SYS_ADMIN"));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

/*
 * A reader of the memory of a process waits for a page of a file, and keeps the mmap lock.  Then
 * the process maps memory and waits for the lock, and whoever wants it for reading waits behind it.
 */
static void *maps_on_go(void *arg)
{
	volatile pid_t *tid = arg;

	while (!tid[1])
		sleep_ms(5);
	tid[0] = gettid();
	map(PLACE(2), PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return NULL;
}

static void waits_for_lock(int fd, volatile pid_t *shared)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	map(PLACE(1), PAGE, PROT_READ, MAP_SHARED, fd, 0);
	need(!pthread_create(&thread, NULL, maps_on_go, (void *)shared), "thread");
	shared[2] = 1;
	for (;;)
		pause();
}

TEST_F_TIMEOUT(one, stuck, 120)
{
	volatile pid_t *shared = self->child;
	char path[64], byte;
	struct fuse fuse;
	uint64_t begin;
	pid_t reader;
	int fd, mem;

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (fuse_start(&fuse) == -ENODEV)
		SKIP(return, "kernel has no FUSE");
	fd = fuse_open_cached(&fuse);
	ASSERT_LE(0, fd);
	self->pid = fork();
	if (!self->pid)
		waits_for_lock(fd, shared);
	while (!shared[2])
		sleep_ms(5);
	snprintf(path, sizeof(path), "/proc/%d/mem", self->pid);
	mem = open(path, O_RDONLY);
	ASSERT_LE(0, mem);
	reader = fork();
	if (!reader)
		_exit(pread(mem, &byte, 1, (off_t)PLACE(1)) != 1);
	ASSERT_TRUE(child_sleeps(reader));
	shared[1] = 1;
	while (!shared[0])
		sleep_ms(5);
	if (!child_waits(shared[0])) {
		fuse_answer(&fuse);
		fuse_stop(&fuse);
		SKIP(return, "this kernel does not keep the lock while it waits");
	}
	begin = now_ms();
	/* Its mappings are not known (3), or its pages are not (1). */
	EXPECT_NE(0, run_pages(self->pid, ""));
	diag("after %llu ms: %s", (unsigned long long)(now_ms() - begin), said);
	EXPECT_TRUE(strstr(said, "1 busy") || strstr(said, "holds the lock"));
	EXPECT_GT(30000, now_ms() - begin);
	fuse_answer(&fuse);
	waitpid(reader, NULL, 0);
	EXPECT_EQ(0, run_pages(self->pid, "")) TH_LOG("%s", said);
	child_end(self->pid);
	self->pid = -1;
	fuse_stop(&fuse);
}

/* Processes that change while they are walked. */

static unsigned int some(unsigned int *state, unsigned int n)
{
	*state = *state * 1664525U + 1013904223U;
	return (*state >> 8) % n;
}

/* Maps, touches, protects, moves and unmaps parts of a place, for ever. */
static void *churn(void *arg)
{
	const unsigned long n = (uintptr_t)arg, size = 1200;
	const int fd = memfd("churned", size);
	unsigned int state = n * 7919 + 1;
	char *place = PLACE(n);

	for (;;) {
		unsigned int from = some(&state, size - 1), len = 1 + some(&state, 500);
		char *at = place + from * PAGE, *moved = place + (size + from) * PAGE;
		size_t bytes = len * PAGE;
		unsigned int i;

		switch (some(&state, 8)) {
		case 0:
			munmap(at, bytes);
			break;
		case 1:
			mmap(at, bytes, RW, MAP_FIXED | MAP_SHARED, fd, (from % 100) * PAGE);
			break;
		case 2:
			mprotect(at, bytes, some(&state, 2) ? RW : PROT_NONE);
			break;
		case 3:
			madvise(at, bytes, MADV_DONTNEED);
			break;
		case 4:
			mremap(at, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, moved);
			break;
		default:
			at = mmap(at, bytes, RW, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (at == MAP_FAILED)
				break;
			if (some(&state, 2))
				madvise(at, bytes, MADV_HUGEPAGE);
			for (i = 0; i < len; i += 1 + some(&state, 9))
				at[i * PAGE] = 1;
		}
	}
	return NULL;
}

static void churns(void *arg)
{
	pthread_t thread;
	unsigned long n;

	for (n = 0; n < 3; n++)
		need(!pthread_create(&thread, NULL, churn, (void *)(n * 3)), "pthread_create");
	write_pages(map_private(PLACE(30), 3000 * PAGE), 3000);
}

/* Also forks: its pages are shared with children that come and go. */
static void forks_on(void *arg)
{
	churns(NULL);
	for (;;) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

/* A new address space with each exec. */
static void execs_on(void *arg)
{
	char *const words[] = { "/proc/self/exe", "exec", NULL };

	write_pages(map_private(PLACE(0), 2000 * PAGE), 2000);
	execv(words[0], words);
	_exit(1);
}

FIXTURE(churn)
{
	pid_t pid;
};

FIXTURE_VARIANT(churn)
{
	void (*body)(void *arg);
};

FIXTURE_VARIANT_ADD(churn, of_threads) { churns };
FIXTURE_VARIANT_ADD(churn, of_forks) { forks_on };
FIXTURE_VARIANT_ADD(churn, of_execs) { execs_on };

FIXTURE_SETUP(churn)
{
	thp_on();
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (!self->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		variant->body(NULL);
		for (;;)
			pause();
	}
}

FIXTURE_TEARDOWN(churn)
{
	child_end(self->pid);
}

/* Each answer is one, or says why there is none. */
TEST_F(churn, answers)
{
	const uint64_t until = now_ms() + 1500;
	unsigned int whole = 0, partial = 0, gone = 0;

	do {
		const int status = run_pages(self->pid, "");

		ASSERT_EQ(0, waitpid(self->pid, NULL, WNOHANG))
			TH_LOG("the process ended");
		if (status == 1) {
			ASSERT_NE(NULL, strstr(said, "has ended or executed another program"))
				TH_LOG("%s", said);
			gone++;
			continue;
		}
		ASSERT_TRUE(!status || status == 3)
			TH_LOG("%d: %s", status, said);
		whole += !status;
		partial += !!status;
	} while (now_ms() < until || whole + partial + gone < 5);
	diag("%u whole, %u partial, %u gone", whole, partial, gone);
	EXPECT_LT(0, whole + partial);
}

/* As the target of its own exec it is no test. */
static void __attribute__((constructor)) executed(int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "exec"))
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execs_on(NULL);
}

TEST_HARNESS_MAIN
