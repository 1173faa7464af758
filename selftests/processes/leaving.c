// SPDX-License-Identifier: GPL-2.0
/*
 * A census for a reader without privileges, of processes that exit or execute programs during it:
 * they, and the trees that they are in, are shown as they were found, and nothing of what they
 * became or did after they gave up what the reader may see.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "selftest.h"

#define READER	1000

#define COMMAND	"/bin/true"
/* This program, of root and set-user-ID, exits at once. */
#define NAME	"set-user-id"
#define LOWERED	"/tmp/" NAME

/* Mappings whose walk takes some milliseconds. */
#define MAPPINGS	2000

/* Pages that a process has after it has become unreadable. */
static const unsigned long secret = 5000;

static unsigned int rounds(void)
{
	return is_slow_kernel() ? 20 : 50;
}

static void become_reader(void)
{
	need(!setgroups(0, NULL) && !setresgid(READER, READER, READER) &&
	     !setresuid(READER, READER, READER) && !prctl(PR_SET_DUMPABLE, 1) &&
	     !prctl(PR_SET_PDEATHSIG, SIGKILL), "setresuid");
}

static void execute(const char *program)
{
	execl(program, program, NULL);
	_exit(1);
}

static void fork_and_execute(void)
{
	pid_t pid = fork();

	if (!pid)
		execute(COMMAND);
	waitpid(pid, NULL, 0);
}

static void vfork_and_execute(void)
{
	pid_t pid = vfork();

	if (!pid)
		execute(COMMAND);
	waitpid(pid, NULL, 0);
}

static void fork_and_exit(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

/* A shell that becomes its last command. */
static void execute_twice(void)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/sh", "sh", "-c", COMMAND "; exec " COMMAND, NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

static void copy_program(void)
{
	int from = open("/proc/self/exe", O_RDONLY), to;
	char buf[65536];
	ssize_t n;

	unlink(LOWERED);
	to = open(LOWERED, O_WRONLY | O_CREAT | O_EXCL, 0700);
	need(from >= 0 && to >= 0, LOWERED);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		need(write(to, buf, n) == n, LOWERED);
	/* After the last write, which would take the bit away. */
	need(!fchown(to, 0, 0) && !fchmod(to, 04755), LOWERED);
	close(from);
	close(to);
}

static void execute_set_user_id(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		execute(LOWERED);
	waitpid(pid, &status, 0);
	need(!status, LOWERED);
}

/* Before main(), which is the harness. */
__attribute__((constructor)) static void be_set_user_id(void)
{
	if (!strcmp(program_invocation_short_name, NAME))
		_exit(geteuid());
}

/*
 * From less than a census to more, on fast and slow hosts: so each change is sometimes between find
 * and walk, and sometimes after the walk.
 */
static void wait_between(unsigned int number)
{
	sleep_ms(1 << number % 6);
}

static void become_unreadable(void)
{
	wait_between(getpid());
	need(!prctl(PR_SET_DUMPABLE, 0), "PR_SET_DUMPABLE");
	need(mmap(PLACE(0), secret * PAGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED, -1, 0) != MAP_FAILED,
	     "mmap");
	wait_between(getpid() / 6);
}

static void become_unreadable_and_exit(void)
{
	pid_t pid = fork();

	if (!pid) {
		become_unreadable();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void become_unreadable_and_execute(void)
{
	pid_t pid = fork();

	if (!pid) {
		become_unreadable();
		execute(COMMAND);
	}
	waitpid(pid, NULL, 0);
}

/* Does one thing after the other, as a shell. */
static void worker(void (*work)(void))
{
	need(!prctl(PR_SET_PDEATHSIG, SIGKILL), "PR_SET_PDEATHSIG");
	for (;;)
		work();
}

/* An idle process of the reader, with a child that works. */
static void idle(void *arg)
{
	become_reader();
	if (!fork())
		worker((void (*)(void))arg);
}

/* Is walked between the time at which younger processes are found and their walk. */
static void be_large(void *arg)
{
	unsigned int i;

	become_reader();
	for (i = 0; i < MAPPINGS; i++)
		write_pages(map_private(PLACE(0) + 2 * i * PAGE, PAGE), 1);
}

/*
 * As be_large(), with a PID above those of all processes that start later: so it is walked after
 * them, and they may change between their walk and the end of the census.
 */
static pid_t start_last(void)
{
	pid_t pid = getpid() + 15000;
	struct clone_args args = {
		.exit_signal = SIGCHLD, .set_tid_size = 1, .set_tid = (uintptr_t)&pid,
	};
	pid_t child = syscall(SYS_clone3, &args, sizeof(args));

	if (!child) {
		be_large(NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	return child > 0 && child_stopped(child) ? child : -1;
}

FIXTURE(tree)
{
	pid_t before, first, last;
};

FIXTURE_SETUP(tree)
{
	self->first = 0;
	self->before = child_start(be_large, NULL);
	self->last = start_last();
	ASSERT_LT(0, self->before);
	ASSERT_LT(0, self->last);
}

FIXTURE_TEARDOWN(tree)
{
	if (self->first > 0)
		child_end(self->first);
	child_end(self->before);
	child_end(self->last);
}

static void take(struct __test_metadata *_metadata, struct census *census)
{
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.group_by = MEMCENSUS_BY_TREE,
		.restricted = true,
		.uid = READER,
		.gid = READER,
	};

	ASSERT_EQ(0, census_take(&request, census, NULL));
}

static bool has_tree(const struct census *census, pid_t first)
{
	size_t i;

	for (i = 0; i < census->n_groups; i++)
		if (census->groups[i].pid == (uint32_t)first && census->groups[i].mms >= 2)
			return true;
	return false;
}

/* Processes in the census that the worker of @first has started. */
static unsigned int count_started(const struct census *census, pid_t first)
{
	unsigned int n = 0;
	size_t i, j;

	for (i = 0; i < census->n_tasks; i++)
		for (j = 0; j < census->n_tasks; j++)
			n += census->tasks[i].ppid == census->tasks[j].pid &&
			     census->tasks[j].ppid == (uint32_t)first;
	return n;
}

FIXTURE(shown) { pid_t before, first; };
FIXTURE_VARIANT(shown) { void (*work)(void); };
FIXTURE_VARIANT_ADD(shown, fork_and_execute) { .work = fork_and_execute };
FIXTURE_VARIANT_ADD(shown, vfork_and_execute) { .work = vfork_and_execute };
FIXTURE_VARIANT_ADD(shown, fork_and_exit) { .work = fork_and_exit };
FIXTURE_VARIANT_ADD(shown, execute_twice) { .work = execute_twice };

FIXTURE_SETUP(shown)
{
	self->before = child_start(be_large, NULL);
	ASSERT_LT(0, self->before);
	self->first = child_start(idle, variant->work);
	ASSERT_LT(0, self->first);
}

FIXTURE_TEARDOWN(shown)
{
	child_end(self->first);
	child_end(self->before);
}

/* Each time, also with what runs then in it. */
TEST_F(shown, each_time)
{
	unsigned int n, shown = 0, with = 0;
	struct census census;

	for (n = 0; n < rounds() || (!with && n < 20 * rounds()); n++) {
		take(_metadata, &census);
		shown += has_tree(&census, self->first);
		with += !!count_started(&census, self->first);
		census_free(&census);
	}
	diag("shown %u times of %u, %u times with a command", shown, n, with);
	/* There one may be executing a program from when it was found until its walk. */
	EXPECT_LE(is_slow_kernel() ? 9 * n / 10 : n, shown);
	/* Else nothing has exited or executed a program. */
	EXPECT_LT(0, with);
}

/* A set-user-ID program is not shown, nor is its name on the process that executes it. */
TEST_F(tree, set_user_id)
{
	unsigned int n, with = 0, hidden = 0;
	struct census census;
	size_t i;

	copy_program();
	self->first = child_start(idle, execute_set_user_id);
	ASSERT_LT(0, self->first);
	for (n = 0; n < 2 * rounds(); n++) {
		take(_metadata, &census);
		hidden += !has_tree(&census, self->first);
		with += !!count_started(&census, self->first);
		for (i = 0; i < census.n_tasks; i++) {
			EXPECT_STRNE(NAME, census.tasks[i].comm);
			EXPECT_EQ(READER, census.tasks[i].uid);
		}
		census_free(&census);
	}
	diag("hidden %u times of %u, %u times shown with a child", hidden, n, with);
	EXPECT_LT(0, hidden);
	unlink(LOWERED);
}

static bool is_less(const struct figures *f, unsigned int figure)
{
	return !(f->known >> figure & 1) || f->value[figure] < secret * PAGE;
}

/* Nothing of what a process has after it may not be dumped, whatever it does then. */
static void expect_no_secret(struct __test_metadata *_metadata, pid_t first, pid_t before,
			     pid_t last)
{
	unsigned int n, with = 0;
	const struct census_task *task;
	struct census census;
	size_t i;

	/* On a busy machine a census seldom meets a process that lives so short. */
	for (n = 0; n < 2 * rounds() || (!with && n < 20 * rounds()); n++) {
		take(_metadata, &census);
		for (i = 0; i < census.n_tasks; i++) {
			task = &census.tasks[i];
			if (task->pid == (uint32_t)before || task->pid == (uint32_t)last)
				continue;
			EXPECT_TRUE(is_less(&task->f, MEMCENSUS_F_VSS));
			EXPECT_TRUE(is_less(&task->f, MEMCENSUS_F_RSS));
			EXPECT_TRUE(is_less(&task->f, MEMCENSUS_F_RSS_COUNTER));
			EXPECT_TRUE(is_less(&task->f, MEMCENSUS_F_RSS_PEAK));
		}
		for (i = 0; i < census.n_groups; i++)
			if (census.groups[i].pid == (uint32_t)first)
				EXPECT_TRUE(is_less(&census.groups[i].f, MEMCENSUS_F_RSS));
		with += !!count_started(&census, first);
		census_free(&census);
	}
	diag("%u times of %u with a child", with, n);
	if (!with && is_slow_kernel())
		SKIP(return, "no process was found before it became unreadable");
	EXPECT_LT(0, with);
}

TEST_F(tree, undumpable_exit)
{
	self->first = child_start(idle, become_unreadable_and_exit);
	ASSERT_LT(0, self->first);
	expect_no_secret(_metadata, self->first, self->before, self->last);
}

TEST_F(tree, undumpable_exec)
{
	self->first = child_start(idle, become_unreadable_and_execute);
	ASSERT_LT(0, self->first);
	expect_no_secret(_metadata, self->first, self->before, self->last);
}

TEST_HARNESS_MAIN
