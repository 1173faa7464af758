// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that wait for ever, with the mmap lock held or not: the scan ends within
 * its budget, reports busy if the lock is unavailable, else walks, and makes no
 * other task stuck. busy.c tests tasks that hold the lock for writing.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "memory/fuse.h"
#include "selftest.h"
#include "memory/vma_locks.h"

static const unsigned long pages = 70;

static const struct census_request all = {
	.parts = MEMCENSUS_PART_TASKS,
};

/* Results of a child. */
struct report {
	volatile uint64_t rounds;
	volatile pid_t tid;
	volatile bool go;
};

static struct report *map_report(void)
{
	return (struct report *)map_shared(PLACE(50), PAGE);
}

/* Returns the state of @pid in a census of all; checks its time. */
static unsigned int expect_in_time(struct __test_metadata *_metadata, pid_t pid)
{
	const struct census_task *task;
	struct census census;
	uint64_t budget, wall;
	unsigned int state;

	if (census_take(&all, &census, NULL))
		return 0;
	EXPECT_TRUE(census_is_whole(&census));
	budget = census.info.value[MEMCENSUS_INFO_BUSY_BUDGET_NS];
	wall = census.scan[MEMCENSUS_SCAN_WALL_NS];
	EXPECT_LE(wall, 2 * budget + 300000000);
	task = census_task_of(&census, pid);
	state = task ? task->state : 0;
	if (state == MEMCENSUS_STATE_WALKED)
		EXPECT_LE(pages * PAGE, figure(&task->f, MEMCENSUS_F_USS));
	EXPECT_LE(census.scan[MEMCENSUS_SCAN_BUSY], 1);
	census_free(&census);
	return state;
}

FIXTURE(file)
{
	struct fuse fuse;
	struct report *report;
	bool ready;
	pid_t pid, reader;
	int fd;
};

FIXTURE_SETUP(file)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (fuse_start(&self->fuse) == -ENODEV)
		SKIP(return, "kernel has no FUSE");
	self->report = map_report();
	self->fd = fuse_open_cached(&self->fuse);
	ASSERT_LE(0, self->fd);
	self->ready = true;
}

FIXTURE_TEARDOWN(file)
{
	fuse_answer(&self->fuse);
	child_end(self->pid);
	child_end(self->reader);
	fuse_stop(&self->fuse);
}

static void touch_file(void *arg)
{
	int fd = *(int *)arg;

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	map(PLACE(1), PAGE, PROT_READ, MAP_SHARED, fd, 0);
	child_stop();
	read_pages(PLACE(1), 1);
}

/* A fault that waits for its file has released the lock, or holds it for reading. */
TEST_F(file, fault_that_waits)
{
	if (!self->ready)
		return;
	self->pid = child_start(touch_file, &self->fd);
	ASSERT_LT(0, self->pid);
	kill(self->pid, SIGCONT);
	ASSERT_TRUE(child_sleeps(self->pid));
	EXPECT_EQ(MEMCENSUS_STATE_WALKED,
		  expect_in_time(_metadata, self->pid));
	EXPECT_TRUE(child_sleeps(self->pid));

	fuse_answer(&self->fuse);
	ASSERT_TRUE(child_stopped(self->pid));
	EXPECT_EQUAL_SMAPS(self->pid);
}

static void *map_on_go(void *arg)
{
	struct report *report = arg;

	report->tid = gettid();
	while (!report->go)
		sleep_ms(5);
	map(PLACE(2), PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	report->rounds++;
	return NULL;
}

/* Name of a process that is the only one of its group. */
#define ALONE "alone"

/* What a group has of which no member was walked is unknown. */
static void expect_group(struct __test_metadata *_metadata, bool walked)
{
	const struct census_group *group;
	struct census_request by_name = all;
	struct census census;

	by_name.group_by = MEMCENSUS_BY_COMM;
	ASSERT_EQ(0, census_take(&by_name, &census, NULL));
	for (group = census.groups; group < census.groups + census.n_groups; group++) {
		if (strcmp(group->comm, ALONE))
			continue;
		EXPECT_EQ(1, group->mms);
		EXPECT_EQ(walked, figure(&group->f, MEMCENSUS_F_RSS) != FIGURE_UNKNOWN);
		EXPECT_EQ(walked, figure(&group->f, MEMCENSUS_F_PSS) != FIGURE_UNKNOWN);
		EXPECT_EQ(walked, figure(&group->f, MEMCENSUS_F_USS) != FIGURE_UNKNOWN);
		EXPECT_EQ(walked, figure(&group->f, MEMCENSUS_F_FRAMES) != FIGURE_UNKNOWN);
		break;
	}
	EXPECT_LT(group, census.groups + census.n_groups);
	census_free(&census);
}

struct two {
	struct report *report;
	int fd;
};

static void have_a_thread(void *arg)
{
	struct two *two = arg;
	pthread_t thread;

	prctl(PR_SET_NAME, ALONE);
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	map(PLACE(1), PAGE, PROT_READ, MAP_SHARED, two->fd, 0);
	need(!pthread_create(&thread, NULL, map_on_go, two->report),
	     "thread");
	pthread_join(thread, NULL);
}

static pid_t start_running(void (*body)(void *arg), void *arg)
{
	pid_t parent = getpid(), pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			body(arg);
		child_stop();
		_exit(0);
	}
	return pid;
}

/*
 * A reader of another process's memory waits for a page of a file, and keeps that
 * process's mmap lock for reading. The census can take it for reading too. Then
 * the process maps memory: it waits for the reader, and later readers would wait
 * behind it.
 */
TEST_F(file, reader_then_writer)
{
	/* Neither of them changes a mapping. */
	const unsigned int state = vma_locks() ? MEMCENSUS_STATE_WALKED :
						 MEMCENSUS_STATE_BUSY;
	struct two two = { self->report, self->fd };
	char path[64], byte;
	int fd;

	if (!self->ready)
		return;
	self->pid = start_running(have_a_thread, &two);
	ASSERT_LT(0, self->pid);
	while (!self->report->tid)
		sleep_ms(5);
	snprintf(path, sizeof(path), "/proc/%d/mem", self->pid);
	fd = open(path, O_RDONLY);
	ASSERT_LE(0, fd);
	self->reader = fork();
	if (!self->reader)
		_exit(pread(fd, &byte, 1, (off_t)PLACE(1)) != 1);
	ASSERT_TRUE(child_sleeps(self->reader));
	EXPECT_EQ(MEMCENSUS_STATE_WALKED,
		  expect_in_time(_metadata, self->pid));

	self->report->go = true;
	if (!child_waits(self->report->tid))
		SKIP(return, "this kernel does not keep the lock while it waits");
	EXPECT_EQ(state, expect_in_time(_metadata, self->pid));
	EXPECT_EQ(state, expect_in_time(_metadata, self->pid));
	expect_group(_metadata, state == MEMCENSUS_STATE_WALKED);
	EXPECT_EQ(0, self->report->rounds);

	fuse_answer(&self->fuse);
	ASSERT_TRUE(child_stopped(self->pid));
	EXPECT_EQ(1, self->report->rounds);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED,
		  expect_in_time(_metadata, self->pid));
	EXPECT_EQUAL_SMAPS(self->pid);
}

static void *fault_for_ever(void *arg)
{
	struct report *report = arg;

	report->tid = gettid();
	write_pages(PLACE(1), 1);
	return NULL;
}

/* One thread waits for a page for ever; the other maps and unmaps. */
static void map_beside_fault(void *arg)
{
	struct report *report = arg;
	pthread_t thread;

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	map_private(PLACE(1), PAGE);
	if (!register_missing(PLACE(1), PAGE)) {
		report->tid = -1;
		return;
	}
	need(!pthread_create(&thread, NULL, fault_for_ever, report), "thread");
	for (;;) {
		write_pages(map_private(PLACE(2), 4 * PAGE), 4);
		need(!munmap(PLACE(2), 4 * PAGE), "munmap");
		report->rounds++;
	}
}

TEST(userfaultfd)
{
	struct report *report = map_report();
	uint64_t rounds;
	unsigned int i;
	pid_t pid;

	pid = start_running(map_beside_fault, report);
	ASSERT_LT(0, pid);
	while (!report->tid)
		sleep_ms(5);
	if (report->tid < 0) {
		child_end(pid);
		SKIP(return, "kernel has no userfaultfd");
	}
	for (i = 0; i < 20; i++) {
		rounds = report->rounds;
		EXPECT_EQ(MEMCENSUS_STATE_WALKED,
			  expect_in_time(_metadata, pid));
		/* Wait until the other thread continues. */
		while (report->rounds == rounds)
			sleep_ms(1);
	}
	child_end(pid);
}

static void be_a_vfork_parent(void *arg)
{
	struct report *report = arg;

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	if (!vfork()) {
		report->tid = getpid();
		for (;;)
			pause();
	}
}

/* A parent in vfork() waits in the kernel for its child. */
TEST(vfork_parent)
{
	struct report *report = map_report();
	pid_t pid;

	pid = start_running(be_a_vfork_parent, report);
	ASSERT_LT(0, pid);
	while (!report->tid)
		sleep_ms(5);
	ASSERT_TRUE(child_waits(pid));
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, expect_in_time(_metadata, pid));
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, expect_in_time(_metadata, report->tid));
	kill(report->tid, SIGKILL);
	child_end(pid);
}

TEST_HARNESS_MAIN
