// SPDX-License-Identifier: GPL-2.0
/* Memory swapped out to zram: private, shared after fork, and shmem. */
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selftest.h"

#include "memory/zram.h"
#include "owners/counted.h"
#include "smaps/smaps.h"

#define RW		(PROT_READ | PROT_WRITE)

static const unsigned long pages = 256, back = 40;

FIXTURE(zram)
{
	bool on;
	pid_t pid;
};

FIXTURE_SETUP(zram)
{
	self->pid = -1;
	NEED_ZRAM();
	self->on = true;
}

FIXTURE_TEARDOWN(zram)
{
	child_end(self->pid);
	if (!self->on)
		return;
	EXPECT_TRUE(zram_off());
}

static void private(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, pages);
	page_out(at, pages);
	write_pages(at, back);
}

TEST_F(zram, private)
{
	const unsigned long out = pages - back;
	const struct census_vma *vma;
	struct census census;

	if (!self->on)
		return;
	self->pid = child_start(private, NULL);
	ASSERT_LT(0, self->pid);
	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, VSS);
	EXPECT_PAGES(back, vma, RSS);
	EXPECT_PAGES(back, vma, USS);
	EXPECT_PAGES(out, vma, SWAP);
	EXPECT_PAGES(out, vma, SWAP_PSS);
	EXPECT_PAGES(out, census.tasks, SWAP);
	EXPECT_PAGES(0, vma, SPECIAL);
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
}

static void fork_child(void *arg)
{
	write_pages(PLACE(0), back);
}

static void fork_parent(void *arg)
{
	volatile pid_t *word = arg;
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, pages);
	page_out(at, pages);
	*word = child_start(fork_child, NULL);
	need(*word > 0, "child");
}

/* A slot with two owners counts half for each; after swap-in by one, whole. */
TEST_F(zram, shared_after_fork)
{
	const unsigned long both = pages - back;
	volatile pid_t *word;
	const struct census_vma *vma;
	struct census census;

	if (!self->on)
		return;
	word = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, word);
	self->pid = child_start(fork_parent, (void *)word);
	ASSERT_LT(0, self->pid);

	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_PAGES(pages, vma, SWAP);
	EXPECT_PAGES(back + both / 2, vma, SWAP_PSS);
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);

	ASSERT_CENSUS(*word, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(back, vma, RSS);
	EXPECT_PAGES(both, vma, SWAP);
	EXPECT_PAGES(both / 2, vma, SWAP_PSS);
	EXPECT_EQUAL_SMAPS(*word);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
}

static void shmem(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0);

	write_pages(at, pages);
	page_out(at, pages);
	write_pages(at, back);
}

/* smaps counts swapped pages of shared memory, but gives no share of them. */
TEST_F(zram, shmem)
{
	int fd = memfd("swapped", pages);
	const struct census_vma *vma;
	struct census census;

	if (!self->on)
		return;
	self->pid = child_start(shmem, &fd);
	ASSERT_LT(0, self->pid);
	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(back, vma, RSS);
	EXPECT_PAGES(back, vma, SHMEM);
	EXPECT_PAGES(pages - back, vma, SWAP);
	EXPECT_PAGES(0, vma, SWAP_PSS);
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
}

static void shmem_private(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0);

	write_pages(at, pages);
	page_out(at, pages);
	need(!munmap(at, pages * PAGE), "munmap");
	at = map(PLACE(0), pages * PAGE, RW, MAP_PRIVATE, *(int *)arg, 0);
	write_pages(at, back);
}

#define EXPECT_SWAP_UNKNOWN(record) \
	EXPECT_EQ(FIGURE_UNKNOWN, figure(&(record)->f, MEMCENSUS_F_SWAP))

/*
 * Copies in a private mapping hide swapped-out pages of the memfd below: a census does not look
 * where, and does not know.
 */
TEST_F(zram, shmem_below_copies)
{
	int fd = memfd("below", pages);
	const struct census_vma *vma;
	struct census census;

	if (!self->on)
		return;
	self->pid = child_start(shmem_private, &fd);
	ASSERT_LT(0, self->pid);
	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(back, vma, RSS);
	EXPECT_PAGES(back, vma, ANON);
	EXPECT_SWAP_UNKNOWN(vma);
	EXPECT_SWAP_UNKNOWN(census.tasks);
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
}

/* Of the pages from @first on, those that shmem_parts() leaves in swap. */
static unsigned long out_of(unsigned long first, unsigned long nr)
{
	unsigned long i, n = 0;

	for (i = first; i < first + nr; i++)
		n += i >= back && i != 150;
	return n;
}

static const struct {
	unsigned long first, nr;
	int prot, flags;
} parts[] = {
	{ 10, 240, RW, MAP_SHARED },
	{ 200, 56, PROT_READ, MAP_SHARED },
	{ 30, 65, PROT_READ, MAP_PRIVATE },
	{ 0, 150, PROT_READ, MAP_SHARED },
	{ 151, 100, RW, MAP_PRIVATE },
	{ 20, 200, RW, MAP_PRIVATE },
	{ 0, 256, RW, MAP_PRIVATE },
	{ 140, 60, RW, MAP_PRIVATE },
};

static void shmem_parts(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0);
	unsigned int i;

	write_pages(at, pages);
	page_out(at, pages);
	write_pages(at, back);
	write_pages(at + 150 * PAGE, 1);
	need(!munmap(at, pages * PAGE), "munmap");
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		map(PLACE(1 + i), parts[i].nr * PAGE, parts[i].prot, parts[i].flags,
		    *(int *)arg, parts[i].first * PAGE);
}

/* Mappings of parts of one file, all below the size that is looked at in any case. */
TEST_F(zram, shmem_parts)
{
	int fd = memfd("parts", pages);
	const struct census_vma *vma;
	struct census census;
	unsigned int i;

	if (!self->on)
		return;
	self->pid = child_start(shmem_parts, &fd);
	ASSERT_LT(0, self->pid);
	ASSERT_CENSUS(self->pid, &census);
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		ASSERT_VMA(&census, PLACE(1 + i), vma);
		if (parts[i].flags == MAP_PRIVATE && parts[i].prot & PROT_WRITE) {
			EXPECT_SWAP_UNKNOWN(vma);
		} else {
			EXPECT_PAGES(out_of(parts[i].first, parts[i].nr), vma, SWAP)
				TH_LOG("part %u", i);
		}
		EXPECT_PAGES(0, vma, RSS);
	}
	EXPECT_SWAP_UNKNOWN(census.tasks);
	EXPECT_EQUAL_SMAPS(self->pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
}

/* Slots of a file's page cache that are looked at for a mapping of which no entry was read */
#define LOOKED_AT 512UL

static const struct {
	unsigned long nr;
	bool has_tables;
} looked[] = { { LOOKED_AT, false }, { 3 * LOOKED_AT, false }, { 3 * LOOKED_AT, true } };

static void shmem_looked(void *arg)
{
	unsigned long most = 3 * LOOKED_AT, i;
	const int fd = memfd("looked", most + 1);
	char *at;

	for (i = ARRAY_SIZE(looked); i--;) {
		at = map(PLACE(i), looked[i].nr * PAGE, RW, MAP_SHARED, fd, PAGE);
		if (looked[i].has_tables) {
			write_pages(at, most);
			page_out(at, most);
		}
	}
}

/* What is looked at of a part follows the entries that the walk has read of it. */
TEST_F(zram, shmem_looked)
{
	const struct census_vma *vma;
	struct census census;
	unsigned int i;

	if (!self->on)
		return;
	self->pid = child_start(shmem_looked, NULL);
	ASSERT_LT(0, self->pid);
	ASSERT_CENSUS(self->pid, &census);
	for (i = 0; i < ARRAY_SIZE(looked); i++) {
		ASSERT_VMA(&census, PLACE(i), vma);
		EXPECT_PAGES(0, vma, RSS);
		EXPECT_EQ(looked[i].nr > LOOKED_AT && !looked[i].has_tables ? FIGURE_UNKNOWN :
			  looked[i].nr * PAGE, figure(&vma->f, MEMCENSUS_F_SWAP));
	}
	EXPECT_SWAP_UNKNOWN(census.tasks);
	EXPECT_EQUAL_SMAPS(self->pid);
	census_free(&census);
}

/* Half in memory, so that the walk pauses there, and half in swap */
static const unsigned long half = 1024;

/* Of eight pages one is in no file: so what is read of it ahead of the walk ends with no table. */
#define IN_SWAP (half - half / 8)

static void shmem_splits(void *arg)
{
	char *at = map(PLACE(0), 2 * half * PAGE, RW, MAP_SHARED, *(int *)arg, 0);
	unsigned long i;

	for (i = 0; i < 2 * half; i++)
		if (i % 8)
			at[i * PAGE] = 1;
	page_out(at + half * PAGE, half);
	child_stop();
	for (;;) {
		need(!mprotect(at + half * PAGE, half * PAGE, PROT_READ), "split");
		usleep(50);
		need(!mprotect(at + half * PAGE, half * PAGE, RW), "merge");
		usleep(50);
	}
}

/* A mapping that is one or two when the walk reaches it, and two or one when it goes on */
static void run_splits(struct __test_metadata *_metadata, pid_t *pid, int fd)
{
	int walked = 0, wrong = 0, i;
	unsigned long swap = IN_SWAP;
	struct census census;

	*pid = child_start(shmem_splits, &fd);
	ASSERT_LT(0, *pid);
	kill(*pid, SIGCONT);
	for (i = 0; i < 200; i++) {
		ASSERT_EQ(0, census_take_pid(*pid, &census, NULL));
		ASSERT_EQ(1, census.n_tasks);
		/* Else its lock was never available, or not to the end. */
		if (census.tasks->state == MEMCENSUS_STATE_WALKED) {
			walked++;
			if (figure(&census.tasks->f, MEMCENSUS_F_SWAP) != IN_SWAP * PAGE) {
				swap = figure(&census.tasks->f, MEMCENSUS_F_SWAP) / PAGE;
				wrong++;
			}
		}
		census_free(&census);
	}
	EXPECT_LT(0, walked);
	EXPECT_EQ(0, wrong) TH_LOG("%d of %d: %lu pages, not %lu", wrong, walked, swap, IN_SWAP);
}

/* All of a file, which tells by its counter */
TEST_F(zram, shmem_splits)
{
	if (self->on)
		run_splits(_metadata, &self->pid, memfd("splits", 2 * half));
}

/* A part of a file, of which the page cache is looked at after each lock hold */
TEST_F(zram, shmem_part_splits)
{
	if (self->on)
		run_splits(_metadata, &self->pid, memfd("splits", 2 * half + 1));
}

#define WITHIN 16UL

static void shmem_within(void *arg)
{
	char *at = map(PLACE(0), 2 * half * PAGE, RW, MAP_SHARED, ((int *)arg)[0], 0);
	char *within = at + half / 2 * PAGE;
	const int *fd = arg;

	write_pages(at, 2 * half);
	page_out(at + half * PAGE, half);
	map(PLACE(1), WITHIN * PAGE, RW, MAP_SHARED, fd[1], 0);
	write_pages(PLACE(1), WITHIN);
	page_out(PLACE(1), WITHIN);
	need(!munmap(PLACE(1), WITHIN * PAGE), "munmap");
	child_stop();
	for (;;) {
		need(mmap(within, WITHIN * PAGE, RW, MAP_SHARED | MAP_FIXED, fd[1], 0) == within,
		     "into the middle");
		usleep(50);
		need(mmap(within, WITHIN * PAGE, RW, MAP_SHARED | MAP_FIXED, fd[0],
			  (off_t)(half / 2 * PAGE)) == within, "back");
		usleep(50);
	}
}

/* All of another file in the middle of a mapping of which all that is in swap counts already */
TEST_F(zram, shmem_within)
{
	int fd[2] = { memfd("around", 2 * half), memfd("within", WITHIN) };
	int met = 0, wrong = 0, i;
	unsigned long swap = 0;
	struct census census;

	if (!self->on)
		return;
	self->pid = child_start(shmem_within, fd);
	ASSERT_LT(0, self->pid);
	kill(self->pid, SIGCONT);
	for (i = 0; i < 200; i++) {
		ASSERT_EQ(0, census_take_pid(self->pid, &census, NULL));
		ASSERT_EQ(1, census.n_tasks);
		if (census.tasks->state == MEMCENSUS_STATE_WALKED) {
			swap = figure(&census.tasks->f, MEMCENSUS_F_SWAP) / PAGE;
			met += swap == half + WITHIN;
			if (swap != half && swap != half + WITHIN && !wrong++)
				TH_LOG("%lu pages, not %lu or %lu", swap, half, half + WITHIN);
		}
		census_free(&census);
	}
	EXPECT_LT(0, met);
	EXPECT_EQ(0, wrong);
}

/* No table below it is sure to be there: so it is not more than what is looked at in any case. */
#define OVER 400UL

static void shmem_replaced(void *arg)
{
	const int *fd = arg;
	char *at, *upper = PLACE(0) + (2 * half - OVER) * PAGE;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		at = map(PLACE(i), 2 * half * PAGE, RW, MAP_SHARED, fd[i], 0);
		write_pages(at, 2 * half);
		page_out(at + half * PAGE, half);
	}
	need(!munmap(PLACE(1), 2 * half * PAGE), "munmap");
	child_stop();
	for (;;) {
		for (i = 2; i--;) {
			need(mmap(upper, OVER * PAGE, RW, MAP_SHARED | MAP_FIXED, fd[i],
				  (off_t)((2 * half - OVER) * PAGE)) == upper, "over the end");
			usleep(50);
		}
	}
}

/* A file that takes the place of another one, of which all that is in swap counted already */
TEST_F(zram, shmem_replaced)
{
	int fd[2] = { memfd("first", 2 * half), memfd("second", 2 * half) }, met = 0, i;
	const struct census_vma *vma;
	struct census census;
	struct stat second;

	if (!self->on)
		return;
	ASSERT_EQ(0, fstat(fd[1], &second));
	self->pid = child_start(shmem_replaced, fd);
	ASSERT_LT(0, self->pid);
	kill(self->pid, SIGCONT);
	for (i = 0; i < 200; i++) {
		ASSERT_EQ(0, census_take_pid(self->pid, &census, NULL));
		ASSERT_EQ(1, census.n_tasks);
		vma = census_vma_at(&census, PLACE(0) + (2 * half - OVER) * PAGE);
		if (census.tasks->state == MEMCENSUS_STATE_WALKED && vma &&
		    vma->inode == second.st_ino) {
			met++;
			/* The first one may be back before the walk has passed all of it. */
			EXPECT_EQ(vma->end - vma->start, figure(&vma->f, MEMCENSUS_F_SWAP));
		}
		census_free(&census);
	}
	EXPECT_LT(0, met);
}

#define RANGE 100UL

static void shmem_huge(void *arg)
{
	int fd = memfd("huge", PER_HUGE);
	char *at = map(PLACE(0), HUGE, RW, MAP_SHARED, fd, 0), *copies;
	unsigned long i;

	need(!madvise(at, HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	write_pages(at, PER_HUGE);
	map(PLACE(1), RANGE * PAGE, RW, MAP_SHARED, fd, 10 * PAGE);
	copies = map(PLACE(2), RANGE * PAGE, RW, MAP_PRIVATE, fd, 10 * PAGE);
	for (i = 0; i < RANGE; i += 2)
		copies[i * PAGE] = 1;
	page_out(at, PER_HUGE);
}

/*
 * A huge page that may have gone to swap as one: then smaps has all of it for a mapping of a part.
 * Of such a mapping, what is mapped counts.
 */
TEST_F(zram, shmem_huge)
{
	const struct smaps_vma *theirs;
	const struct census_vma *vma;
	struct census census;
	struct smaps smaps;

	if (!self->on)
		return;
	if (HUGE > ZRAM_BYTES / 2)
		SKIP(return, "a huge page does not fit into the swap of the tests");
	if (!write_file(THP_SYS "shmem_enabled", "advise"))
		SKIP(return, "kernel has no huge pages in shmem");
	self->pid = child_start(shmem_huge, NULL);
	write_file(THP_SYS "shmem_enabled", "never");
	ASSERT_LT(0, self->pid);
	ASSERT_EQ(0, smaps_read(self->pid, &smaps));
	theirs = smaps_vma_at(&smaps, PLACE(1));
	ASSERT_NE(NULL, theirs);
	TH_LOG("smaps has %llu KiB in swap of %lu mapped",
	       (unsigned long long)theirs->f.value[MEMCENSUS_F_SWAP] / 1024, RANGE * PAGE / 1024);
	smaps_free(&smaps);
	ASSERT_CENSUS(self->pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(PER_HUGE, vma, SWAP);
	ASSERT_VMA(&census, PLACE(1), vma);
	EXPECT_PAGES(RANGE, vma, SWAP);
	ASSERT_VMA(&census, PLACE(2), vma);
	EXPECT_PAGES(RANGE / 2, vma, RSS);
	EXPECT_SWAP_UNKNOWN(vma);
	census_free(&census);
}

TEST_HARNESS_MAIN
