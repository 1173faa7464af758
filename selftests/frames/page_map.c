// SPDX-License-Identifier: GPL-2.0
/*
 * Bitmaps of the pages of one process: each page is where the test has put it, and
 * in each census the bits add up to the figures, whatever the process does.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

#include "selftest.h"

#include "client/bitmaps.h"
#include "memory/zram.h"

#define RW		(PROT_READ | PROT_WRITE)
#define BLOCK_PAGES	MEMCENSUS_BLOCK_PAGES

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
	struct census_page_block b;
	struct census census;
	unsigned int i;

	START(every_third, NULL);
	ASSERT_BITMAPS(self->pid, &census);
	EXPECT_EQ((uint32_t)self->pid, census.pages_pid);
	EXPECT_BITS(&census, PLACE(0), 5 + pages, (pages + 2) / 3, (pages + 2) / 3, 0, 0);
	b = bitmaps_at(&census, PLACE(0));
	for (i = 0; i < BLOCK_PAGES; i++)
		EXPECT_EQ(i >= 5 && (i - 5) % 3 == 0, (b.resident >> i & 1));
	EXPECT_EQ(b.resident, b.exclusive);
	EXPECT_LIKE_PAGEMAP(&census, self->pid, PLACE(0), pages + 64, false);
	census_free(&census);
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
	struct census census;

	START(forks, (void *)self->child);
	ASSERT_BITMAPS(self->pid, &census);
	EXPECT_BITS(&census, PLACE(0), half, half, half, 0, 0);
	EXPECT_BITS(&census, PLACE(0) + half * PAGE, 7, 7, 7, 0, 0);
	EXPECT_BITS(&census, PLACE(0) + (half + 7) * PAGE, half - 7, half - 7, 0, 0, 0);
	EXPECT_LIKE_PAGEMAP(&census, self->pid, PLACE(0), pages, false);
	census_free(&census);

	ASSERT_BITMAPS(*self->child, &census);
	EXPECT_BITS(&census, PLACE(0), half, 0, 0, 0, 0);
	EXPECT_BITS(&census, PLACE(0) + half * PAGE, half, half, 7, 0, 0);
	EXPECT_LIKE_PAGEMAP(&census, *self->child, PLACE(0), pages, false);
	census_free(&census);
}

/* A memfd is mapped twice: the first mapping has its pages, once. */
static void maps_twice(void *arg)
{
	const int fd = memfd("twice", pages);

	write_pages(map(PLACE(0), pages * PAGE, RW, MAP_SHARED, fd, 0), pages / 2);
	read_pages(map(PLACE(1), pages * PAGE, PROT_READ, MAP_SHARED, fd, 0), pages);
}

TEST_F(one, mapped_twice)
{
	const unsigned long half = pages / 2;
	struct census census;

	START(maps_twice, NULL);
	ASSERT_BITMAPS(self->pid, &census);
	EXPECT_BITS(&census, PLACE(0), pages, half, half, 0, 0);
	EXPECT_BITS(&census, PLACE(1), half, half, 0, 0, 0);
	EXPECT_BITS(&census, PLACE(1) + half * PAGE, half, half, half, 0, 0);
	EXPECT_LIKE_PAGEMAP(&census, self->pid, PLACE(0), pages, true);
	EXPECT_LIKE_PAGEMAP(&census, self->pid, PLACE(1), pages, true);
	census_free(&census);
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
	struct census census;

	START(maps_file, (void *)self->child);
	ASSERT_BITMAPS(self->pid, &census);
	EXPECT_BITS(&census, PLACE(0), pages, pages, pages, 0, 0);
	EXPECT_LIKE_PAGEMAP(&census, self->pid, PLACE(0), pages, false);
	census_free(&census);
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
	struct census census;

	START(protects, NULL);
	ASSERT_BITMAPS(self->pid, &census);
	EXPECT_BITS(&census, PLACE(0), pages, pages, pages, 0, 0);
	EXPECT_BITS(&census, PLACE(1), (1UL << 31) / PAGE, 0, 0, 0, 0);
	EXPECT_LIKE_PAGEMAP(&census, self->pid, PLACE(0), pages, false);
	census_free(&census);
}

/* 64 TiB are reserved and a page of them is touched now and then. */
#define RESERVED	(64UL << 40)
#define TOUCHED		600

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

TEST_F(one, sparse)
{
	struct bitmap_counts counts;
	struct census census;

	START(reserves, NULL);
	ASSERT_BITMAPS(self->pid, &census);
	counts = bitmaps_between(&census, (uintptr_t)PLACE(200),
				 (uintptr_t)PLACE(200) + RESERVED);
	EXPECT_EQ(TOUCHED, counts.resident);
	EXPECT_EQ(TOUCHED, counts.exclusive);
	EXPECT_LT(TOUCHED, census.n_blocks);
	EXPECT_GT(2 * TOUCHED, census.n_blocks);
	/* Several messages. */
	EXPECT_LT(2, census.n_pages);
	EXPECT_GT(4UL << 20, census.scan[MEMCENSUS_SCAN_MEMORY]);
	census_free(&census);
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
	struct census census;

	if (!thp_on())
		SKIP(return, "kernel has no transparent huge pages");
	START(huge, NULL);
	ASSERT_BITMAPS(self->pid, &census);
	EXPECT_BITS(&census, PLACE(0), nr, nr, nr, nr, 0);
	EXPECT_BITS(&census, PLACE(0) + HUGE, nr, nr - 10, nr - 10, 0, 0);
	census_free(&census);
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
	struct census census;
	char text[32];

	if (before < 0)
		SKIP(return, "kernel has no hugetlb pages of 2 MiB");
	snprintf(text, sizeof(text), "%ld", before + 5);
	ASSERT_TRUE(write_file(POOL, text));
	ASSERT_EQ(before + 5, read_number(POOL));
	START(map_huge, (void *)self->child);
	ASSERT_BITMAPS(self->pid, &census);
	EXPECT_BITS(&census, PLACE(0), nr, nr, nr, nr, 0);
	EXPECT_BITS(&census, PLACE(0) + HUGE, nr, 0, 0, 0, 0);
	EXPECT_BITS(&census, PLACE(0) + 2 * HUGE, nr, nr, 0, nr, 0);
	census_free(&census);

	/* From within a huge page on, to within another one. */
	ASSERT_EQ(0, bitmaps_take(self->pid, (uintptr_t)PLACE(0) + 100 * PAGE,
				  (uintptr_t)PLACE(0) + 2 * HUGE + 3 * PAGE, &census, NULL));
	EXPECT_BITS(&census, PLACE(0), 3 * nr, nr - 100 + 3, nr - 100, nr - 100 + 3, 0);
	census_free(&census);
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

TEST_F(one, swapped)
{
	struct census census;

	NEED_ZRAM();
	START(swaps, NULL);
	ASSERT_BITMAPS(self->pid, &census);
	EXPECT_BITS(&census, PLACE(0), pages, 40, 40, 0, pages - 40);
	EXPECT_BITS(&census, PLACE(0), 40, 40, 40, 0, 0);
	EXPECT_LIKE_PAGEMAP(&census, self->pid, PLACE(0), pages, true);
	/* Read ahead from swap may bring a neighbour back into memory, unmapped. */
	EXPECT_BITS(&census, PLACE(1) + 60 * PAGE, 10, 10, 10, 0, 0);
	EXPECT_BITS(&census, PLACE(2) + 100 * PAGE, 5, 5, 5, 0, 0);
	{
		struct bitmap_counts counts = bitmaps_between(&census, (uintptr_t)PLACE(1),
							      (uintptr_t)PLACE(2));

		EXPECT_EQ(10, counts.resident);
		EXPECT_LT(pages / 2, counts.swap);
		EXPECT_GE(pages - 10, counts.swap);
	}
	census_free(&census);
	child_end(self->pid);
	self->pid = -1;
	EXPECT_TRUE(zram_off());
}

/* A file of which all is in swap, from a page on that begins no block of 64. */
static const unsigned long all_swapped = 1000, from = 40;

static void swaps_from(void *arg)
{
	const int fd = memfd("swapped", all_swapped);
	char *at = map(PLACE(0), all_swapped * PAGE, RW, MAP_SHARED, fd, 0);

	write_pages(at, all_swapped);
	page_out(at, all_swapped);
	need(!munmap(at, all_swapped * PAGE), "munmap");
	map(PLACE(0), (all_swapped - from) * PAGE, RW, MAP_SHARED, fd, from * PAGE);
}

TEST_F(one, swapped_from_within_a_block)
{
	const struct smaps_vma *theirs;
	struct bitmap_counts counts;
	struct census census;
	struct smaps smaps;

	NEED_ZRAM();
	START(swaps_from, NULL);
	ASSERT_BITMAPS(self->pid, &census);
	ASSERT_EQ(0, smaps_read(self->pid, &smaps));
	theirs = smaps_vma_at(&smaps, PLACE(0));
	ASSERT_NE(NULL, theirs);
	counts = bitmaps_between(&census, (uintptr_t)PLACE(0), (uintptr_t)PLACE(1));
	EXPECT_EQ(theirs->f.value[MEMCENSUS_F_SWAP], counts.swap * PAGE);
	EXPECT_LT(all_swapped / 2, counts.swap);
	smaps_free(&smaps);
	census_free(&census);
	child_end(self->pid);
	self->pid = -1;
	EXPECT_TRUE(zram_off());
}

/* A range: the answer has all of it, and nothing else. */
TEST_F(one, range)
{
	const uint64_t start = (uintptr_t)PLACE(0) + 10 * PAGE, end = start + 71 * PAGE;
	struct bitmap_counts counts;
	struct census census;

	START(every_third, NULL);
	ASSERT_EQ(0, bitmaps_take(self->pid, start, end, &census, NULL));
	ASSERT_TRUE(census_is_whole(&census));
	EXPECT_EQ(start, census.pages_start);
	EXPECT_EQ(end, census.pages_end);
	EXPECT_EQ(2, census.n_blocks);
	EXPECT_EQ(1, census.n_vmas);
	EXPECT_BITS(&census, PLACE(0), 5 + pages, 24, 24, 0, 0);
	counts = bitmaps_between(&census, start, end);
	EXPECT_EQ(24, counts.resident);
	census_free(&census);

	/* Where nothing is mapped. */
	ASSERT_EQ(0, bitmaps_take(self->pid, (uintptr_t)PLACE(40), (uintptr_t)PLACE(41),
				  &census, NULL));
	EXPECT_EQ(0, census.n_blocks);
	EXPECT_EQ(0, census.n_vmas);
	EXPECT_EQ(1, census.n_pages);
	EXPECT_EQ((uintptr_t)PLACE(40), census.pages_start);
	EXPECT_EQ((uintptr_t)PLACE(41), census.pages_end);
	census_free(&census);
}

/* One that is gone, and one that never was. */
TEST_F(one, vanished)
{
	struct census census;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(0);
	while (process_state(pid) != 'Z')
		sleep_ms(1);
	ASSERT_EQ(0, bitmaps_take(pid, 0, 0, &census, NULL));
	ASSERT_EQ(1, census.n_tasks);
	EXPECT_EQ(MEMCENSUS_STATE_VANISHED, census.tasks[0].state);
	EXPECT_EQ(0, census.n_pages);
	census_free(&census);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	ASSERT_EQ(0, bitmaps_take(pid, 0, 0, &census, NULL));
	ASSERT_EQ(1, census.n_tasks);
	EXPECT_EQ(MEMCENSUS_STATE_VANISHED, census.tasks[0].state);
	EXPECT_EQ(0, census.n_pages);
	census_free(&census);
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

/* Bits and figures are of one walk, so they are equal also while the process changes. */
TEST_F(churn, bits_are_figures)
{
	const uint64_t until = now_ms() + 1500;
	unsigned int whole = 0, partial = 0, without = 0;
	unsigned long long pages_seen = 0;
	struct census census;

	do {
		struct census_error error = {};
		const char *wrong;
		uint8_t state;

		ASSERT_EQ(0, waitpid(self->pid, NULL, WNOHANG))
			TH_LOG("the process ended");
		ASSERT_EQ(0, bitmaps_take(self->pid, 0, 0, &census, &error))
			TH_LOG("%s", error.text);
		ASSERT_TRUE(census_is_whole(&census));
		ASSERT_GE(1, census.n_tasks);
		state = census.n_tasks ? census.tasks[0].state : MEMCENSUS_STATE_VANISHED;
		if (state == MEMCENSUS_STATE_BUSY || state == MEMCENSUS_STATE_VANISHED) {
			without++;
			ASSERT_EQ(0, census.n_pages);
			ASSERT_EQ(0, census.n_vmas);
		} else {
			whole += state == MEMCENSUS_STATE_WALKED;
			partial += state == MEMCENSUS_STATE_PARTIAL;
			wrong = bitmaps_unsound(&census);
			ASSERT_EQ(NULL, wrong)
				TH_LOG("%s", wrong);
			EXPECT_EQ(state == MEMCENSUS_STATE_WALKED, census.pages_end == -PAGE);
			pages_seen += bitmaps_between(&census, 0, UINT64_MAX).resident;
		}
		census_free(&census);
	} while (now_ms() < until || whole + partial < 5);
	diag("%u whole, %u partial, %u without; %llu pages", whole, partial, without,
	     pages_seen);
	EXPECT_LT(0, pages_seen);
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
