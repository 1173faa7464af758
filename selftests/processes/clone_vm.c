// SPDX-License-Identifier: GPL-2.0
/* Processes that share an address space, by vfork() or CLONE_VM. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "selftest.h"

static const unsigned long pages = 70;

struct pair {
	volatile pid_t peer;
	volatile bool ready;
};

static struct pair *pair;

FIXTURE(pair)
{
	pid_t pid;
};

FIXTURE_SETUP(pair)
{
	pair = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, pair);
	self->pid = -1;
}

FIXTURE_TEARDOWN(pair)
{
	if (pair->peer > 0)
		kill(pair->peer, SIGKILL);
	child_end(self->pid);
}

/* Expects one record with both, for either PID and in a census of all. */
static void expect_one_record(struct __test_metadata *_metadata, pid_t first,
			      pid_t peer)
{
	struct census_request all = {
		.basis = MEMCENSUS_BASIS_MAPCOUNT,
		.parts = MEMCENSUS_PART_TASKS,
	};
	const pid_t pids[2] = { first, peer };
	const struct census_task *task;
	const struct census_vma *vma;
	struct census census;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		EXPECT_EQ(first, census.tasks->pid);
		ASSERT_EQ(1, census.tasks->peers.n);
		EXPECT_EQ(peer, census.tasks->peers.v[0]);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_EQ(first, vma->pid);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, USS);
		EXPECT_PAGES(pages, vma, PSS);
		census_free(&census);
	}

	ASSERT_EQ(0, census_take(&all, &census, NULL));
	for (i = 0, task = census.tasks; task < census.tasks + census.n_tasks;
	     task++)
		i += task->pid == (uint32_t)first || task->pid == (uint32_t)peer;
	EXPECT_EQ(1, i);
	task = census_task_of(&census, peer);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(first, task->pid);
	census_free(&census);

	/* /proc reads the address space of the first thread. */
	if (process_state(first) != 'Z')
		EXPECT_EQUAL_SMAPS(first);
	EXPECT_EQUAL_SMAPS(peer);
}

/* The parent waits while its vfork() child runs in the same address space. */
static void vfork_parent(void)
{
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	pid = vfork();
	if (!pid) {
		pair->peer = getpid();
		pair->ready = true;
		for (;;)
			pause();
	}
	_exit(0);
}

TEST_F(pair, vfork_child)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		vfork_parent();
	self->pid = pid;
	while (!pair->ready)
		sleep_ms(1);
	ASSERT_TRUE(child_waits(pid));
	expect_one_record(_metadata, self->pid, pair->peer);
}

static int peer_body(void *arg)
{
	pair->ready = true;
	for (;;)
		pause();
	return 0;
}

static void clone_parent(void *arg)
{
	static char stack[65536]
		__attribute__((aligned(16)));

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	pair->peer = clone(peer_body, stack + sizeof(stack),
			   CLONE_VM | SIGCHLD, NULL);
	need(pair->peer > 0, "clone");
	while (!pair->ready)
		sleep_ms(1);
}

TEST_F(pair, clone_vm)
{
	self->pid = child_start(clone_parent, NULL);
	ASSERT_LT(0, self->pid);
	expect_one_record(_metadata, self->pid, pair->peer);
}

static void *last_thread(void *arg)
{
	while (process_state(getpid()) != 'Z')
		sleep_ms(1);
	child_stop();
	return NULL;
}

/* The first thread ends and stays, without an address space, until the last one does. */
static void clone_and_end(void *arg)
{
	pthread_t thread;

	clone_parent(arg);
	need(!pthread_create(&thread, NULL, last_thread, NULL), "thread");
	syscall(SYS_exit, 0);
}

TEST_F(pair, first_thread_has_ended)
{
	self->pid = child_start(clone_and_end, NULL);
	ASSERT_LT(0, self->pid);
	expect_one_record(_metadata, self->pid, pair->peer);
}

/* A request with several address spaces: each record has all its processes. */
TEST(many_are_named)
{
	enum { PAIRS = 5 };
	pid_t first[PAIRS], peer[PAIRS];
	uint32_t pids[2 * PAIRS];
	const struct census_request named = {
		.basis = MEMCENSUS_BASIS_MAPCOUNT,
		.parts = MEMCENSUS_PART_TASKS,
		.pids = pids,
		.n_pids = 2 * PAIRS,
	};
	const struct census_request by_frames = {
		.basis = MEMCENSUS_BASIS_FRAMES,
		.parts = MEMCENSUS_PART_TASKS,
		.pids = pids,
		.n_pids = 2 * PAIRS,
	};
	const struct census_request *requests[] = { &named, &by_frames };
	const struct census_task *task;
	struct census census;
	unsigned int i, j;

	pair = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, pair);
	for (i = 0; i < PAIRS; i++) {
		pair->ready = false;
		first[i] = child_start(clone_parent, NULL);
		ASSERT_LT(0, first[i]);
		peer[i] = pair->peer;
		/* In reverse order, and some by the PID of the peer. */
		pids[2 * (PAIRS - 1 - i)] = i & 1 ? first[i] : peer[i];
		pids[2 * (PAIRS - 1 - i) + 1] = i & 1 ? peer[i] : first[i];
	}
	for (j = 0; j < ARRAY_SIZE(requests); j++) {
		ASSERT_EQ(0, census_take(requests[j], &census, NULL));
		EXPECT_EQ(PAIRS, census.n_tasks);
		for (i = 0; i < PAIRS; i++) {
			task = census_task_of(&census, first[i]);
			ASSERT_NE(NULL, task);
			EXPECT_EQ(first[i], task->pid);
			ASSERT_EQ(1, task->peers.n);
			EXPECT_EQ(peer[i], task->peers.v[0]);
			EXPECT_LE(pages * PAGE,
				  figure(&task->f, MEMCENSUS_F_USS));
		}
		census_free(&census);
	}
	for (i = 0; i < PAIRS; i++) {
		kill(peer[i], SIGKILL);
		child_end(first[i]);
	}
}

/* After the exit of the first the other is the only process in the record. */
TEST_F(pair, first_has_exited)
{
	const struct census_vma *vma;
	struct census census;

	self->pid = child_start(clone_parent, NULL);
	ASSERT_LT(0, self->pid);
	child_end(self->pid);
	self->pid = -1;

	ASSERT_CENSUS(pair->peer, &census);
	EXPECT_EQ(pair->peer, census.tasks->pid);
	EXPECT_EQ(0, census.tasks->peers.n);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	census_free(&census);
	EXPECT_EQUAL_SMAPS(pair->peer);
}

TEST_HARNESS_MAIN
