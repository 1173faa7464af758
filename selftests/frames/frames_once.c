// SPDX-License-Identifier: GPL-2.0
/*
 * An address space owns a frame once, even if it maps the frame
 * several times or several processes run in it.
 */
#include <sched.h>
#include <signal.h>

#include "selftest.h"

#include "owners/counted.h"

#define RW		(PROT_READ | PROT_WRITE)

static const unsigned long pages = 96;

struct memfd_case {
	int fd;
	unsigned int times;
};

static void map_times(const struct memfd_case *c, unsigned int place)
{
	unsigned int i;

	for (i = 0; i < c->times; i++)
		write_pages(map(PLACE(place + i), pages * PAGE, RW, MAP_SHARED,
				c->fd, 0), pages);
}

/* A rehearsal first, so that the second run adds only these pages. */
static void practise_and_map(void *arg)
{
	const struct memfd_case *c = arg;
	unsigned int i;

	map_times(c, 8);
	for (i = 0; i < c->times; i++)
		need(!munmap(PLACE(8 + i), pages * PAGE), "munmap");
	child_stop();
	map_times(c, 0);
}

FIXTURE(memfd)
{
	struct memfd_case c;
	pid_t pids[2];
};

FIXTURE_VARIANT(memfd)
{
	unsigned int times;
};

FIXTURE_VARIANT_ADD(memfd, mapped_twice) { 2 };
FIXTURE_VARIANT_ADD(memfd, mapped_three_times) { 3 };

FIXTURE_SETUP(memfd)
{
	self->pids[1] = -1;
	self->c = (struct memfd_case) { memfd("once", pages), variant->times };
	self->pids[0] = child_start(practise_and_map, &self->c);
	ASSERT_LT(0, self->pids[0]);
}

FIXTURE_TEARDOWN(memfd)
{
	child_end(self->pids[0]);
	child_end(self->pids[1]);
}

/* In a census of all processes, which has no mappings. */
TEST_F(memfd, among_all)
{
	const unsigned long mapped = variant->times * pages;
	const struct census_task *task;
	struct census census;
	uint64_t rss, frames, shmem;

	ASSERT_FRAMES_OF_ALL(&census);
	task = census_task_of(&census, self->pids[0]);
	ASSERT_NE(NULL, task);
	rss = task->f.value[MEMCENSUS_F_RSS];
	frames = task->f.value[MEMCENSUS_F_FRAMES];
	shmem = task->f.value[MEMCENSUS_F_SHMEM];
	census_free(&census);

	ASSERT_TRUE(child_next(self->pids[0]));
	ASSERT_FRAMES_OF_ALL(&census);
	task = census_task_of(&census, self->pids[0]);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(rss + mapped * PAGE, figure(&task->f, MEMCENSUS_F_RSS));
	EXPECT_EQ(shmem + mapped * PAGE, figure(&task->f, MEMCENSUS_F_SHMEM));
	EXPECT_EQ(frames + pages * PAGE, figure(&task->f, MEMCENSUS_F_FRAMES));
	EXPECT_LE(pages * PAGE, figure(&task->f, MEMCENSUS_F_USS));
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

/* A frame counts in one of the mappings; their sum is exact. */
TEST_F(memfd, mapping_by_mapping)
{
	const pid_t pid = self->pids[0];
	const struct census_vma *vma;
	struct census census;
	unsigned int i;

	ASSERT_TRUE(child_next(pid));
	ASSERT_FRAMES(&pid, 1, &census);
	for (i = 0; i < variant->times; i++) {
		ASSERT_FRAMES_VMA(&census, pid, PLACE(i), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, SHMEM);
		EXPECT_PAGES(0, vma, SHARED);
	}
	EXPECT_PLACED(variant->times * pages, &census, pid, RSS);
	EXPECT_PLACED(pages, &census, pid, FRAMES);
	EXPECT_PLACED(pages, &census, pid, USS);
	EXPECT_PLACED(pages, &census, pid, PSS);
	census_free(&census);

	/* By map counts, as in smaps, no process holds it exclusively. */
	for (i = 0; i < variant->times; i++) {
		EXPECT_EQ(pages * PAGE, smaps_bytes_at(pid, PLACE(i), MEMCENSUS_F_RSS));
		EXPECT_EQ(pages * PAGE, smaps_bytes_at(pid, PLACE(i), MEMCENSUS_F_SHARED));
		EXPECT_EQ(0, smaps_bytes_at(pid, PLACE(i), MEMCENSUS_F_USS));
	}
	EXPECT_EQUAL_SMAPS(pid);
}

/* Two owners, for any map count. */
TEST_F(memfd, and_by_another)
{
	struct memfd_case once = { self->c.fd, 1 };
	const unsigned int times[2] = { variant->times, 1 };
	struct census census;
	unsigned int i;

	self->pids[1] = child_start(practise_and_map, &once);
	ASSERT_LT(0, self->pids[1]);
	ASSERT_TRUE(child_next(self->pids[0]));
	ASSERT_TRUE(child_next(self->pids[1]));
	ASSERT_FRAMES(self->pids, 2, &census);
	for (i = 0; i < 2; i++) {
		const pid_t pid = self->pids[i];

		EXPECT_PLACED(times[i] * pages, &census, pid, RSS);
		EXPECT_PLACED(pages, &census, pid, FRAMES);
		EXPECT_PLACED(pages, &census, pid, SHARED);
		EXPECT_PLACED(pages / 2, &census, pid, PSS);
		EXPECT_PLACED(0, &census, pid, USS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

/* Overlapping halves, and copies of some pages. */
static const unsigned long overlap = 32, copied = 10;

static void map_windows(void *arg)
{
	const int fd = *(int *)arg;
	const size_t half = pages / 2;
	char *at;

	write_pages(map(PLACE(0), (half + overlap) * PAGE, RW, MAP_SHARED, fd,
			0), half + overlap);
	write_pages(map(PLACE(1), half * PAGE, RW, MAP_SHARED, fd,
			half * PAGE), half);
	at = map(PLACE(2), half * PAGE, RW, MAP_PRIVATE, fd, half * PAGE);
	read_pages(at, half);
	write_pages(at, copied);
}

TEST(windows_that_overlap)
{
	int fd = memfd("windows", pages);
	struct census census;
	pid_t pid;

	pid = child_start(map_windows, &fd);
	ASSERT_LT(0, pid);
	ASSERT_FRAMES(&pid, 1, &census);
	EXPECT_PLACED(3 * pages / 2 + overlap, &census, pid, RSS);
	EXPECT_PLACED(pages + copied, &census, pid, FRAMES);
	EXPECT_PLACED(pages + copied, &census, pid, USS);
	EXPECT_PLACED(copied, &census, pid, ANON);
	EXPECT_PLACED(copied, &census, pid, PSS_ANON);
	EXPECT_PLACED(pages, &census, pid, PSS_SHMEM);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pid);
}

/* Two processes map one frame in many mappings each. */
static const unsigned int mappings = 256;

static void map_page(void *arg)
{
	unsigned int i;

	for (i = 0; i < mappings; i++)
		write_pages(map(PLACE(0) + i * PAGE, PAGE, RW, MAP_SHARED,
				*(int *)arg, 0), 1);
}

TEST(many_mappings)
{
	int fd = memfd("page", 1), i;
	struct census census;
	pid_t pids[2];

	for (i = 0; i < 2; i++) {
		pids[i] = child_start(map_page, &fd);
		ASSERT_LT(0, pids[i]);
	}
	ASSERT_FRAMES(pids, 2, &census);
	for (i = 0; i < 2; i++) {
		EXPECT_LT(mappings, census.n_vmas / 2);
		EXPECT_PLACED(mappings, &census, pids[i], RSS);
		EXPECT_PLACED(1, &census, pids[i], FRAMES);
		EXPECT_PLACED(1, &census, pids[i], SHARED);
		EXPECT_PLACED(0, &census, pids[i], USS);
		EXPECT_PLACED_SHARE(share(1, 2), &census, pids[i], PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(pids[0]);
	child_end(pids[1]);
}

/* A process, its CLONE_VM peer, and a child: two address spaces. */
struct peers {
	volatile pid_t peer, child;
};

static struct peers *both;

static int be_peer(void *arg)
{
	for (;;)
		pause();
	return 0;
}

static void peer_parent(void *arg)
{
	static char stack[65536]
		__attribute__((aligned(16)));
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, pages);
	both->child = child_start((void (*)(void *))child_stop, NULL);
	need(both->child > 0, "child");
	write_pages(at, copied);
	both->peer = clone(be_peer, stack + sizeof(stack), CLONE_VM | SIGCHLD,
			   NULL);
	need(both->peer > 0, "clone");
}

FIXTURE(peers)
{
	pid_t pids[3];
};

FIXTURE_SETUP(peers)
{
	both = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, both);
	self->pids[0] = child_start(peer_parent, NULL);
	ASSERT_LT(0, self->pids[0]);
	self->pids[1] = both->child;
	self->pids[2] = both->peer;
}

FIXTURE_TEARDOWN(peers)
{
	kill(self->pids[2], SIGKILL);
	child_end(self->pids[0]);
}

TEST_F(peers, once)
{
	const struct census_task *task;
	struct census census;
	size_t i, n;

	ASSERT_FRAMES(self->pids, 3, &census);
	EXPECT_EQ(2, census.n_tasks);
	for (i = 0; i < 2; i++) {
		const pid_t pid = self->pids[i];

		EXPECT_PLACED(pages, &census, pid, FRAMES);
		EXPECT_PLACED(copied, &census, pid, USS);
		EXPECT_PLACED(copied + (pages - copied) / 2, &census, pid, PSS);
	}
	census_free(&census);

	ASSERT_FRAMES_OF_ALL(&census);
	for (n = i = 0; i < census.n_tasks; i++)
		n += census.tasks[i].pid == (uint32_t)self->pids[0] ||
		     census.tasks[i].pid == (uint32_t)self->pids[2];
	EXPECT_EQ(1, n);
	task = census_task_of(&census, self->pids[2]);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(self->pids[0], task->pid);
	census_free(&census);
}

/*
 * The process that a record is of goes: by the kernel's books its child is the owner now, although
 * the other one that shares the address space, which is no child of it, has the lower PID.
 */
static struct heirs {
	volatile pid_t brother, child;
} *heirs;

static void leave_heirs(void *arg)
{
	static char stacks[2][65536] __attribute__((aligned(16)));

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	heirs->brother = clone(be_peer, stacks[0] + sizeof(stacks[0]),
			       CLONE_VM | CLONE_PARENT | SIGCHLD, NULL);
	heirs->child = clone(be_peer, stacks[1] + sizeof(stacks[1]), CLONE_VM | SIGCHLD, NULL);
	need(heirs->brother > 0 && heirs->child > 0, "clone");
}

TEST(owner_of_the_kernel)
{
	const struct census_task *task;
	struct census census;
	pid_t pid;

	if (system("grep -q '^memory' /proc/cgroups"))
		SKIP(return, "kernel has no memory cgroups and does not know owners");
	heirs = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, heirs);
	pid = child_start(leave_heirs, NULL);
	ASSERT_LT(0, pid);
	child_end(pid);
	ASSERT_FRAMES_OF_ALL(&census);
	EXPECT_LT(heirs->brother, heirs->child);
	task = census_task_of(&census, heirs->brother);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(heirs->child, task->pid);
	EXPECT_EQ(task, census_task_of(&census, heirs->child));
	census_free(&census);
	kill(heirs->child, SIGKILL);
	child_end(heirs->brother);
}

TEST_F(peers, beside_pagemap)
{
	if (!owners_kcmp())
		SKIP(return, "kernel has no kcmp to tell CLONE_VM peers by");
	EXPECT_EQUAL_OWNERS();
}

TEST_HARNESS_MAIN
