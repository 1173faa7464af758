// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that hold their mmap lock and do not release it: every tool that walks
 * /proc waits for them. The census reports them as busy, has all others, and
 * ends within its budget. With VMA locks, it walks a task that changes a new
 * mapping like any other.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>

#include "memory/fuse.h"
#include "selftest.h"
#include "memory/vma_locks.h"

#define STUCK	3
#define MS	1000000ULL

static const unsigned long pages = 90;

static const struct census_request all = {
	.parts = MEMCENSUS_PART_TASKS,
};

/* Figures that need a walk. */
static const unsigned int walked[] = {
	MEMCENSUS_F_RSS, MEMCENSUS_F_USS, MEMCENSUS_F_PSS, MEMCENSUS_F_SHARED,
	MEMCENSUS_F_ANON, MEMCENSUS_F_FILE, MEMCENSUS_F_SHMEM,
	MEMCENSUS_F_SWAP, MEMCENSUS_F_THP, MEMCENSUS_F_HUGETLB,
	MEMCENSUS_F_FRAMES, MEMCENSUS_F_SPECIAL,
};

/* Number of processes that sleep.  A storm sets BUSY_PROCESSES=4000. */
static unsigned int asleep(void)
{
	const char *text = getenv("BUSY_PROCESSES");

	return text ? strtoul(text, NULL, 10) : 100;
}

/*
 * Processes that sleep.  @group: starts them when @begin gets a byte, then writes to @ready.
 * Forked before there is a FUSE file: each copy of one would be flushed when it is closed.
 */
struct crowd {
	pid_t group;
	int begin[2];
	int ready[2];
};

static void start_crowd(const struct crowd *crowd)
{
	unsigned int nr = asleep();
	char byte;

	setpgid(0, 0);
	if (read(crowd->begin[0], &byte, 1) != 1)
		_exit(0);
	for (unsigned int i = 0; i < nr; i++)
		if (!fork())
			for (;;)
				pause();
	need(write(crowd->ready[1], "", 1) == 1, "write");
	for (;;)
		pause();
}

static void prepare_crowd(struct crowd *crowd)
{
	need(!pipe(crowd->begin) && !pipe(crowd->ready), "pipe");
	crowd->group = fork();
	if (!crowd->group)
		start_crowd(crowd);
	need(crowd->group > 0 && !setpgid(crowd->group, crowd->group), "fork");
}

FIXTURE(lock)
{
	struct fuse fuse;
	struct crowd crowd;
	bool ready;
	pid_t reader, bystander, stuck[STUCK], elsewhere;
};

static void bystander(void *arg)
{
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
}

/* Maps over its last page, so that it changes an existing mapping. */
static void stick(void *arg)
{
	int fd = *(int *)arg;

	write_pages(map_private(PLACE(0), (pages + 1) * PAGE), pages);
	child_stop();
	mmap(PLACE(0) + pages * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED,
	     fd, 0);
}

static void stick_elsewhere(void *arg)
{
	int fd = *(int *)arg;

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	child_stop();
	map(PLACE(1), PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
}

FIXTURE_SETUP(lock)
{
	char byte;
	int fd, i;

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	prepare_crowd(&self->crowd);
	if (fuse_start(&self->fuse) == -ENODEV)
		SKIP(return, "kernel has no FUSE");
	self->bystander = child_start(bystander, NULL);
	ASSERT_LT(0, self->bystander);

	fd = fuse_open_direct(&self->fuse);
	ASSERT_LE(0, fd);
	for (i = 0; i < STUCK; i++) {
		self->stuck[i] = child_start(stick, &fd);
		ASSERT_LT(0, self->stuck[i]);
	}
	self->elsewhere = child_start(stick_elsewhere, &fd);
	ASSERT_LT(0, self->elsewhere);
	self->reader = fork();
	if (!self->reader) {
		fd = fuse_open_cached(&self->fuse);
		need(fd >= 0, "open");
		_exit(pread(fd, &byte, 1, 0) != 1);
	}
	/* The page exists and is locked once the server gets the read. */
	ASSERT_TRUE(fuse_was_asked(&self->fuse));
	for (i = 0; i < STUCK; i++) {
		kill(self->stuck[i], SIGCONT);
		ASSERT_TRUE(child_waits(self->stuck[i]));
	}
	kill(self->elsewhere, SIGCONT);
	ASSERT_TRUE(child_waits(self->elsewhere));
	self->ready = true;
}

FIXTURE_TEARDOWN(lock)
{
	int i;

	fuse_answer(&self->fuse);
	for (i = 0; i < STUCK; i++)
		child_end(self->stuck[i]);
	child_end(self->elsewhere);
	child_end(self->reader);
	child_end(self->bystander);
	fuse_stop(&self->fuse);
	killpg(self->crowd.group, SIGKILL);
	child_end(self->crowd.group);
}

/*
 * Checks that the lock is held: a wait for it does not end. Reading the memory
 * takes the lock on every kernel; since 6.17 reading maps does not.
 */
static bool lock_is_held(pid_t pid)
{
	unsigned int in_wait = 0;
	char path[64];
	bool held;
	pid_t child;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	child = fork();
	if (!child) {
		int fd = open(path, O_RDONLY);
		char byte;

		_exit(fd < 0 || pread(fd, &byte, 1, (off_t)PLACE(0)) != 1);
	}
	/* One check may find it in another wait, which ends. */
	while (in_wait < 20 && !waitpid(child, NULL, WNOHANG)) {
		in_wait = process_state(child) == 'D' ? in_wait + 1 : 0;
		sleep_ms(10);
	}
	held = in_wait == 20;
	if (held) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	return held;
}

TEST_F(lock, busy_then_free)
{
	const struct census_task *task;
	const struct census_vma *vma;
	struct census_request one = all;
	struct census census;
	uint64_t budget, wall;
	uint32_t pid;
	unsigned int i, j;

	if (!self->ready)
		return;
	EXPECT_TRUE(lock_is_held(self->stuck[0]));
	EXPECT_TRUE(lock_is_held(self->elsewhere));

	/*
	 * A census of all spends the budget once, for any number of stuck tasks,
	 * and holds no lock then. The host may stop the VM's CPUs for a while, so
	 * one try of several must show it.
	 */
	for (i = 0; i < 5; i++) {
		if (i)
			census_free(&census);
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		budget = census.info.value[MEMCENSUS_INFO_BUSY_BUDGET_NS];
		wall = census.scan[MEMCENSUS_SCAN_WALL_NS];
		diag("%llu ms with a budget of %llu ms",
		     (unsigned long long)(wall / MS),
		     (unsigned long long)(budget / MS));
		EXPECT_LE(budget, wall);
		if (wall <= 2 * budget + 300 * MS &&
		    census.scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS] < budget)
			break;
	}
	EXPECT_GT(5, i);
	EXPECT_TRUE(census_is_whole(&census));
	EXPECT_EQ(STUCK + !vma_locks(), census.scan[MEMCENSUS_SCAN_BUSY]);
	for (i = 0; i < STUCK; i++) {
		task = census_task_of(&census, self->stuck[i]);
		ASSERT_NE(NULL, task);
		EXPECT_EQ(MEMCENSUS_STATE_BUSY, task->state);
		EXPECT_LE(pages * PAGE,
			  figure(&task->f, MEMCENSUS_F_RSS_COUNTER));
		EXPECT_NE(FIGURE_UNKNOWN, figure(&task->f, MEMCENSUS_F_VSS));
		for (j = 0; j < ARRAY_SIZE(walked); j++)
			EXPECT_EQ(FIGURE_UNKNOWN, figure(&task->f, walked[j]));
	}
	task = census_task_of(&census, self->bystander);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, task->state);
	task = census_task_of(&census, self->elsewhere);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(vma_locks() ? MEMCENSUS_STATE_WALKED : MEMCENSUS_STATE_BUSY,
		  task->state);
	census_free(&census);

	/* By PID: a record, and no mappings. */
	pid = self->stuck[0];
	one.parts |= MEMCENSUS_PART_VMAS;
	one.pids = &pid;
	one.n_pids = 1;
	ASSERT_EQ(0, census_take(&one, &census, NULL));
	ASSERT_EQ(1, census.n_tasks);
	EXPECT_EQ(MEMCENSUS_STATE_BUSY, census.tasks->state);
	EXPECT_EQ(0, census.n_vmas);
	census_free(&census);
	EXPECT_EQUAL_SMAPS(self->bystander);

	/* Its mappings, which need a walk under VMA locks. */
	if (vma_locks()) {
		ASSERT_CENSUS(self->elsewhere, &census);
		EXPECT_EQ(MEMCENSUS_STATE_WALKED, census.tasks->state);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(pages, vma, USS);
		census_free(&census);
	}

	/* After its answer it is like any other task. */
	fuse_answer(&self->fuse);
	for (i = 0; i < STUCK; i++) {
		ASSERT_TRUE(child_stopped(self->stuck[i]));
		ASSERT_CENSUS(self->stuck[i], &census);
		EXPECT_EQ(MEMCENSUS_STATE_WALKED, census.tasks->state);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(pages, vma, USS);
		census_free(&census);
		EXPECT_EQUAL_SMAPS(self->stuck[i]);
	}
	ASSERT_TRUE(child_stopped(self->elsewhere));
	EXPECT_EQUAL_SMAPS(self->elsewhere);
}

/* Returns the least time of ten censuses, ns: the host may stop the VM's CPUs for a while. */
static uint64_t least_time(struct __test_metadata *_metadata, uint64_t busy, uint64_t *budget)
{
	uint64_t least = UINT64_MAX, wall, end = now_ms() + 60000;
	struct census census;

	for (unsigned int i = 0; i < 10 && now_ms() < end; i++) {
		if (census_take(&all, &census, NULL)) {
			EXPECT_EQ(0, errno);
			return 0;
		}
		EXPECT_LT(asleep(), census.n_tasks);
		EXPECT_EQ(busy, census.scan[MEMCENSUS_SCAN_BUSY]);
		wall = census.scan[MEMCENSUS_SCAN_WALL_NS];
		least = wall < least ? wall : least;
		*budget = census.info.value[MEMCENSUS_INFO_BUSY_BUDGET_NS];
		census_free(&census);
	}
	return least;
}

/* Retries take the same time whatever the number of tasks that are not stuck. */
TEST_F_TIMEOUT(lock, budget_beside_many_tasks, 180)
{
	uint64_t stuck, free, budget = 0;
	char byte = 0;
	int i;

	if (!self->ready)
		return;
	ASSERT_EQ(1, write(self->crowd.begin[1], &byte, 1));
	ASSERT_EQ(1, read(self->crowd.ready[0], &byte, 1));
	stuck = least_time(_metadata, STUCK + !vma_locks(), &budget);
	fuse_answer(&self->fuse);
	for (i = 0; i < STUCK; i++)
		ASSERT_TRUE(child_stopped(self->stuck[i]));
	ASSERT_TRUE(child_stopped(self->elsewhere));
	free = least_time(_metadata, 0, &budget);
	diag("%llu ms with stuck tasks, %llu ms without, a budget of %llu ms",
	     (unsigned long long)(stuck / MS), (unsigned long long)(free / MS),
	     (unsigned long long)(budget / MS));
	EXPECT_LE(stuck, free + budget * 2);
}

/* A scan ends when its caller is killed. */
TEST_F(lock, caller_is_killed)
{
	struct census census;
	uint64_t begun;
	pid_t pid;

	if (!self->ready)
		return;
	pid = fork();
	if (!pid) {
		for (;;)
			census_take(&all, NULL, NULL);
	}
	sleep_ms(100);
	begun = now_ms();
	child_end(pid);
	EXPECT_LE(now_ms() - begun, 400);
	ASSERT_EQ(0, census_take(&all, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	census_free(&census);
}

TEST_HARNESS_MAIN
