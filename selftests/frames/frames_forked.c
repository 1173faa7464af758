// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: scattered pages that a family of processes shares by fork, so that the
 * census keeps tables instead of marks. Members write, unmap, protect and fork again; each
 * figure is the test's own count, also by groups and in slices, and the memory for counting
 * is a fraction of that of the tables.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest.h"

#include "owners/counted.h"
#include "ko.h"
#include "memory/zram.h"

#define MEMBERS_MAX	30
#define PTE_BYTES	8
#define PTES		(PAGE / PTE_BYTES)
#define KEPT_OWNERS	"/sys/module/memcensus/parameters/kept_owners"
#define RW		(PROT_READ | PROT_WRITE)

/* 16 tables with pages of 4 KiB, 4 with pages of 16 KiB */
static const unsigned long pages = 16 * 512;

static unsigned long seed;

static unsigned long random_below(unsigned long limit)
{
	seed = seed * 6364136223846793005UL + 1442695040888963407UL;
	return (seed >> 33) % limit;
}

/*
 * Touched in random order, so that neighbours in memory are not neighbours here, except for runs
 * of this length.
 */
static void write_scattered(char *at, unsigned long all, unsigned long run)
{
	unsigned long nr = all / run, i;
	unsigned int *order = malloc(nr * sizeof(*order));

	need(order, "malloc");
	for (i = 0; i < nr; i++) {
		unsigned long j = random_below(i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	for (i = 0; i < nr; i++)
		write_pages(at + order[i] * run * PAGE, run);
	free(order);
}

static void write_random(char *at, unsigned long nr)
{
	while (nr--)
		at[random_below(pages) * PAGE] = 2;
}

struct family {
	volatile pid_t pids[MEMBERS_MAX + 1];
	unsigned long run;
	unsigned int members;
	unsigned int number;
	bool swap;
};

static void grandchild(void *arg)
{
	write_random(PLACE(0), 200);
}

/* Each member does to the common pages something else. */
static void member(void *arg)
{
	struct family *family = arg;
	char *at = PLACE(0);

	seed = family->number;
	switch (family->number) {
	case 1:
		need(!munmap(at + 700 * PAGE, 300 * PAGE), "munmap");
		break;
	case 2:
		need(!mprotect(at + 100 * PAGE, 50 * PAGE, PROT_NONE), "PROT_NONE");
		break;
	case 3:
		need(!madvise(at + 512 * PAGE, 400 * PAGE, MADV_DONTNEED), "MADV_DONTNEED");
		read_pages(at + 600 * PAGE, 10);
		break;
	case 4:
		write_random(at, pages / 2);
		break;
	case 5:
		need(mremap(at, 512 * PAGE, 512 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			    PLACE(1)) == PLACE(1), "mremap");
		break;
	case 6:
		write_random(at, 1000);
		family->pids[MEMBERS_MAX] = child_start(grandchild, NULL);
		need(family->pids[MEMBERS_MAX] > 0, "grandchild");
		break;
	case 7:
		write_pages(at + 1024 * PAGE, 100);
		if (family->swap)
			page_out(at + 1024 * PAGE, 100);
		break;
	default:
		write_random(at, pages / 100);
	}
}

static void parent(void *arg)
{
	struct family *family = arg;

	seed = 88172645463325252UL;
	write_scattered(map_private(PLACE(0), pages * PAGE), pages, family->run);
	for (family->number = 1; family->number < family->members; family->number++) {
		pid_t pid = child_start(member, family);

		need(pid > 0, "child");
		family->pids[family->number] = pid;
		write_random(PLACE(0), 10);
	}
}

FIXTURE(forked)
{
	struct family *family;
	pid_t parent, filler;
	bool reload;
};

FIXTURE_VARIANT(forked)
{
	unsigned long run;
	unsigned int members;
};

/* More masks than an image takes: each table is kept at once. */
FIXTURE_VARIANT_ADD(forked, single)
{
	.run = 1,
	.members = 20,
};

/* Fewer: a table is kept when some members were met. */
FIXTURE_VARIANT_ADD(forked, runs)
{
	.run = 4,
	.members = MEMBERS_MAX,
};

/* The walk does not look at each entry. */
FIXTURE_VARIANT_ADD(forked, long_runs)
{
	.run = 16,
	.members = MEMBERS_MAX,
};

FIXTURE_SETUP(forked)
{
	size_t size = (sizeof(*self->family) + PAGE - 1) / PAGE * PAGE;
	const char *why = zram_on();

	ASSERT_TRUE(!why || !why[0])
		TH_LOG("zram: %s", why);
	self->family = mmap(NULL, size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->family);
	self->family->swap = !why;
	self->family->run = variant->run;
	self->family->members = variant->members;
	self->parent = child_start(parent, self->family);
	ASSERT_LT(0, self->parent);
	self->family->pids[0] = self->parent;
}

FIXTURE_TEARDOWN(forked)
{
	bool swap = self->family->swap;

	/* The others die with their parents. */
	child_end(self->parent);
	if (self->filler > 0)
		child_end(self->filler);
	if (swap)
		EXPECT_TRUE(zram_off());
	if (!self->reload)
		return;
	if (ko_is_loaded())
		EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

TEST_F(forked, is_exact)
{
	EXPECT_EQUAL_OWNERS();
}

/*
 * A table kept for each member would take more, and a mark of each single page twice as much.  Of
 * runs a third of the members at least finds its tables.
 */
TEST_F(forked, takes_little_memory)
{
	const uint64_t tables = variant->members * pages * PTE_BYTES;
	const long kept = read_number(KEPT_OWNERS);
	struct census census;

	ASSERT_FRAMES_OF_ALL(&census);
	EXPECT_EQ(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	EXPECT_GT(tables, census.scan[MEMCENSUS_SCAN_MEMORY]);
	diag("%llu KiB; the tables of all members are %llu",
	     (unsigned long long)census.scan[MEMCENSUS_SCAN_MEMORY] >> 10,
	     (unsigned long long)tables >> 10);
	if (kept < 0)
		diag("module is built without CENSUS_CHECK=1: the tables found are unknown");
	else
		EXPECT_LT(kept + (long)(tables / PTE_BYTES / PTES / 3), read_number(KEPT_OWNERS));
	census_free(&census);
}

/* The member that lost its pages during the census is no owner: here, before it. */
TEST_F(forked, members_end)
{
	int i;

	for (i = 8; i < 14; i++)
		kill(self->family->pids[i], SIGKILL);
	sleep_ms(100);
	EXPECT_EQUAL_OWNERS();
}

/*
 * A table that is kept, of one mapping: pages that were only read, which map the zero page,
 * before those that are shared and those that are exclusive.
 */
static const unsigned long zeros = 140, written = 512 - 140, again = 52;

static void zeros_first(void *arg)
{
	char *at = map_private(PLACE(0), 512 * PAGE);
	unsigned int i;

	read_pages(at, zeros);
	/* 101 and 372 have no common divisor: each page once, and neighbours far apart. */
	for (i = 0; i < written; i++)
		at[(zeros + i * 101UL % written) * PAGE] = 1;
	need(child_start((void (*)(void *))child_stop, NULL) > 0, "child");
	write_pages(at + (512 - again) * PAGE, again);
}

TEST(zero_pages_before)
{
	struct census census;
	pid_t pid = child_start(zeros_first, NULL);

	ASSERT_LT(0, pid);
	ASSERT_FRAMES(&pid, 1, &census);
	EXPECT_PLACED(written, &census, pid, RSS);
	EXPECT_PLACED(written, &census, pid, FRAMES);
	EXPECT_PLACED(again, &census, pid, USS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pid);
}

/*
 * Tables of one owner are kept, because it had a child, and a part of one has marks in the same
 * blocks. It is killed at a later point of each census, as long as one without it takes:
 * then its pages have no owner. Until some were killed in their walk.
 */
#define POINTS	60
#define TRIES	(4 * POINTS)
#define ENOUGH	3

static void had_a_child(void *arg)
{
	const unsigned long nr = 2 * pages + 200;
	pid_t pid;

	write_scattered(map_private(PLACE(0), nr * PAGE), nr, 1);
	pid = fork();
	if (!pid)
		_exit(0);
	need(pid > 0 && waitpid(pid, NULL, 0) == pid, "child");
}

struct end {
	pid_t pid;
	unsigned int us;
};

static void *end_later(void *arg)
{
	const struct end *end = arg;

	usleep(end->us);
	kill(end->pid, SIGKILL);
	return NULL;
}

TEST(owner_ends_during_the_walk)
{
	struct census census;
	unsigned int i, left = 0;
	pthread_t thread;
	uint64_t wall;

	ASSERT_FRAMES_OF_ALL(&census);
	wall = census.scan[MEMCENSUS_SCAN_WALL_NS];
	census_free(&census);
	for (i = 0; i < TRIES && left < ENOUGH; i++) {
		struct end end = {
			.pid = child_start(had_a_child, NULL),
			.us = wall * (i % POINTS) / POINTS / 1000,
		};

		ASSERT_LT(0, end.pid);
		ASSERT_EQ(0, pthread_create(&thread, NULL, end_later, &end));
		ASSERT_FRAMES_OF_ALL(&census);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		left += census.scan[MEMCENSUS_SCAN_VANISHED];
		census_free(&census);
		child_end(end.pid);
	}
	diag("%u of %u ended before their walk did", left, i);
	EXPECT_LT(0, left);
	EXPECT_EQUAL_OWNERS();
}

/* Single pages of a file, far apart: about 200 bytes of counting memory for each. */
static void sparse(void *arg)
{
	const size_t nr = 12000, stride = 512;
	int fd = memfd("sparse", nr * stride);
	char *at = map(PLACE(0), nr * stride * PAGE, RW, MAP_SHARED, fd, 0);
	size_t i;

	for (i = 0; i < nr; i++)
		at[i * stride * PAGE] = 1;
}

/*
 * Each slice uses more than half of the memory, and leaves it to the next one, and to the next
 * census. Tables with more than 256 masks are kept in all of them.
 */
TEST_F(forked, in_slices)
{
	long kept = read_number(KEPT_OWNERS), in_one_slice;
	struct census census;
	uint64_t slices;
	int i;

	ASSERT_FRAMES_OF_ALL(&census);
	EXPECT_EQ(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	census_free(&census);
	in_one_slice = read_number(KEPT_OWNERS) - kept;
	self->filler = child_start(sparse, NULL);
	ASSERT_LT(0, self->filler);
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	self->reload = true;
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load("max_mem=1048576"));
	for (i = 0; i < 2; i++) {
		kept = read_number(KEPT_OWNERS);
		ASSERT_FRAMES_OF_ALL(&census);
		slices = census.scan[MEMCENSUS_SCAN_SLICES];
		EXPECT_LT(1, slices);
		census_free(&census);
		diag("%llu slices", (unsigned long long)slices);
		/* Else the module is built without CENSUS_CHECK=1. */
		if (kept >= 0 && variant->run == 1)
			EXPECT_LE((long)slices * (in_one_slice - in_one_slice / 10),
				  read_number(KEPT_OWNERS) - kept);
	}
	EXPECT_EQUAL_OWNERS();
}

TEST_HARNESS_MAIN
