// SPDX-License-Identifier: GPL-2.0
/* Processes without an address space: kernel threads and zombies. */
#include <dirent.h>

#include "selftest.h"

static const struct census_request all = { .parts = MEMCENSUS_PART_TASKS };

/* Counts from /proc; @recorded: those with a record in @census. */
struct count {
	unsigned int kthreads, zombies, recorded;
};

static void look(const char *name, const struct census *census,
		 struct count *count)
{
	char path[64], line[512] = "", *close, state = 0;
	unsigned int flags = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%.16s/stat", name);
	file = fopen(path, "r");
	if (!file)
		return;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);
	close = strrchr(line, ')');
	if (!close || sscanf(close + 1, " %c %*d %*d %*d %*d %*d %u", &state,
			     &flags) != 2)
		return;
	/* PF_KTHREAD */
	if (flags & 0x00200000)
		count->kthreads++;
	else if (state == 'Z')
		count->zombies++;
	else
		return;
	if (census_task_of(census, atoi(name)))
		count->recorded++;
}

static struct count look_at_proc(const struct census *census)
{
	struct count count = {};
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
			look(entry->d_name, census, &count);
	if (dir)
		closedir(dir);
	return count;
}

/* Kernel threads come and go: repeat until /proc and the census agree in time. */
TEST(kernel_threads_are_counted)
{
	struct count before, after;
	struct census census;
	int tries = 0;

	do {
		struct census none = {};

		before = look_at_proc(&none);
		ASSERT_EQ(0, census_take(&all, &census, NULL));
		after = look_at_proc(&census);
		if (before.kthreads == after.kthreads)
			break;
		census_free(&census);
	} while (tries++ < 100);
	EXPECT_LT(0, after.kthreads);
	EXPECT_EQ(0, after.recorded);
	EXPECT_EQ(after.kthreads, census.scan[MEMCENSUS_SCAN_KTHREADS]);
	census_free(&census);
}

TEST(zombies_are_counted)
{
	const unsigned int zombies = 5;
	struct count before, after;
	struct census census;
	siginfo_t info;
	pid_t pids[5];
	unsigned int i;

	ASSERT_EQ(0, census_take(&all, &census, NULL));
	before = look_at_proc(&census);
	EXPECT_EQ(before.zombies, census.scan[MEMCENSUS_SCAN_ZOMBIES]);
	census_free(&census);

	for (i = 0; i < zombies; i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (!pids[i])
			_exit(0);
		ASSERT_EQ(0, waitid(P_PID, pids[i], &info, WEXITED | WNOWAIT));
	}
	ASSERT_EQ(0, census_take(&all, &census, NULL));
	after = look_at_proc(&census);
	EXPECT_EQ(before.zombies + zombies, after.zombies);
	EXPECT_EQ(after.zombies, census.scan[MEMCENSUS_SCAN_ZOMBIES]);
	EXPECT_EQ(0, after.recorded);
	census_free(&census);
	for (i = 0; i < zombies; i++)
		waitpid(pids[i], NULL, 0);
}

/* A zombie still has a name; a reaped process has only its PID. */
TEST(zombie_asked_for)
{
	const uint64_t process = 1U << MEMCENSUS_TASK_COMM | 1U << MEMCENSUS_TASK_UID |
				 1U << MEMCENSUS_TASK_START_NS;
	struct census census;
	siginfo_t info;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(0);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	ASSERT_EQ(0, census_take_pid(pid, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	ASSERT_EQ(1, census.n_tasks);
	EXPECT_EQ(pid, census.tasks->pid);
	EXPECT_EQ(MEMCENSUS_STATE_VANISHED, census.tasks->state);
	EXPECT_EQ(process, census.tasks->known & process);
	EXPECT_STREQ("no_mm", census.tasks->comm);
	EXPECT_EQ(getpid(), census.tasks->ppid);
	EXPECT_EQ(0, census.tasks->f.known);
	census_free(&census);

	waitpid(pid, NULL, 0);
	ASSERT_EQ(0, census_take_pid(pid, &census, NULL));
	ASSERT_EQ(1, census.n_tasks);
	EXPECT_EQ(pid, census.tasks->pid);
	EXPECT_EQ(MEMCENSUS_STATE_VANISHED, census.tasks->state);
	EXPECT_EQ(0, census.tasks->known & process);
	census_free(&census);
}

/* In a census of all, each address space is in one of four states. */
TEST(states_add_up)
{
	const struct census_task *task;
	struct census census;
	uint64_t states[__MEMCENSUS_STATE_MAX] = {}, *scan = census.scan;

	ASSERT_EQ(0, census_take(&all, &census, NULL));
	EXPECT_TRUE(census_is_whole(&census));
	for (task = census.tasks; task < census.tasks + census.n_tasks; task++) {
		ASSERT_LT(task->state, __MEMCENSUS_STATE_MAX);
		states[task->state]++;
	}
	EXPECT_EQ(0, states[MEMCENSUS_STATE_UNSPEC]);
	EXPECT_EQ(scan[MEMCENSUS_SCAN_WALKED], states[MEMCENSUS_STATE_WALKED]);
	EXPECT_EQ(scan[MEMCENSUS_SCAN_BUSY], states[MEMCENSUS_STATE_BUSY]);
	EXPECT_EQ(scan[MEMCENSUS_SCAN_PARTIAL],
		  states[MEMCENSUS_STATE_PARTIAL]);
	EXPECT_EQ(scan[MEMCENSUS_SCAN_MMS], scan[MEMCENSUS_SCAN_WALKED] +
		  scan[MEMCENSUS_SCAN_BUSY] + scan[MEMCENSUS_SCAN_PARTIAL] +
		  scan[MEMCENSUS_SCAN_VANISHED]);
	EXPECT_LT(0, scan[MEMCENSUS_SCAN_PTES]);
	EXPECT_LT(0, scan[MEMCENSUS_SCAN_PAGES]);
	EXPECT_LT(0, scan[MEMCENSUS_SCAN_WALL_NS]);
	EXPECT_LT(0, scan[MEMCENSUS_SCAN_MEMORY]);
	EXPECT_LE(scan[MEMCENSUS_SCAN_MMS],
		  scan[MEMCENSUS_SCAN_LOCK_HOLDS]);
	census_free(&census);
}

TEST_HARNESS_MAIN
