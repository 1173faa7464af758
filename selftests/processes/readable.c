// SPDX-License-Identifier: GPL-2.0
/*
 * A census for a reader without privileges: what the kernel lets this reader read in smaps, and
 * nothing else, also while processes execute programs of other users or give up their rights.
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "capabilities.h"
#include "selftest.h"

/* The reader, and another user. */
#define READER	1000
#define OTHER	1001

/* Pages of a process that is looked for, and of one with privileges. */
static const unsigned long pages = 30, secret = 3000;

static struct census_request restricted(const uint32_t *pid)
{
	return (struct census_request) {
		.parts = MEMCENSUS_PART_TASKS | (pid ? MEMCENSUS_PART_VMAS : 0),
		.pids = pid,
		.n_pids = !!pid,
		.restricted = true,
		.uid = READER,
		.gid = READER,
	};
}

static void become(uid_t user)
{
	need(!setgroups(0, NULL) && !setresgid(user, user, user) &&
	     !setresuid(user, user, user), "setresuid");
}

/* What the kernel says: can a process of the reader read smaps of @pid? */
static bool kernel_permits(pid_t pid)
{
	char path[64], byte;
	int fd, status;
	pid_t child;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	child = fork();
	if (!child) {
		become(READER);
		fd = open(path, O_RDONLY);
		_exit(fd < 0 || read(fd, &byte, 1) != 1);
	}
	waitpid(child, &status, 0);
	return !status;
}

/* Dumpable again, as after exec(): a change of IDs ends that. */
static void dumpable(void)
{
	need(!prctl(PR_SET_DUMPABLE, 1), "PR_SET_DUMPABLE");
}

static void be_reader(void)
{
	become(READER);
	dumpable();
}

static void be_other(void)
{
	become(OTHER);
	dumpable();
}

static void be_root(void)
{
}

static void be_undumpable(void)
{
	become(READER);
	need(!prctl(PR_SET_DUMPABLE, 0), "PR_SET_DUMPABLE");
}

static void be_lowered(void)
{
	become(READER);
}

/* Real, effective and saved ones. */
static void have_ids(const uid_t *uids, const gid_t *gids)
{
	need(!setresgid(gids[0], gids[1], gids[2]) && !setresuid(uids[0], uids[1], uids[2]),
	     "setresuid");
	dumpable();
}

static void have_saved_user(void)
{
	have_ids((uid_t[]){ READER, READER, OTHER }, (gid_t[]){ READER, READER, READER });
}

static void have_real_user(void)
{
	have_ids((uid_t[]){ OTHER, READER, READER }, (gid_t[]){ READER, READER, READER });
}

static void have_effective_user(void)
{
	have_ids((uid_t[]){ READER, OTHER, READER }, (gid_t[]){ READER, READER, READER });
}

static void have_real_group(void)
{
	have_ids((uid_t[]){ READER, READER, READER }, (gid_t[]){ OTHER, READER, READER });
}

static void have_effective_group(void)
{
	have_ids((uid_t[]){ READER, READER, READER }, (gid_t[]){ READER, OTHER, READER });
}

static void have_saved_group(void)
{
	have_ids((uid_t[]){ READER, READER, READER }, (gid_t[]){ READER, READER, OTHER });
}

static void have_capability(void)
{
	need(!prctl(PR_SET_KEEPCAPS, 1), "PR_SET_KEEPCAPS");
	become(READER);
	keep_capabilities(CAPABILITY(NET_RAW));
	dumpable();
}

static void be_in_user_namespace(void)
{
	be_reader();
	if (unshare(CLONE_NEWUSER))
		_exit(0);
	/* No capabilities, as after exec() of a user that is not mapped to root. */
	keep_capabilities(0);
	dumpable();
}

FIXTURE(process)
{
	pid_t pid;
};

FIXTURE_VARIANT(process)
{
	void (*become)(void);
	bool readable, stricter;
};

FIXTURE_VARIANT_ADD(process, reader) { .become = be_reader, .readable = true };
FIXTURE_VARIANT_ADD(process, other_user) { .become = be_other };
FIXTURE_VARIANT_ADD(process, root) { .become = be_root };
FIXTURE_VARIANT_ADD(process, undumpable) { .become = be_undumpable };
FIXTURE_VARIANT_ADD(process, lowered) { .become = be_lowered };
FIXTURE_VARIANT_ADD(process, saved_user) { .become = have_saved_user };
FIXTURE_VARIANT_ADD(process, real_user) { .become = have_real_user };
FIXTURE_VARIANT_ADD(process, effective_user) { .become = have_effective_user };
FIXTURE_VARIANT_ADD(process, saved_group) { .become = have_saved_group };
FIXTURE_VARIANT_ADD(process, real_group) { .become = have_real_group };
FIXTURE_VARIANT_ADD(process, effective_group) { .become = have_effective_group };
FIXTURE_VARIANT_ADD(process, capability) { .become = have_capability };
/* The kernel lets the user read it who made the namespace. */
FIXTURE_VARIANT_ADD(process, user_namespace) {
	.become = be_in_user_namespace,
	.stricter = true,
};

static void body(void *arg)
{
	void (*change)(void) = arg;

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	change();
	/* A change of IDs resets what child_start() set. */
	need(!prctl(PR_SET_PDEATHSIG, SIGKILL), "PR_SET_PDEATHSIG");
}

FIXTURE_SETUP(process)
{
	self->pid = child_start((void (*)(void *))body, variant->become);
	if (self->pid < 0)
		SKIP(return, "kernel has no user namespaces");
}

FIXTURE_TEARDOWN(process)
{
	if (self->pid > 0)
		child_end(self->pid);
}

static bool same_figures(const struct figures *a, const struct figures *b)
{
	return a->known == b->known && !memcmp(a->value, b->value, sizeof(a->value));
}

static bool is_same(const struct census *own, const struct census *root, pid_t pid)
{
	const struct census_task *a = census_task_of(own, pid), *b = census_task_of(root, pid);
	size_t n;

	if (!a || !b || !same_figures(&a->f, &b->f) || a->start != b->start ||
	    strcmp(a->comm, b->comm) || own->n_vmas != root->n_vmas)
		return false;
	for (n = 0; n < own->n_vmas; n++)
		if (!same_figures(&own->vmas[n].f, &root->vmas[n].f))
			return false;
	return true;
}

/*
 * The figures of a readable process are those of root, to the byte; but this test may map a page
 * of the C library that it shares with it, between the two censuses.
 */
static void expect_same(struct __test_metadata *_metadata, struct census_request request,
			pid_t pid)
{
	struct census_request all = request;
	struct census own, root;
	unsigned int n;
	bool same;

	all.restricted = false;
	for (same = false, n = 0; n < 10 && !same; n++) {
		ASSERT_TAKEN(&request, &own);
		ASSERT_TAKEN(&all, &root);
		same = is_same(&own, &root, pid);
		census_free(&own);
		census_free(&root);
	}
	EXPECT_TRUE(same);
}

TEST_F(process, named)
{
	const uint32_t pid = self->pid;
	struct census_request request = restricted(&pid);
	struct census own;

	EXPECT_EQ(variant->readable || variant->stricter, kernel_permits(self->pid));
	ASSERT_TAKEN(&request, &own);
	EXPECT_EQ(variant->readable, own.n_tasks);
	EXPECT_EQ(variant->readable, !!own.n_vmas);
	census_free(&own);
	if (variant->readable)
		expect_same(_metadata, request, self->pid);
}

/* Of all processes: each that is sent is one that the kernel permits, and no sums of others. */
TEST_F(process, among_all)
{
	struct census_request request = restricted(NULL);
	struct census own;
	size_t i;

	request.parts |= MEMCENSUS_PART_NODES;
	ASSERT_TAKEN(&request, &own);
	for (i = 0; i < own.n_tasks; i++)
		EXPECT_TRUE(kernel_permits(own.tasks[i].pid));
	EXPECT_EQ(variant->readable, !!census_task_of(&own, self->pid));
	EXPECT_LE(1, own.n_nodes);
	EXPECT_EQ(0, own.scan_known & ~((2U << MEMCENSUS_SCAN_ZOMBIES) - 1));
	EXPECT_LT(own.n_tasks, own.scan[MEMCENSUS_SCAN_MMS]);
	census_free(&own);
	if (variant->readable)
		expect_same(_metadata, request, self->pid);
}

/* A group is sent if all its members are, and a process names no other one. */
TEST_F(process, groups)
{
	struct census_request request = restricted(NULL);
	unsigned int by[] = { MEMCENSUS_BY_UID, MEMCENSUS_BY_COMM, MEMCENSUS_BY_CGROUP };
	const struct census_task *task;
	struct census census;
	size_t i, j, sent;
	unsigned int n;

	for (n = 0; n < 3; n++) {
		request.group_by = by[n];
		ASSERT_TAKEN(&request, &census);
		for (i = 0; i < census.n_groups; i++) {
			for (sent = j = 0; j < census.n_tasks; j++)
				sent += census.tasks[j].group == census.groups[i].id;
			EXPECT_LE(1, sent);
			EXPECT_EQ(census.groups[i].mms, sent);
		}
		task = census_task_of(&census, self->pid);
		/* Its user has no other process, its name and its cgroup are those of the test. */
		if (task)
			EXPECT_EQ(by[n] == MEMCENSUS_BY_UID, !!task->group);
		census_free(&census);
	}
}

/* Both IDs or none, and no command but SNAPSHOT. */
TEST(requests)
{
	const uint32_t pid = getpid();
	struct census_request request = restricted(NULL);
	struct census_error error = {};

	request.gid = -1;
	EXPECT_EQ(-EINVAL, census_take(&request, NULL, &error));
	EXPECT_NE(NULL, strstr(error.text, "READER_GID"));
	request = restricted(&pid);
	request.parts = 0;
	request.share = true;
	EXPECT_EQ(-EINVAL, census_take(&request, NULL, &error));
	EXPECT_NE(NULL, strstr(error.text, "SHARE takes"));
}

/* Whoever asks without groups gets none, also of a census that has them: both kinds share it. */
TEST(age_of_groups)
{
	struct census_request request = restricted(NULL);
	uint64_t first = 0, last = 0, begun = now_ms();
	struct census census;
	size_t grouped, i;
	unsigned int n;

	request.restricted = false;
	request.max_age = 1000;
	for (n = 0; n < 20; n++) {
		request.group_by = n % 2 ? 0 : MEMCENSUS_BY_TREE;
		ASSERT_TAKEN(&request, &census);
		for (grouped = i = 0; i < census.n_tasks; i++)
			grouped += !!census.tasks[i].group;
		EXPECT_EQ(!request.group_by, !grouped);
		EXPECT_EQ(!request.group_by, !census.n_groups);
		first = first ?: census.seq;
		last = census.seq;
		census_free(&census);
	}
	diag("%d requests in %llu ms: %llu censuses", n, (unsigned long long)(now_ms() - begun),
	     (unsigned long long)(last - first + 1));
	EXPECT_GE(2 * ((now_ms() - begun) / 1000 + 1), last - first + 1);
}

/*
 * A census that is young enough answers all, whichever parts they ask for, and a new one is taken
 * when it is not.
 */
TEST(age)
{
	struct census_request request = restricted(NULL);
	uint64_t first = 0, last = 0, begun = now_ms();
	struct census census;
	unsigned int n;

	request.restricted = false;
	request.max_age = 1000;
	for (n = 0; n < 40; n++) {
		request.parts = n % 2 ? MEMCENSUS_PART_TASKS : MEMCENSUS_PART_NODES;
		ASSERT_TAKEN(&request, &census);
		EXPECT_EQ(n % 2, !!census.n_tasks);
		EXPECT_EQ(!(n % 2), !!census.n_nodes);
		first = first ?: census.seq;
		last = census.seq;
		census_free(&census);
	}
	diag("%d requests in %llu ms: %llu censuses", n, (unsigned long long)(now_ms() - begun),
	     (unsigned long long)(last - first + 1));
	EXPECT_GE((now_ms() - begun) / 1000 + 1, last - first);
	request.max_age = 1;
	sleep_ms(5);
	ASSERT_TAKEN(&request, &census);
	EXPECT_LT(last, census.seq);
	census_free(&census);
}

#define PROGRAM	"/tmp/memcensus-readable"
#define PLAIN	"/tmp/memcensus-readable-plain"
#define ROLE	"READABLE_ROLE"

static unsigned int rounds(void)
{
	const char *text = getenv("READABLE_ROUNDS");

	/* `make check storm` has 10,000.  A debug kernel takes a third of a second for each. */
	return text ? atoi(text) : is_slow_kernel() ? 30 : 50;
}

#define PAUSE		"/sys/module/memcensus/parameters/pause_ms"

/* Mappings whose walk, or end, takes some milliseconds. */
#define MAPPINGS	1000

static void map_much(void)
{
	unsigned int i;

	for (i = 0; i < MAPPINGS; i++)
		write_pages(map_private(PLACE(0) + 2 * i * PAGE, PAGE), 1);
}

static void be_large(void *arg)
{
	be_reader();
	map_much();
}

/*
 * Takes censuses while @pid changes: it may be seen with few pages only.  @before: a process that
 * is walked between the look at @pid and its walk; 0: none.  Return: how often it was seen.
 */
static unsigned int watch(struct __test_metadata *_metadata, pid_t pid, pid_t before, bool named)
{
	const uint32_t ids[] = { before ?: pid, pid };
	struct census_request request = restricted(named ? ids : NULL);
	const struct census_task *task;
	unsigned int n, seen = 0;
	struct census census;

	if (named && before)
		request.n_pids = 2;

	/* A process that lives for milliseconds is met by luck; on a debug kernel by none. */
	for (n = 0; n < rounds() || (!seen && !is_slow_kernel() && n < 3000); n++) {
		ASSERT_EQ(0, census_take(&request, &census, NULL));
		task = census_task_of(&census, pid);
		if (task && task->f.known >> MEMCENSUS_F_RSS & 1) {
			seen++;
			ASSERT_GT(secret * PAGE, figure(&task->f, MEMCENSUS_F_RSS));
		}
		census_free(&census);
	}
	diag("seen %u times in %u censuses", seen, n);
	return seen;
}

/* Executes this program, which belongs to root and runs as its owner. */
static void execute_set_user_id(void)
{
	setenv(ROLE, "set-user-id", 1);
	execl(PROGRAM, "memcensus-set-user-id", NULL);
	_exit(1);
}

/* It becomes the caller again, then its program. */
static void be_set_user_id(void)
{
	need(!geteuid() && getuid() == READER, "the program is set-user-id");
	need(mmap(NULL, secret * PAGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) != MAP_FAILED, "mmap");
	/* Until a census that has begun before has walked it. */
	sleep_ms(20);
	need(!setresuid(READER, READER, READER), "setresuid");
	setenv(ROLE, "plain", 1);
	execl(PLAIN, "memcensus-plain", NULL);
	_exit(1);
}

/*
 * exec() unmaps these after it has replaced the address space, and before it gives the program its
 * user: a process that is collected in this time has the new address space and the old user.
 */
static void be_plain(void)
{
	map_much();
	execute_set_user_id();
}

static void copy_program(const char *path, mode_t mode)
{
	int from = open("/proc/self/exe", O_RDONLY), to;
	char buf[65536];
	ssize_t n;

	unlink(path);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL, 0700);
	need(from >= 0 && to >= 0, path);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		need(write(to, buf, n) == n, path);
	/* After the last write, which would take the bit away. */
	need(!fchown(to, 0, 0) && !fchmod(to, mode), path);
	close(from);
	close(to);
}

FIXTURE(changes) {};
FIXTURE_VARIANT(changes) { bool named; };
FIXTURE_VARIANT_ADD(changes, named) { .named = true };
FIXTURE_VARIANT_ADD(changes, all) {};
FIXTURE_SETUP(changes) {}
FIXTURE_TEARDOWN(changes) {}

TEST_F_TIMEOUT(changes, set_user_id, 7200)
{
	const pid_t before = child_start(be_large, NULL);
	unsigned int seen;
	pid_t pid;

	ASSERT_LT(0, before);
	copy_program(PROGRAM, 04755);
	copy_program(PLAIN, 0755);
	pid = fork();
	if (!pid) {
		become(READER);
		execute_set_user_id();
	}
	seen = watch(_metadata, pid, before, variant->named);
	EXPECT_EQ(pid, waitpid(pid, NULL, WNOHANG) ?: pid);
	child_end(pid);
	child_end(before);
	unlink(PROGRAM);
	unlink(PLAIN);
	/* Such a kernel takes longer for a census, and only with CENSUS_CHECK waits in it. */
	if (!seen && is_slow_kernel() && read_number(PAUSE) < 0)
		SKIP(return, "the process with the reader's rights was in none of the censuses");
	EXPECT_LT(0, seen);
}

/* A process of root with many pages and one of the reader with few have the same PID in turn. */
TEST_F_TIMEOUT(changes, same_pid, 7200)
{
	struct clone_args args = { .exit_signal = SIGCHLD, .set_tid_size = 1 };
	unsigned int seen, turn;
	pid_t pid, loop, child;

	pid = fork();
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	args.set_tid = (uintptr_t)&pid;
	loop = fork();
	if (!loop) {
		need(!prctl(PR_SET_PDEATHSIG, SIGKILL), "PR_SET_PDEATHSIG");
		for (turn = 0;; turn++) {
			child = syscall(SYS_clone3, &args, sizeof(args));
			if (!child) {
				need(!prctl(PR_SET_PDEATHSIG, SIGKILL), "PR_SET_PDEATHSIG");
				if (turn % 2)
					be_reader();
				else
					write_pages(map_private(PLACE(0), secret * PAGE), secret);
				sleep_ms(2);
				_exit(0);
			}
			if (child < 0)
				_exit(1);
			waitpid(child, NULL, 0);
		}
	}
	seen = watch(_metadata, pid, 0, variant->named);
	EXPECT_EQ(0, waitpid(loop, NULL, WNOHANG));
	child_end(loop);
	/* Such a kernel takes longer to begin a census than such a process lives. */
	if (!seen && is_slow_kernel())
		SKIP(return, "the reader's process was in none of the censuses");
	EXPECT_LT(0, seen);
}

/* Before main(), which is the harness. */
__attribute__((constructor)) static void be_role(void)
{
	const char *role = getenv(ROLE);

	if (!role)
		return;
	if (!strcmp(role, "plain"))
		be_plain();
	be_set_user_id();
}

TEST_HARNESS_MAIN
