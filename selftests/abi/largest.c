// SPDX-License-Identifier: GPL-2.0
/*
 * The largest record of each kind, for the reader that gives the kernel least: the smallest
 * receive buffer, and no recvmsg() with more room than the message has.  A long path, which any
 * user can make, must not end the dump of all others.
 */
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/abi_table.h"
#include "selftest.h"
#include "subject.h"

#define HERE		"/tmp/largest"
#define DEPTH		15
#define NAME		255
#define PATH		4096

/* Without a path, and with one: Documentation/abi.rst, "Buffers". */
#define SMALL_MAX	3776
#define LARGE_MAX	6144

/**
 * struct got - an answer
 * @longest: bytes of the longest message, by the kind of record
 * @path: length of the longest path or name
 * @end: the error that ended it, negative; 0: none
 */
struct got {
	size_t longest[__MEMCENSUS_A_MAX];
	size_t path;
	int end;
};

static const char letters[NAME + 1] = { [0 ... NAME - 1] = 'x' };

/* A file of @pages pages below HERE whose name has so many letters that HERE/... has @len. */
static int deep_file(size_t len, size_t pages)
{
	int dir = open(HERE, O_PATH | O_DIRECTORY | O_CLOEXEC), next, fd;
	char page[4096] = "";
	unsigned int i;
	size_t left;

	for (i = 0; i < DEPTH; i++) {
		mkdirat(dir, letters, 0700);
		next = openat(dir, letters, O_PATH | O_DIRECTORY | O_CLOEXEC);
		need(next >= 0, "a directory");
		close(dir);
		dir = next;
	}
	left = len - strlen(HERE) - DEPTH * (NAME + 1) - 1;
	fd = openat(dir, letters + NAME - left, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	need(fd >= 0, "a file with a long path");
	close(dir);
	for (left = 0; left < pages * PAGE; left += sizeof(page))
		need(write(fd, page, sizeof(page)) == sizeof(page), "write");
	return fd;
}

/* Length of the longest string in a record: a path. */
static int path_attr(const struct nlattr *attr, void *data)
{
	struct got *got = data;
	size_t len;

	if (mnl_attr_get_payload_len(attr) < 512)
		return MNL_CB_OK;
	len = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	got->path = len > got->path ? len : got->path;
	return MNL_CB_OK;
}

static int top_attr(const struct nlattr *attr, void *data)
{
	unsigned int kind = mnl_attr_get_type(attr);
	struct got *got = data;

	if (kind <= MEMCENSUS_A_REQUEST || kind > MEMCENSUS_A_MAX)
		return MNL_CB_OK;
	got->longest[kind] = 1;
	if (kind == MEMCENSUS_A_VMA || kind == MEMCENSUS_A_FRAME_FILE)
		return mnl_attr_parse_nested(attr, path_attr, got);
	return MNL_CB_OK;
}

static void note(struct got *got, const struct nlmsghdr *nlh)
{
	struct got one = {};
	unsigned int i;

	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), top_attr, &one);
	for (i = 0; i < __MEMCENSUS_A_MAX; i++)
		if (one.longest[i] && got->longest[i] < nlh->nlmsg_len)
			got->longest[i] = nlh->nlmsg_len;
	got->path = one.path > got->path ? one.path : got->path;
}

/* Returns whether the answer goes on. */
static bool receive(struct census_socket *s, struct got *got)
{
	static char buf[65536];
	int fd = mnl_socket_get_fd(s->nl), n;
	const struct nlmsghdr *nlh = (void *)buf;

	/* The kernel never sees a larger buffer than the message that it has made. */
	n = recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC);
	need(n >= 0 && n <= (int)sizeof(buf), "length of a message");
	n = recv(fd, buf, n, 0);
	need(n >= 0, "a message");
	for (; mnl_nlmsg_ok(nlh, n); nlh = mnl_nlmsg_next(nlh, &n)) {
		if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR) {
			got->end = *(int *)mnl_nlmsg_get_payload(nlh);
			return false;
		}
		note(got, nlh);
	}
	return true;
}

static struct got get(struct census_socket *s, struct nlmsghdr *nlh)
{
	struct got got = {};
	int smallest = 1;

	need(!setsockopt(mnl_socket_get_fd(s->nl), SOL_SOCKET, SO_RCVBUF, &smallest,
			 sizeof(smallest)), "SO_RCVBUF");
	got.end = census_send(s, nlh);
	while (!got.end && receive(s, &got))
		;
	census_close(s);
	return got;
}

static struct got get_census(const struct census_request *request)
{
	struct census_socket s;
	char buf[8192];

	need(!census_open(&s), "a socket");
	return get(&s, census_request(&s, buf, request));
}

/* A PHYSICAL request with all it takes, but @files. */
static struct got get_physical(bool files)
{
	struct census_socket s;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	char buf[8192];

	need(!census_open(&s), "a socket");
	nlh = census_header(&s, buf, MEMCENSUS_CMD_PHYSICAL, NLM_F_DUMP);
	nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	mnl_attr_put_u32(nlh, MEMCENSUS_REQ_ORDER, 9);
	mnl_attr_put_u32(nlh, MEMCENSUS_REQ_GROUP_BY, MEMCENSUS_BY_CGROUP);
	if (files)
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_FILES, 100);
	mnl_attr_nest_end(nlh, nest);
	return get(&s, nlh);
}

/* Of all answers of a test. */
static size_t longest[__MEMCENSUS_A_MAX];

static void tell(void)
{
	unsigned int kind;

	for (kind = 0; kind < __MEMCENSUS_A_MAX; kind++)
		if (longest[kind])
			diag("largest: kind %u: %zu bytes", kind, longest[kind]);
}

/* Expects the whole answer, without a message longer than @max. */
#define EXPECT_WHOLE(got, max) do {						\
	unsigned int __i;							\
	EXPECT_EQ(0, (got).end);						\
	for (__i = 0; __i < __MEMCENSUS_A_MAX; __i++) {				\
		EXPECT_GE(max, (got).longest[__i])				\
			TH_LOG("kind %u", __i);					\
		if ((got).longest[__i] > longest[__i])				\
			longest[__i] = (got).longest[__i];			\
	}									\
} while (0)

static int peer(void *unused)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

/* Maps the file, and has more peers than a record names. */
static void large(void *arg)
{
	static char stacks[MEMCENSUS_PEERS_MAX + 8][2048] __attribute__((aligned(16)));
	unsigned int i;

	for (i = 1; i < 5; i++)
		read_pages(map(PLACE(i), 4 * PAGE, PROT_READ, MAP_SHARED, *(int *)arg, 0), 4);
	for (i = 0; i < MEMCENSUS_PEERS_MAX + 8; i++)
		need(clone(peer, stacks[i] + sizeof(stacks[i]), CLONE_VM, NULL) > 0, "a peer");
}

FIXTURE(largest)
{
	int mapped, cached;
	uint32_t pid;
};

FIXTURE_SETUP(largest)
{
	const size_t pages = 512;

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir(HERE, 0700);
	ASSERT_EQ(0, mount("largest", HERE, "tmpfs", 0, NULL));
	/* The longest path as a process sees it, and as the file system does. */
	self->mapped = deep_file(PATH - 1, pages);
	self->cached = deep_file(strlen(HERE) + PATH - 1, pages);
	self->pid = child_start(large, &self->mapped);
	ASSERT_LT(0, (pid_t)self->pid);
}

FIXTURE_TEARDOWN(largest)
{
	child_end(self->pid);
	close(self->mapped);
	close(self->cached);
	EXPECT_EQ(0, umount2(HERE, MNT_DETACH));
}

TEST_F(largest, census)
{
	struct census_request request = {};
	struct got got;

	got = get_census(&request);
	EXPECT_WHOLE(got, SMALL_MAX);
	EXPECT_LT(MEMCENSUS_PEERS_MAX * sizeof(uint32_t), got.longest[MEMCENSUS_A_TASK]);
	request.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES;
	request.group_by = MEMCENSUS_BY_CGROUP;
	got = get_census(&request);
	EXPECT_WHOLE(got, SMALL_MAX);
	request.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS;
	request.pids = &self->pid;
	request.n_pids = 1;
	request.group_by = 0;
	got = get_census(&request);
	EXPECT_WHOLE(got, LARGE_MAX);
	EXPECT_EQ(PATH - 1, got.path);
	EXPECT_LT(PATH, got.longest[MEMCENSUS_A_VMA]);
	tell();
}

TEST_F(largest, share)
{
	uint32_t pids[2] = { self->pid, getpid() };
	struct census_request request = { .share = true, .pids = pids, .n_pids = 2 };
	struct got got;

	TEST_OF(SHARE);
	got = get_census(&request);
	EXPECT_WHOLE(got, SMALL_MAX);
	EXPECT_LT(0, got.longest[MEMCENSUS_A_OWNERS]);
	tell();
	if (access("/sys/fs/cgroup/cgroup.controllers", R_OK))
		return;
	request = (struct census_request){
		.share = true, .group_by = MEMCENSUS_BY_CGROUP, .charged = 2,
	};
	got = get_census(&request);
	EXPECT_WHOLE(got, SMALL_MAX);
	EXPECT_LT(0, got.longest[MEMCENSUS_A_PAYER]);
	tell();
}

TEST_F(largest, physical)
{
	struct got got;

	TEST_OF(PHYSICAL);
	got = get_physical(false);
	EXPECT_WHOLE(got, SMALL_MAX);
	EXPECT_LT(0, got.longest[MEMCENSUS_A_FRAME_BLOCKS]);
	got = get_physical(true);
	EXPECT_WHOLE(got, LARGE_MAX);
	EXPECT_EQ(PATH - 1, got.path);
	EXPECT_LT(PATH, got.longest[MEMCENSUS_A_FRAME_FILE]);
	tell();
}

TEST_HARNESS_MAIN
