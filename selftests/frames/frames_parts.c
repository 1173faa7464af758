// SPDX-License-Identifier: GPL-2.0
/*
 * Frames basis: a large mapping is divided among workers. Its pages are exclusive, shared by
 * fork or in a table that fork copied; all figures are the test's own count, also if the
 * processes end, execute a program or unmap during the census.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>

#include "selftest.h"

#include "owners/counted.h"
#include "ko.h"

#define PARAMETERS	"/sys/module/memcensus/parameters/"
#define PARTS		PARAMETERS "parts"
#define PAUSE		PARAMETERS "pause_ms"
#define RW		(PROT_READ | PROT_WRITE)

static const size_t size = 2UL << 30;
/*
 * Where the walk pauses, each 64th page is counted, as where a new process is needed for each
 * census; else each eighth, or the walk ends before another worker begins.
 */
#define STEP	(8 * PAGE)
#define SPARSE	(64 * PAGE)

/* The module counts its parts, and pauses: it was built with CENSUS_CHECK. */
static bool checks_itself(void)
{
	return read_number(PARTS) >= 0;
}

static void touch(char *at, size_t from, size_t to, size_t step)
{
	for (; from < to; from += step)
		at[from] = 1;
}

/* The first quarter is shared with a child, the rest is not. */
static void large(void *arg)
{
	volatile pid_t *child = arg;
	const size_t step = checks_itself() ? SPARSE : STEP;
	char *at = map_private(PLACE(0), size);

	touch(at, 0, size / 4, step);
	*child = child_start((void (*)(void *))child_stop, NULL);
	need(*child > 0, "child");
	touch(at, size / 4, size, step);
}

FIXTURE(parts)
{
	pid_t pid;
	bool ready;
	volatile pid_t *child;
};

FIXTURE_SETUP(parts)
{
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	self->child = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->child);
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load("workers=3"));
	self->ready = true;
}

FIXTURE_TEARDOWN(parts)
{
	if (self->pid > 0)
		child_end(self->pid);
	if (!self->ready)
		return;
	EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

TEST_F(parts, figures_are_exact)
{
	const bool met = checks_itself();
	const unsigned long pages = size / (met ? SPARSE : STEP), shared = pages / 4;
	const struct census_task *task;
	struct census census;
	long parts;

	if (!self->ready)
		return;
	self->pid = child_start(large, (void *)self->child);
	ASSERT_LT(0, self->pid);
	if (met)
		ASSERT_TRUE(write_file(PAUSE, "10"));
	parts = read_number(PARTS);
	ASSERT_FRAMES_OF_ALL(&census);
	task = census_task_of(&census, self->pid);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, task->state);
	EXPECT_LE((pages - shared) * PAGE, figure(&task->f, MEMCENSUS_F_USS));
	EXPECT_LE(pages * PAGE, figure(&task->f, MEMCENSUS_F_FRAMES));
	EXPECT_GT((pages + 1000) * PAGE, figure(&task->f, MEMCENSUS_F_FRAMES));
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	if (!met) {
		diag("module is built without CENSUS_CHECK=1: the number of parts is unknown");
		return;
	}
	EXPECT_LT(parts, read_number(PARTS));
	diag("%ld parts", read_number(PARTS) - parts);
}

/* Turns of each change; without the parameters of CENSUS_CHECK, some of them meet the walk. */
#define TURNS		2
#define BLIND_TURNS	6

/* What a process does during the census of a turn. */
enum change { EXIT, EXIT_HELD, EXECUTE, UNMAP, PROTECT, REPLACE, CUT, CHANGES };

static const char *const changes[] = {
	"exits", "exits, but its memory is held", "executes a program", "unmaps", "protects",
	"maps a file twice", "cuts the mapping below the part",
};

/* A file that a process maps twice during a census, at the end of the lower and the upper half. */
static const size_t file_size = 64UL << 20;

static int file_new(void)
{
	int fd = memfd_create("parts", 0);
	char *at;

	need(fd >= 0 && !ftruncate(fd, file_size), "file");
	at = mmap(NULL, file_size, RW, MAP_SHARED, fd, 0);
	need(at != MAP_FAILED, "mapping of the file");
	touch(at, 0, file_size, PAGE);
	munmap(at, file_size);
	return fd;
}

static void replace(int fd, size_t end)
{
	mmap(PLACE(0) + end - file_size, file_size, RW,
	     MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd, 0);
}

static void change(enum change what, int fd)
{
	static char *const argv[] = { "sleep", "60", NULL };

	switch (what) {
	case EXIT:
	case EXIT_HELD:
		_exit(0);
	case EXECUTE:
		execvp(argv[0], argv);
		_exit(1);
	case UNMAP:
		munmap(PLACE(0) + size / 2, size / 4);
		break;
	case REPLACE:
		replace(fd, size / 2);
		replace(fd, size);
		break;
	case CUT:
		/* What is left in front of it may be divided once more. */
		mprotect(PLACE(0) + size / 16 * 7, PAGE, PROT_READ);
		break;
	default:
		mprotect(PLACE(0) + size / 4, size / 8, PROT_READ);
	}
	pause();
}

/* Changes when the address space was divided, or after a time that differs in each turn. */
static void changes_during_census(enum change what, unsigned int turn)
{
	const int fd = what == REPLACE ? file_new() : -1;
	const long parts = read_number(PARTS);

	touch(map_private(PLACE(0), size), 0, size, SPARSE);
	raise(SIGSTOP);
	if (parts < 0)
		usleep((turn * CHANGES + what) * 700 % 9000);
	else
		while (read_number(PARTS) == parts)
			usleep(1000);
	change(what, fd);
}

/* Reads memory of a process into a page that never comes, with a reference on that memory. */
static void hold_memory(pid_t pid)
{
	char *at = map_private(PLACE(0), PAGE), path[32];
	int fd;

	need(register_missing(at, PAGE), "userfaultfd");
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY);
	need(fd >= 0, path);
	need(pread(fd, at, PAGE, (uintptr_t)PLACE(0)) < 0, "read that ends");
	_exit(1);
}

static pid_t start_holder(pid_t pid)
{
	pid_t holder = fork();

	if (!holder) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		hold_memory(pid);
	}
	return holder;
}

/*
 * Each census is sound, whatever happens to the process while it is walked.  Only one that exits
 * vanishes, also if something else keeps its memory: one that executes a program is alive, and
 * has its record.  A page that it maps twice has one owner.  Nothing is left out where a mapping is
 * cut between two parts.
 */
TEST_F(parts, process_changes)
{
	/* Of the mapping, the file and a small program. */
	const uint64_t most = size / SPARSE * PAGE + file_size + 1000 * PAGE;
	const bool met = checks_itself();
	const unsigned int turns = met ? TURNS : BLIND_TURNS;
	unsigned int i, walked[CHANGES] = {}, vanished[CHANGES] = {}, executed = 0;
	const struct census_task *task;
	struct census census;

	if (!self->ready)
		return;
	for (i = 0; i < turns * CHANGES; i++) {
		const enum change what = i % CHANGES;
		pid_t pid = fork(), holder = 0;

		/* To load a program takes longer than to exit. */
		if (met)
			ASSERT_TRUE(write_file(PAUSE, what == EXECUTE ? "100" : "10"));
		ASSERT_LE(0, pid);
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			changes_during_census(what, i / CHANGES);
		}
		ASSERT_TRUE(child_stopped(pid));
		if (what == EXIT_HELD) {
			holder = start_holder(pid);
			ASSERT_LT(0, holder);
			ASSERT_TRUE(child_sleeps(holder));
		}
		kill(pid, SIGCONT);
		ASSERT_FRAMES_OF_ALL(&census);
		task = census_task_of(&census, pid);
		walked[what] += task && task->state == MEMCENSUS_STATE_WALKED;
		vanished[what] += !task || task->state == MEMCENSUS_STATE_VANISHED;
		executed += task && what == EXECUTE && !strcmp(task->comm, "sleep");
		if (task && (what == PROTECT || what == CUT) &&
		    task->state == MEMCENSUS_STATE_WALKED)
			EXPECT_LE(size / SPARSE * PAGE, figure(&task->f, MEMCENSUS_F_FRAMES));
		if (task && what == REPLACE) {
			EXPECT_GT(most, figure(&task->f, MEMCENSUS_F_FRAMES));
			EXPECT_LT(0, figure(&task->f, MEMCENSUS_F_USS));
		}
		census_free(&census);
		child_end(pid);
		if (holder)
			child_end(holder);
	}
	for (i = 0; i < CHANGES; i++) {
		const bool exits = i == EXIT || i == EXIT_HELD;

		diag("%s: %u walked, %u vanished", changes[i], walked[i], vanished[i]);
		if (met && exits)
			EXPECT_EQ(turns, vanished[i]);
		if (!exits)
			EXPECT_EQ(0, vanished[i]);
	}
	diag("%u had executed the program in the census", executed);
	if (met)
		EXPECT_EQ(turns, executed);
}

TEST_HARNESS_MAIN
