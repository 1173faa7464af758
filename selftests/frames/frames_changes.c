// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: a process changes between two lock holds of its walk: it ends, executes a
 * program, unmaps, or maps a file twice. In a build with CENSUS_CHECK=1 the walk sleeps between
 * its lock holds, so that each change meets it.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>

#include "selftest.h"

#include "ko.h"

#define PAUSE		"/sys/module/memcensus/parameters/pause_ms"
#define RW		(PROT_READ | PROT_WRITE)

static const size_t size = 512UL << 20, file_size = 64UL << 20;

/* What a process does during the census of a turn. */
enum change { EXIT, EXIT_HELD, EXECUTE, UNMAP, PROTECT, REPLACE, CHANGES };

static const char *const changes[] = {
	"exits", "exits, but its memory is held", "executes a program", "unmaps", "protects",
	"maps a file twice",
};

static void touch(char *at, size_t from, size_t to)
{
	for (; from < to; from += 64 * PAGE)
		at[from] = 1;
}

/* At the end of the lower and of the upper half. */
static void replace(void)
{
	int fd = memfd("changes", file_size / PAGE);
	size_t end;

	for (end = size / 2; end <= size; end += size / 2)
		mmap(PLACE(0) + end - file_size, file_size, RW,
		     MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd, 0);
}

static void change(enum change what)
{
	static char *const argv[] = { "sleep", "60", NULL };

	switch (what) {
	case EXECUTE:
		execvp(argv[0], argv);
		_exit(1);
	case UNMAP:
		munmap(PLACE(0) + size / 4, size / 2);
		break;
	case PROTECT:
		mprotect(PLACE(0) + size / 4, size / 2, PROT_READ);
		break;
	case REPLACE:
		replace();
		break;
	default:
		_exit(0);
	}
	for (;;)
		pause();
}

/* Reads memory of a process into a page that never comes, with a reference on that memory. */
static void hold_memory(pid_t pid)
{
	char *at = map_private(PLACE(0), PAGE), path[32];
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	need(register_missing(at, PAGE), "userfaultfd");
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY);
	need(fd >= 0, path);
	need(pread(fd, at, PAGE, (uintptr_t)PLACE(0)) < 0, "read that ends");
	_exit(1);
}

FIXTURE(changes)
{
	bool ready;
};

/* The shortest lock holds, of which each process has many. */
FIXTURE_SETUP(changes)
{
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load("lock_hold_us=10"));
	self->ready = true;
}

FIXTURE_TEARDOWN(changes)
{
	if (!self->ready)
		return;
	EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

/*
 * The process is walked first, because the request names it. One that ends vanishes, also if
 * something else keeps its memory; what one executes is walked in place of what it had. A page that
 * it maps twice has one owner.
 */
TEST_F(changes, during_the_walk)
{
	/* Of the mapping, the file and a small program. */
	const uint64_t pages = size / 64 / PAGE, most = (pages + 1000) * PAGE + file_size;
	unsigned int i, turns, walked[CHANGES] = {}, vanished[CHANGES] = {}, executed = 0;
	uint32_t named;
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.pids = &named, .n_pids = 1,
	};
	const bool met = read_number(PAUSE) >= 0;
	const struct census_task *task;
	struct census census;

	if (!self->ready)
		return;
	turns = met ? 1 : 6;
	for (i = 0; i < turns * CHANGES; i++) {
		const enum change what = i % CHANGES;
		pid_t pid = fork(), holder = 0;

		ASSERT_LE(0, pid);
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			touch(map_private(PLACE(0), size), 0, size);
			raise(SIGSTOP);
			usleep(met ? 150000 : (i * 700) % 9000);
			change(what);
		}
		ASSERT_TRUE(child_stopped(pid));
		if (what == EXIT_HELD) {
			holder = fork();
			ASSERT_LE(0, holder);
			if (!holder)
				hold_memory(pid);
			ASSERT_TRUE(child_sleeps(holder));
		}
		if (met)
			ASSERT_TRUE(write_file(PAUSE, "10"));
		kill(pid, SIGCONT);
		named = pid;
		ASSERT_EQ(0, census_take(&request, &census, NULL));
		EXPECT_EQ(0, census.scan[MEMCENSUS_SCAN_VIOLATIONS]);
		task = census_task_of(&census, pid);
		ASSERT_NE(NULL, task);
		walked[what] += task->state == MEMCENSUS_STATE_WALKED;
		vanished[what] += task->state == MEMCENSUS_STATE_VANISHED;
		/* Its name says so only after the kernel has torn down what it had. */
		executed += what == EXECUTE &&
			    figure(&task->f, MEMCENSUS_F_FRAMES) < pages / 2 * PAGE;
		if (what == PROTECT && task->state == MEMCENSUS_STATE_WALKED)
			EXPECT_LE(pages * PAGE, figure(&task->f, MEMCENSUS_F_FRAMES));
		if (what == REPLACE && task->state == MEMCENSUS_STATE_WALKED)
			EXPECT_GT(most, figure(&task->f, MEMCENSUS_F_FRAMES));
		census_free(&census);
		child_end(pid);
		if (holder)
			child_end(holder);
	}
	for (i = 0; i < CHANGES; i++) {
		const bool ends = i == EXIT || i == EXIT_HELD;

		diag("%s: %u walked, %u vanished", changes[i], walked[i], vanished[i]);
		EXPECT_EQ(turns, walked[i] + vanished[i]);
		if (met && ends)
			EXPECT_EQ(turns, vanished[i]);
		if (!ends)
			EXPECT_EQ(turns, walked[i]);
	}
	if (met)
		EXPECT_EQ(turns, executed);
}

TEST_HARNESS_MAIN
