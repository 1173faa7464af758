// SPDX-License-Identifier: GPL-2.0
/* Processes that share an address space, by vfork() or CLONE_VM. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "memory/fuse.h"
#include "selftest.h"

static const unsigned long pages = 70;

/*
 * @fd: of this memory; @go: the peer executes a program; @executes, @executed: when it begins to,
 * and when the program is there
 */
struct pair {
	volatile pid_t peer;
	volatile bool ready, go;
	volatile uint64_t executes, executed;
	int fd;
};

static struct pair *pair;

FIXTURE(pair)
{
	pid_t pid;
};

FIXTURE_SETUP(pair)
{
	int fd = memfd("pair", 1);

	pair = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, pair);
	pair->fd = fd;
	self->pid = -1;
}

FIXTURE_TEARDOWN(pair)
{
	if (pair->peer > 0)
		kill(pair->peer, SIGKILL);
	child_end(self->pid);
}

/* Does the kernel know which process owns an address space?  It does with memory cgroups. */
static bool owner_is_known(void)
{
	return kernel_has("mm_update_next_owner");
}

/* Expects one record with both, for either PID and in a census of all. */
static void expect_one_record(struct __test_metadata *_metadata, pid_t first,
			      pid_t peer)
{
	struct census_request all = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	const pid_t pids[2] = { first, peer };
	const struct census_task *task;
	const struct census_vma *vma;
	struct census census;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		const bool its = owner_is_known() || !i;

		ASSERT_CENSUS(pids[i], &census);
		EXPECT_EQ(its ? first : peer, census.tasks->pid);
		ASSERT_EQ(1, census.tasks->peers.n);
		EXPECT_EQ(its ? peer : first, census.tasks->peers.v[0]);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_EQ(census.tasks->pid, vma->pid);
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
	if (process_state(peer) != 'Z')
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

static void start_peer(void)
{
	static char stack[65536]
		__attribute__((aligned(16)));

	pair->ready = false;
	pair->peer = clone(peer_body, stack + sizeof(stack),
			   CLONE_VM | SIGCHLD, NULL);
	need(pair->peer > 0, "clone");
	while (!pair->ready)
		sleep_ms(1);
}

static void clone_parent(void *arg)
{
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	start_peer();
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
	/* The kernel has made its child the owner. */
	if (owner_is_known())
		expect_one_record(_metadata, pair->peer, self->pid);
	else
		expect_one_record(_metadata, self->pid, pair->peer);
}

/* A request with several address spaces: each record has all its processes. */
TEST(many_are_named)
{
	enum { PAIRS = 5 };
	pid_t first[PAIRS], peer[PAIRS];
	uint32_t pids[2 * PAIRS];
	const struct census_request named = {
		.parts = MEMCENSUS_PART_TASKS,
		.pids = pids,
		.n_pids = 2 * PAIRS,
	};
	const struct census_request alone = {
		.parts = MEMCENSUS_PART_TASKS,
		.no_owners = true,
		.pids = pids,
		.n_pids = 2 * PAIRS,
	};
	const struct census_request *requests[] = { &named, &alone };
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
			ASSERT_EQ(1, task->peers.n);
			if (owner_is_known()) {
				EXPECT_EQ(first[i], task->pid);
				EXPECT_EQ(peer[i], task->peers.v[0]);
			}
			EXPECT_LE(pages * PAGE,
				  figure(&task->f, MEMCENSUS_F_FRAMES));
			EXPECT_EQ(!!j, figure(&task->f, MEMCENSUS_F_USS) == FIGURE_UNKNOWN);
			if (!j)
				EXPECT_LE(pages * PAGE, figure(&task->f, MEMCENSUS_F_USS));
		}
		census_free(&census);
	}
	for (i = 0; i < PAIRS; i++) {
		kill(peer[i], SIGKILL);
		child_end(first[i]);
	}
}

/* How a process leaves its address space. */
enum leave { EXIT, EXECUTE, LEAVES };

/* Leaves @us after the word, while the module looks up the processes of the request. */
static void leave(enum leave how, unsigned int us)
{
	static char *const argv[] = { "sleep", "60", NULL };
	uint64_t end;

	pair->ready = true;
	while (!pair->go)
		;
	for (end = now_us() + us; now_us() < end;)
		;
	if (how == EXECUTE)
		execvp(argv[0], argv);
	_exit(0);
}

/* A child by vfork() leaves the address space of its parent. */
static void vfork_and_leave(enum leave how, unsigned int us)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!vfork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pair->peer = getpid();
		leave(how, us);
	}
	for (;;)
		pause();
}

/* Turns that end at different moments.  A debug kernel takes so long that they lie far apart. */
static unsigned int turns(void)
{
	return is_debug_kernel() ? 12 : 40;
}

/* Lets process @pid leave, and takes a census that looks it up first, and this process often. */
static int take_while_leaving(pid_t pid, bool no_owners, struct census *census)
{
	static uint32_t pids[MEMCENSUS_PIDS_MAX];
	const struct census_request request = {
		.no_owners = no_owners, .parts = MEMCENSUS_PART_TASKS,
		.pids = pids, .n_pids = ARRAY_SIZE(pids),
	};
	unsigned int i;

	pids[0] = pid;
	for (i = 1; i < ARRAY_SIZE(pids); i++)
		pids[i] = getpid();
	pair->go = true;
	return census_take(&request, census, NULL);
}

/* The requested process is looked up first, and leaves before its peers are looked for. */
TEST_F(pair, leaves_after_look_up)
{
	struct census census;
	unsigned int i;

	for (i = 0; i < turns(); i++) {
		pair->ready = false;
		pair->go = false;
		self->pid = fork();
		ASSERT_LE(0, self->pid);
		if (!self->pid)
			vfork_and_leave(i % LEAVES, i / LEAVES * (80000 / turns()));
		while (!pair->ready)
			sleep_ms(1);
		ASSERT_EQ(0, take_while_leaving(pair->peer, true, &census));
		EXPECT_NE(NULL, census_task_of(&census, pair->peer))
			TH_LOG("turn %u", i);
		EXPECT_NE(NULL, census_task_of(&census, getpid()));
		EXPECT_GE(2, census.n_tasks);
		census_free(&census);
		kill(pair->peer, SIGKILL);
		child_end(self->pid);
		self->pid = -1;
	}
}

/*
 * The only process of its address space is looked up, and executes a program before owners are
 * looked for: its record is of what it executes.
 */
TEST_F(pair, executes_after_look_up)
{
	const struct census_task *task;
	struct census census;
	unsigned int i;

	for (i = 0; i < turns(); i++) {
		pair->ready = false;
		pair->go = false;
		self->pid = fork();
		ASSERT_LE(0, self->pid);
		if (!self->pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			leave(EXECUTE, i * (20000 / turns()));
		}
		while (!pair->ready)
			sleep_ms(1);
		ASSERT_EQ(0, take_while_leaving(self->pid, false, &census));
		task = census_task_of(&census, self->pid);
		ASSERT_NE(NULL, task);
		EXPECT_NE(MEMCENSUS_STATE_VANISHED, task->state)
			TH_LOG("turn %u", i);
		EXPECT_EQ(2, census.n_tasks);
		census_free(&census);
		child_end(self->pid);
		self->pid = -1;
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

#define PID_MAX	"/proc/sys/kernel/pid_max"
/* PIDs begin here again after the largest one. */
#define PIDS_FROM 300

/* PIDs go up to that of this process and some more, then the peer gets a lower one. */
static void clone_below(void *arg)
{
	char text[32];
	pid_t pid;

	snprintf(text, sizeof(text), "%d", getpid() + 30);
	need(write_file(PID_MAX, text), PID_MAX);
	clone_parent(NULL);
	while ((pid = pair->peer) > getpid()) {
		kill(pid, SIGKILL);
		need(waitpid(pid, NULL, 0) == pid, "waitpid");
		start_peer();
	}
}

/* Until the next process has a PID above those that are used again. */
static void use_pids(void)
{
	pid_t pid;

	do {
		pid = fork();
		if (!pid)
			_exit(0);
		need(waitpid(pid, NULL, 0) == pid, "waitpid");
	} while (pid < PIDS_FROM + 10);
}

/* The record is that of the owner by the kernel's books, whatever its PID. */
TEST_F(pair, owner_has_higher_pid)
{
	char text[32];

	if (!owner_is_known())
		SKIP(return, "without memory cgroups the kernel knows no owner");
	snprintf(text, sizeof(text), "%ld", read_number(PID_MAX));
	use_pids();
	self->pid = child_start(clone_below, NULL);
	write_file(PID_MAX, text);
	ASSERT_LT(0, self->pid);
	ASSERT_LT(pair->peer, self->pid);
	expect_one_record(_metadata, self->pid, pair->peer);
}

#define EXECUTED	"CLONE_VM_EXECUTED"

/* What the peer executes: this program, with the file of @pair. */
__attribute__((constructor)) static void executed(void)
{
	const char *fd = getenv(EXECUTED);

	if (!fd)
		return;
	pair = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, atoi(fd), 0);
	need(pair != MAP_FAILED, "mmap");
	write_pages(map_private(PLACE(1), pages * PAGE), pages);
	pair->executed = now_us();
	for (;;)
		pause();
}

/* Executes this program during the census; @word is its environment. */
static void execute(char *word)
{
	char *const arguments[] = { "clone_vm", NULL }, *const environment[] = { word, NULL };

	while (!pair->go)
		usleep(1000);
	usleep(50000);
	pair->executes = now_us();
	execve("/proc/self/exe", arguments, environment);
	_exit(1);
}

static int executing_peer(void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pair->ready = true;
	execute(arg);
	return 1;
}

/* Environment of execute() */
static char *keep_pair(void)
{
	static char word[64];

	snprintf(word, sizeof(word), EXECUTED "=%d", pair->fd);
	fcntl(pair->fd, F_SETFD, 0);
	return word;
}

static void clone_executing(void *arg)
{
	static char stack[65536] __attribute__((aligned(16)));

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	pair->peer = clone(executing_peer, stack + sizeof(stack), CLONE_VM | SIGCHLD,
			   keep_pair());
	need(pair->peer > 0, "clone");
	while (!pair->ready)
		sleep_ms(1);
}

/* Its peer goes on with the address space. */
static void clone_and_execute(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	clone_parent(NULL);
	execute(keep_pair());
}

/* Waits for the page of the FUSE file @arg, with its mmap lock. */
static void stick(void *arg)
{
	write_pages(map_private(PLACE(0), 2 * PAGE), 1);
	child_stop();
	mmap(PLACE(0) + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, *(int *)arg, 0);
}

/*
 * A census waits for a stuck process until its budget is used up.  Meanwhile a process that
 * shared an address space executes a program.
 *
 * @census: freed if that was after the census
 *
 * Return: true if it was during the census.
 */
static bool executes_during(struct __test_metadata *_metadata,
			    const struct census_request *request, struct fuse *fuse,
			    struct census *census)
{
	pid_t stuck, reader;
	uint64_t begin, end;
	char byte;
	int fd;

	fd = fuse_open_direct(fuse);
	ASSERT_LE(0, fd);
	stuck = child_start(stick, &fd);
	ASSERT_LT(0, stuck);
	reader = fork();
	if (!reader) {
		fd = fuse_open_cached(fuse);
		_exit(pread(fd, &byte, 1, 0) != 1);
	}
	ASSERT_TRUE(fuse_was_asked(fuse));
	kill(stuck, SIGCONT);
	ASSERT_TRUE(child_waits(stuck));

	pair->go = true;
	ASSERT_EQ(0, census_take(request, census, NULL));
	/* As now_us() has it where the machine was never suspended. */
	begin = census->scan[MEMCENSUS_SCAN_BOOTTIME_NS] / 1000;
	end = begin + census->scan[MEMCENSUS_SCAN_WALL_NS] / 1000;
	while (!pair->executed)
		sleep_ms(1);
	fuse_answer(fuse);
	child_end(stuck);
	child_end(reader);
	fuse_stop(fuse);
	diag("executed from %lld us to %lld us, in a census of %llu us",
	     (long long)(pair->executes - begin), (long long)(pair->executed - begin),
	     (unsigned long long)(end - begin));
	if (pair->executes > begin && pair->executed < end)
		return true;
	census_free(census);
	return false;
}

static bool own_mounts(void)
{
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* Both processes are in the record of the address space that they had when they were found. */
TEST_F(pair, executes_during_census)
{
	const struct census_request all = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	const struct census_task *task;
	struct fuse fuse = {};
	struct census census;

	ASSERT_TRUE(own_mounts());
	self->pid = child_start(clone_executing, NULL);
	ASSERT_LT(0, self->pid);
	if (fuse_start(&fuse) == -ENODEV)
		SKIP(return, "kernel has no FUSE");
	if (!executes_during(_metadata, &all, &fuse, &census))
		return;
	task = census_task_of(&census, self->pid);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(task, census_task_of(&census, pair->peer));
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, task->state);
	EXPECT_LE(pages * PAGE, figure(&task->f, MEMCENSUS_F_USS));
	EXPECT_NE(FIGURE_UNKNOWN, figure(&task->f, MEMCENSUS_F_USS));
	census_free(&census);
}

/* The owner of a record that SHARE compares executes a program: it remains its record. */
TEST_F(pair, owner_executes_during_share)
{
	uint32_t pid;
	const struct census_request request = { .share = true, .pids = &pid, .n_pids = 1 };
	struct fuse fuse = {};
	struct census census;
	size_t i;

	if (!owner_is_known())
		SKIP(return, "without memory cgroups the kernel knows no owner");
	ASSERT_TRUE(own_mounts());
	self->pid = fork();
	ASSERT_LE(0, self->pid);
	if (!self->pid)
		clone_and_execute();
	while (!pair->ready)
		sleep_ms(1);
	if (fuse_start(&fuse) == -ENODEV)
		SKIP(return, "kernel has no FUSE");
	pid = self->pid;
	if (!executes_during(_metadata, &request, &fuse, &census))
		return;
	EXPECT_LT(0, census.n_owned);
	for (i = 0; i < census.n_owned; i++)
		EXPECT_EQ(pid, census.owned[i].pid);
	EXPECT_EQ(census_task_of(&census, pid), census_task_of(&census, pair->peer));
	EXPECT_NE(NULL, census_task_of(&census, pid));
	census_free(&census);
}

TEST_HARNESS_MAIN
