// SPDX-License-Identifier: GPL-2.0
/* Thread groups, also one whose leader exits before the others. */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "selftest.h"

static const unsigned int threads = 4;
static const unsigned long pages = 50;

struct group {
	volatile pid_t tid[8];
	volatile unsigned int ready;
};

static struct group *group;

/* Each thread writes its part, reports this, and waits. */
static void *thread(void *arg)
{
	unsigned long n = (unsigned long)arg;

	write_pages(PLACE(0) + n * pages * PAGE, pages);
	group->tid[n] = syscall(SYS_gettid);
	__atomic_add_fetch(&group->ready, 1, __ATOMIC_SEQ_CST);
	for (;;)
		pause();
	return NULL;
}

static void start_threads(void)
{
	pthread_t id;
	unsigned long n;

	map_private(PLACE(0), threads * pages * PAGE);
	for (n = 0; n < threads; n++)
		need(!pthread_create(&id, NULL, thread, (void *)n),
		     "pthread_create");
	while (group->ready < threads)
		sleep_ms(1);
}

static void many_threads(void *arg)
{
	start_threads();
}

FIXTURE(group)
{
	pid_t pid;
};

FIXTURE_SETUP(group)
{
	group = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, group);
	self->pid = -1;
}

FIXTURE_TEARDOWN(group)
{
	child_end(self->pid);
}

/* One address space has one record, for the TID of any thread. */
TEST_F(group, asked_by_any_thread)
{
	const struct census_vma *vma;
	struct census census;
	unsigned int i;

	self->pid = child_start(many_threads, NULL);
	ASSERT_LT(0, self->pid);
	for (i = 0; i <= threads; i++) {
		pid_t pid = i ? group->tid[i - 1] : self->pid;

		ASSERT_CENSUS(pid, &census);
		EXPECT_EQ(self->pid, census.tasks->pid);
		EXPECT_EQ(threads + 1, census.tasks->threads);
		EXPECT_EQ(0, census.tasks->peers.n);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_EQ(self->pid, vma->pid);
		EXPECT_PAGES(threads * pages, vma, RSS);
		EXPECT_PAGES(threads * pages, vma, USS);
		census_free(&census);
	}
	EXPECT_EQUAL_SMAPS(self->pid);
}

/* A census of all processes lists it once, without its threads. */
TEST_F(group, once_among_all)
{
	struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	const struct census_task *task;
	struct census census;
	unsigned int i, records = 0;

	self->pid = child_start(many_threads, NULL);
	ASSERT_LT(0, self->pid);
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	for (task = census.tasks; task < census.tasks + census.n_tasks; task++)
		records += task->pid == (uint32_t)self->pid;
	EXPECT_EQ(1, records);
	for (i = 0; i < threads; i++)
		EXPECT_EQ(NULL, census_task_of(&census, group->tid[i]));
	census_free(&census);
}

static void leaderless(void *arg)
{
	start_threads();
	/* Only the leader exits: exit, not exit_group. */
	syscall(SYS_exit, 0);
}

/*
 * Then smaps of the group's PID is empty, because that task has no mm any more.
 * smaps of a live thread is complete, and the census must find it.
 */
TEST_F(group, leader_has_exited)
{
	struct census_request all = { .parts = MEMCENSUS_PART_TASKS };
	const struct census_task *task;
	const struct census_vma *vma;
	struct census census;
	struct smaps smaps;
	int tries = 0;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		leaderless(NULL);
	self->pid = pid;
	while ((process_state(pid) != 'Z' || group->ready < threads) &&
	       tries++ < 1000)
		sleep_ms(10);
	ASSERT_EQ('Z', process_state(pid));
	EXPECT_EQ(-ESRCH, smaps_read(pid, &smaps));

	ASSERT_EQ(0, census_take(&all, &census, NULL));
	task = census_task_of(&census, pid);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, task->state);
	EXPECT_LE(threads * pages * PAGE, task->f.value[MEMCENSUS_F_USS]);
	census_free(&census);

	/* By the PID of the group, as by its TIDs. */
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(threads * pages, vma, RSS);
	EXPECT_PAGES(threads * pages, vma, USS);
	census_free(&census);
	EXPECT_EQUAL_SMAPS(group->tid[threads - 1]);
}

/* More than the module looks at in one RCU section. */
#define MANY	600

static int end_of_many[2];

static void *until_the_end(void *arg)
{
	char byte;

	write_pages(PLACE(0) + (unsigned long)arg * PAGE, 1);
	return read(end_of_many[0], &byte, 1) ? NULL : NULL;
}

static void *last_of_many(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

static void start_many(pthread_t *last)
{
	pthread_attr_t small;
	pthread_t id;
	unsigned long i;

	close(end_of_many[1]);
	map_private(PLACE(0), MANY * PAGE);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 * 1024);
	for (i = 0; i < MANY; i++)
		need(!pthread_create(&id, &small, until_the_end, (void *)i), "pthread_create");
	if (last)
		need(!pthread_create(last, &small, last_of_many, NULL), "pthread_create");
}

static void many(void *arg)
{
	start_many(NULL);
}

TEST_F(group, many)
{
	struct census census;

	ASSERT_EQ(0, pipe(end_of_many));
	self->pid = child_start(many, NULL);
	ASSERT_LT(0, self->pid);
	ASSERT_CENSUS(self->pid, &census);
	EXPECT_EQ(MANY + 1, census.tasks->threads);
	census_free(&census);
	EXPECT_EQUAL_SMAPS(self->pid);
	close(end_of_many[0]);
	close(end_of_many[1]);
}

static void many_and_end(void)
{
	pthread_t last;

	start_many(&last);
	syscall(SYS_exit, 0);
}

/* Traces all threads of @pid but the first and the last one. Returns how many. */
static unsigned int trace_threads(pid_t pid, pid_t *tids)
{
	unsigned int n = 0;
	struct dirent *entry;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) && n < MANY) {
		pid_t tid = atoi(entry->d_name);

		if (tid > 0 && tid != pid && !ptrace(PTRACE_SEIZE, tid, NULL, NULL))
			tids[n++] = tid;
	}
	if (dir)
		closedir(dir);
	return n;
}

/* Threads that have exited, and are traced, stay in front of the only one with an address space. */
TEST_F(group, most_have_exited)
{
	const struct census_vma *vma;
	struct census census;
	unsigned int i, n;
	pid_t tids[MANY], pid;

	ASSERT_EQ(0, pipe(end_of_many));
	/* Not stopped: then each would wait for its tracer. */
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		many_and_end();
	self->pid = pid;
	while (process_state(pid) != 'Z')
		sleep_ms(10);
	n = trace_threads(self->pid, tids);
	EXPECT_EQ(MANY, n);
	close(end_of_many[1]);
	for (i = 0; i < n; i++)
		while (process_state(tids[i]) != 'Z')
			sleep_ms(1);
	ASSERT_CENSUS(self->pid, &census);
	EXPECT_EQ(self->pid, census.tasks->pid);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, census.tasks->state);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(MANY, vma, RSS);
	census_free(&census);
	kill(self->pid, SIGKILL);
	for (i = 0; i < n; i++)
		waitpid(tids[i], NULL, __WALL);
	close(end_of_many[0]);
}

TEST_HARNESS_MAIN
