// SPDX-License-Identifier: GPL-2.0
/*
 * Frames basis: a large mapping is divided among workers. Its pages are exclusive, shared by
 * fork or in a table that fork copied; all figures are the test's own count, also if the
 * processes end, execute a program or unmap during the census.
 */
#include <signal.h>
#include <sys/prctl.h>

#include "selftest.h"

#include "owners/counted.h"
#include "ko.h"

#define PARTS		"/sys/module/memcensus/parameters/parts"
#define RW		(PROT_READ | PROT_WRITE)

static const size_t size = 2UL << 30;
/* Each eighth page is counted; each 64th is, where a new process is needed for each census. */
#define STEP	(8 * PAGE)
#define SPARSE	(64 * PAGE)

static void touch(char *at, size_t from, size_t to, size_t step)
{
	for (; from < to; from += step)
		at[from] = 1;
}

/* The first quarter is shared with a child, the rest is not. */
static void large(void *arg)
{
	volatile pid_t *child = arg;
	char *at = map_private(PLACE(0), size);

	touch(at, 0, size / 4, STEP);
	*child = child_start((void (*)(void *))child_stop, NULL);
	need(*child > 0, "child");
	touch(at, size / 4, size, STEP);
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
	const unsigned long pages = size / STEP, shared = pages / 4;
	const struct census_task *task;
	struct census census;
	long parts;

	if (!self->ready)
		return;
	self->pid = child_start(large, (void *)self->child);
	ASSERT_LT(0, self->pid);
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
	if (parts < 0) {
		diag("module is built without CENSUS_CHECK=1: the number of parts is unknown");
		return;
	}
	EXPECT_LT(parts, read_number(PARTS));
	diag("%ld parts", read_number(PARTS) - parts);
}

#define TURNS		30

/* What a process does during the census of a turn. */
enum change { EXIT, EXECUTE, UNMAP, PROTECT, REPLACE, CHANGES };

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

static void change(unsigned int turn, int fd)
{
	static char *const argv[] = { "sleep", "5", NULL };

	usleep(turn * 700 % 9000);
	switch (turn % CHANGES) {
	case EXIT:
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
	default:
		mprotect(PLACE(0) + size / 4, size / 8, PROT_READ);
	}
	pause();
}

/*
 * Each census is sound, whatever happens to the process while it is walked.  Only one that exits
 * vanishes: one that executes a program is alive, and has its record.  A page that it maps twice
 * has one owner.
 */
TEST_F(parts, process_changes)
{
	/* Of the mapping, the file and a small program. */
	const uint64_t most = size / SPARSE * PAGE + file_size + 1000 * PAGE;
	unsigned int turn, walked = 0, vanished = 0;
	const struct census_task *task;
	struct census census;

	if (!self->ready)
		return;
	for (turn = 0; turn < TURNS; turn++) {
		pid_t pid = fork();
		int fd;

		ASSERT_LE(0, pid);
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			touch(map_private(PLACE(0), size), 0, size, SPARSE);
			fd = turn % CHANGES == REPLACE ? file_new() : -1;
			raise(SIGSTOP);
			change(turn, fd);
		}
		ASSERT_TRUE(child_stopped(pid));
		kill(pid, SIGCONT);
		ASSERT_FRAMES_OF_ALL(&census);
		task = census_task_of(&census, pid);
		walked += task && task->state == MEMCENSUS_STATE_WALKED;
		if (!task || task->state == MEMCENSUS_STATE_VANISHED) {
			vanished++;
			EXPECT_EQ(EXIT, turn % CHANGES);
		} else if (turn % CHANGES == REPLACE) {
			EXPECT_GT(most, figure(&task->f, MEMCENSUS_F_FRAMES));
			EXPECT_LT(0, figure(&task->f, MEMCENSUS_F_USS));
		}
		census_free(&census);
		child_end(pid);
	}
	diag("%u times walked to the end, %u times vanished", walked, vanished);
}

TEST_HARNESS_MAIN
