// SPDX-License-Identifier: GPL-2.0
/* Which callers get a census, and what a caller in a namespace sees. */
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/uio.h>

#include "capabilities.h"
#include "selftest.h"

#include "client/client_physical.h"

#define NOBODY	65534

static const struct census_request all = {
	.parts = MEMCENSUS_PART_TASKS,
};

static void become_nobody(void)
{
	need(!setresgid(NOBODY, NOBODY, NOBODY), "setresgid");
	need(!setresuid(NOBODY, NOBODY, NOBODY), "setresuid");
}

static void expect_refused(struct __test_metadata *_metadata)
{
	struct census_error error = {};

	EXPECT_EQ(-EPERM, census_take(&all, NULL, &error));
	EXPECT_STRNE("", error.text);
	diag("%s", error.text);
}

TEST(nobody)
{
	become_nobody();
	expect_refused(_metadata);
}

/* The highest one is 40, CAP_CHECKPOINT_RESTORE. */
TEST(root_without_the_capability)
{
	keep_capabilities((CAPABILITY(CHECKPOINT_RESTORE) * 2 - 1) &
			  ~(CAPABILITY(SYS_PTRACE) | CAPABILITY(PERFMON)));
	expect_refused(_metadata);
	EXPECT_EQ(-1, open("/proc/memcensus", O_RDONLY));
	EXPECT_EQ(EPERM, errno);
}

FIXTURE(nobody_with) {};
FIXTURE_SETUP(nobody_with) {}
FIXTURE_TEARDOWN(nobody_with) {}

FIXTURE_VARIANT(nobody_with)
{
	uint64_t capability;
	bool writes;
};

FIXTURE_VARIANT_ADD(nobody_with, perfmon) { .capability = CAPABILITY(PERFMON) };
FIXTURE_VARIANT_ADD(nobody_with, ptrace) { CAPABILITY(SYS_PTRACE), .writes = true };

/* Bytes that are written into init's memory: of none. */
static ssize_t write_into_init(void)
{
	char byte = 0;
	struct iovec local = { &byte, 1 }, remote = { NULL, 1 };

	return process_vm_writev(1, &local, 1, &remote, 1, 0);
}

static void become_nobody_with(uint64_t capability)
{
	prctl(PR_SET_KEEPCAPS, 1);
	become_nobody();
	keep_capabilities(capability);
}

TEST_F(nobody_with, the_capability)
{
	struct census census;

	become_nobody_with(variant->capability);
	ASSERT_EQ(0, census_take(&all, &census, NULL));
	EXPECT_NE(NULL, census_task_of(&census, 1));
	census_free(&census);
}

static uint64_t free_parts(const struct physical *p)
{
	uint64_t free = 0;
	unsigned int i;

	for (i = 0; i < p->n_blocks; i++)
		free += block_free(p->blocks[i].record);
	return free;
}

/* Numbers of frames are for CAP_SYS_ADMIN, as in pagemap; all else is there without it. */
static void expect_numbers(struct __test_metadata *_metadata, bool numbers)
{
	const struct physical_ask ask = { .order = 4 };
	struct physical *p = (void *)map_private(PLACE(30), sizeof(*p));
	unsigned int i, n, below = 0;

	ASSERT_EQ(0, physical_take_with(p, ask));
	ASSERT_LT(MEMCENSUS_BLOCK_RECORDS_MAX, p->n_blocks);
	EXPECT_LT(0, free_parts(p));
	/* Without numbers, those of a message are sorted. */
	n = numbers ? p->n_blocks : MEMCENSUS_BLOCK_RECORDS_MAX;
	for (i = 1; i < n; i++)
		below += p->blocks[i].record < p->blocks[i - 1].record;
	EXPECT_EQ(numbers, p->n_numbers > 0);
	EXPECT_EQ(numbers, below > 0);
	diag("%u blocks, %u messages with frame numbers, %u blocks out of order",
	     p->n_blocks, p->n_numbers, below);
	munmap(p, sizeof(*p));
}

TEST_F(nobody_with, no_frame_numbers)
{
	become_nobody_with(variant->capability);
	expect_numbers(_metadata, false);
}

TEST(frame_numbers)
{
	prctl(PR_SET_KEEPCAPS, 1);
	become_nobody();
	keep_capabilities(CAPABILITY(PERFMON) | CAPABILITY(SYS_ADMIN));
	expect_numbers(_metadata, true);
}

/* Root of a container may have it there alone. */
TEST(root_without_sys_admin)
{
	keep_capabilities((CAPABILITY(CHECKPOINT_RESTORE) * 2 - 1) & ~CAPABILITY(SYS_ADMIN));
	expect_numbers(_metadata, false);
}

/* One of them may write too: the address is wrong, not the caller. */
TEST_F(nobody_with, writes)
{
	ssize_t written;

	become_nobody_with(variant->capability);
	written = write_into_init();
	if (written < 0 && errno == ENOSYS)
		SKIP(return, "kernel has no CONFIG_CROSS_MEMORY_ATTACH");
	EXPECT_EQ(-1, written);
	EXPECT_EQ(variant->writes ? EFAULT : EPERM, errno);
}

/* The files have mode 0400. */
TEST(root_with_perfmon)
{
	int fd;

	keep_capabilities(CAPABILITY(PERFMON));
	fd = open("/proc/memcensus", O_RDONLY);
	EXPECT_LE(0, fd);
	close(fd);
}

/* Root inside the namespace, unprivileged outside. */
TEST(root_of_a_user_namespace)
{
	if (unshare(CLONE_NEWUSER))
		SKIP(return, "kernel has no user namespaces");
	expect_refused(_metadata);
}

/* A socket opened by root gives no privilege to the process that inherits it. */
TEST(socket_inherited_from_root)
{
	struct census_error error = {};
	struct census_socket s;
	char buf[8192];

	ASSERT_EQ(0, census_open(&s));
	become_nobody();
	EXPECT_EQ(-EPERM, census_talk(&s, census_request(&s, buf, &all), NULL,
				      0, &error));
	EXPECT_STRNE("", error.text);
	census_close(&s);
}

/*
 * A write by a privileged process gives no privilege to a socket that an
 * unprivileged user has opened.
 */
TEST(socket_opened_by_nobody)
{
	struct census_error error = {};
	struct census_socket s;
	struct nlmsghdr *nlh;
	char buf[8192];

	ASSERT_EQ(0, seteuid(NOBODY));
	ASSERT_EQ(0, census_open(&s));
	ASSERT_EQ(0, seteuid(0));
	nlh = census_request(&s, buf, &all);
	nlh->nlmsg_seq = ++s.seq;
	ASSERT_EQ(nlh->nlmsg_len,
		  write(mnl_socket_get_fd(s.nl), nlh, nlh->nlmsg_len));
	EXPECT_EQ(-EPERM, census_receive(&s, NULL, 0, &error));
	EXPECT_STRNE("", error.text);
	census_close(&s);
}

/*
 * With a full receive buffer the kernel begins a dump not when it is sent, but when somebody reads:
 * the sender must be asked for the capability, not a privileged reader.
 */
TEST(read_by_root)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct census_error error = {};
	struct census_socket s;
	struct nlmsghdr *nlh;
	char buf[8192], full[6144] = {};
	const int small = 4096;

	ASSERT_EQ(0, seteuid(NOBODY));
	ASSERT_EQ(0, census_open(&s));
	ASSERT_EQ(0, setsockopt(mnl_socket_get_fd(s.nl), SOL_SOCKET, SO_RCVBUF, &small,
				sizeof(small)));
	/* The error has a copy of its request, and fills the buffer. */
	nlh = mnl_nlmsg_put_header(full);
	nlh->nlmsg_type = NLMSG_MIN_TYPE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nlh->nlmsg_len = sizeof(full);
	ASSERT_EQ(sizeof(full), sendto(mnl_socket_get_fd(s.nl), full, sizeof(full), 0,
				       (struct sockaddr *)&kernel, sizeof(kernel)));
	nlh = census_request(&s, buf, &all);
	nlh->nlmsg_seq = ++s.seq;
	sendto(mnl_socket_get_fd(s.nl), nlh, nlh->nlmsg_len, 0,
	       (struct sockaddr *)&kernel, sizeof(kernel));
	ASSERT_EQ(0, seteuid(0));
	/* That an answer did not fit is reported first. */
	if (recv(mnl_socket_get_fd(s.nl), full, 1, MSG_PEEK | MSG_DONTWAIT) < 0)
		ASSERT_EQ(ENOBUFS, errno);
	ASSERT_EQ(sizeof(full), recv(mnl_socket_get_fd(s.nl), full, sizeof(full), MSG_DONTWAIT));
	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_EQ(-EPERM, census_receive(&s, NULL, 0, &error));
	EXPECT_STRNE("", error.text);
	ASSERT_EQ(0, seteuid(0));
	census_close(&s);
}

TEST(files_are_for_root)
{
	static const char *const paths[] = {
		"/proc/memcensus", "/sys/kernel/debug/memcensus/summary",
		"/sys/kernel/debug/memcensus/tasks",
	};
	unsigned int i;

	become_nobody();
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		EXPECT_EQ(-1, open(paths[i], O_RDONLY));
		EXPECT_EQ(EACCES, errno);
	}
}

/* The effective user, as ps and top show, differs from the real one. */
static void other_user(void *arg)
{
	need(!setresuid(0, 1000, 0), "setresuid");
}

TEST(user_of_a_record)
{
	struct census census;
	pid_t pid;

	pid = child_start(other_user, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	EXPECT_EQ(1000, census.tasks->uid);
	census_free(&census);
	child_end(pid);
}

static const unsigned long pages = 44;

static void holder(void *arg)
{
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
}

/* Runs in process 1 of a PID namespace, which has one child. */
static void inside(struct __test_metadata *_metadata, uint32_t outside)
{
	struct census_request request = all;
	const struct census_task *task;
	struct census census;
	pid_t pid;

	ASSERT_EQ(1, getpid());
	pid = child_start(holder, NULL);
	ASSERT_EQ(2, pid);

	ASSERT_EQ(0, census_take(&all, &census, NULL));
	ASSERT_EQ(2, census.n_tasks);
	task = census_task_of(&census, 1);
	ASSERT_NE(NULL, task);
	ASSERT_EQ(0, task->ppid);
	task = census_task_of(&census, 2);
	ASSERT_NE(NULL, task);
	ASSERT_EQ(1, task->ppid);
	ASSERT_LE(pages * PAGE, task->f.value[MEMCENSUS_F_USS]);
	census_free(&census);

	/* PIDs of this namespace are valid, those of the outside are not. */
	request.pids = &outside;
	request.n_pids = 1;
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	ASSERT_EQ(1, census.n_tasks);
	ASSERT_EQ(MEMCENSUS_STATE_VANISHED, census.tasks->state);
	ASSERT_EQ(0, census.tasks->f.known);
	census_free(&census);
	outside = 2;
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	ASSERT_EQ(1, census.n_tasks);
	ASSERT_EQ(2, census.tasks->pid);
	census_free(&census);
	child_end(pid);
}

TEST(pid_namespace)
{
	uint32_t outside = getpid();
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		SKIP(return, "kernel has no PID namespaces");
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		inside(_metadata, outside);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

/*
 * The first process of this address space is outside, its CLONE_VM peer inside:
 * a census inside names only the peer.
 */
static int peer_inside(void *arg)
{
	const struct census_task *task;
	struct census census;

	/* No harness macros here: their data is on the parent's stack. */
	if (census_take(&all, &census, NULL) || census.n_tasks != 1)
		_exit(1);
	task = census.tasks;
	if (task->pid != 1 || task->nr_peers || task->peers.n || task->ppid)
		_exit(2);
	_exit(0);
}

TEST(peer_in_a_pid_namespace)
{
	char *stack = map_private(PLACE(0), 64 * PAGE) + 64 * PAGE;
	int status;
	pid_t pid;

	pid = clone(peer_inside, stack, CLONE_VM | CLONE_VFORK | CLONE_NEWPID |
		    SIGCHLD, NULL);
	if (pid < 0)
		SKIP(return, "kernel has no PID namespaces");
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
