// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus explain` of cgroups whose contents the test has made: each row is as large as that,
 * the sums add up, and what comes back does when the processes are killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "json.h"
#include "memory/stopping.h"
#include "selftest.h"

#define ROOT	"/sys/fs/cgroup"
#define WEB	"/memcensus-explain-web"
#define OTHER	"/memcensus-explain-other"
#define HERE	"/tmp/memcensus-explain"
#define FULL	HERE "/tmpfs"
#define CACHED	"/scratch/explain"

#define MIB	1048576L
#define TEXT	65536

/* What each part has, MiB. */
#define CACHE	48
#define FILES	40
#define PRIVATE	24
#define SHARED	16
#define SOCKETS	8

/* Names that are looked for and not there: ext4 keeps a dentry of each, of at least 192 bytes. */
#define NAMES	50000

/* A part of a cgroup may have so much beside that. */
#define BESIDE	MIB

static void fill(const char *path, long mib)
{
	static char block[1 << 16];
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	long i;

	need(fd >= 0, path);
	for (i = 0; i < mib * MIB / (long)sizeof(block); i++)
		need(write(fd, block, sizeof(block)) == sizeof(block), path);
	need(!fsync(fd), path);
	close(fd);
}

static void read_once(const char *path)
{
	static char block[1 << 16];
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	need(fd >= 0, path);
	while (read(fd, block, sizeof(block)) > 0)
		;
	close(fd);
}

/* Reads a file once, fills one of a tmpfs, and has memory that is its own. */
static void work(void *arg)
{
	need(enter_cgroup(ROOT WEB), ROOT WEB);
	read_once(CACHED);
	fill(FULL "/file", FILES);
	write_pages(map_private(PLACE(0), PRIVATE * MIB), PRIVATE * MIB / PAGE);
}

/* What one wrote before it forked, two map. */
static void fork_once(void *arg)
{
	need(enter_cgroup(ROOT WEB), ROOT WEB);
	write_pages(map_private(PLACE(0), SHARED * MIB), SHARED * MIB / PAGE);
	need(fork() >= 0, "fork");
}

/* Another cgroup maps the file of the tmpfs, which the first one is charged for. */
static void map_of_other(void *arg)
{
	const int fd = open(FULL "/file", O_RDONLY | O_CLOEXEC);

	need(enter_cgroup(ROOT OTHER), ROOT OTHER);
	need(fd >= 0, FULL "/file");
	need(mmap(PLACE(0), FILES * MIB, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == PLACE(0),
	     "mmap");
	read_pages(PLACE(0), FILES * MIB / PAGE);
	close(fd);
}

static void look_for_names(void *arg)
{
	char name[64];
	int i;

	need(enter_cgroup(ROOT WEB), ROOT WEB);
	for (i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "/scratch/missing%d", i);
		need(access(name, F_OK) && errno == ENOENT, name);
	}
}

/* Bytes that wait unread in sockets are kernel memory of who sent them. */
static void fill_sockets(void *arg)
{
	static char block[4096];
	long sent = 0;
	ssize_t n;
	int ends[2], size = 1 << 20;

	need(enter_cgroup(ROOT WEB), ROOT WEB);
	while (sent < SOCKETS * MIB) {
		need(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), "socketpair");
		setsockopt(ends[0], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
		while (sent < SOCKETS * MIB && (n = write(ends[0], block, sizeof(block))) > 0)
			sent += n;
	}
}

FIXTURE(explain)
{
	pid_t pids[8];
	unsigned int n;
	char text[TEXT];
};

FIXTURE_SETUP(explain)
{
	memset(self, 0, sizeof(*self));
	write_file(ROOT "/cgroup.subtree_control", "+memory");
	mkdir(ROOT WEB, 0700);
	mkdir(ROOT OTHER, 0700);
	mkdir(HERE, 0700);
	mkdir(FULL, 0700);
	ASSERT_EQ(0, mount("explain", FULL, "tmpfs", 0, NULL));
}

FIXTURE_TEARDOWN(explain)
{
	end_all(self->pids, self->n);
	write_file(ROOT WEB "/cgroup.kill", "1");
	unlink(CACHED);
	umount(FULL);
	rmdir(FULL);
	rmdir(HERE);
	/* The child of a fork that was killed may not be gone yet. */
	while (rmdir(ROOT WEB) && errno == EBUSY)
		sleep_ms(10);
	rmdir(ROOT OTHER);
}

/* The rows of the cgroup; -1: unknown. */
static int64_t row(const char *text, const char *name)
{
	return json_number(strstr(text, "\"memory\":{"), name);
}

#define EXPLAIN()								\
	ASSERT_EQ(0, WEXITSTATUS(command_output("memcensus explain " WEB " -J",	\
						self->text, TEXT)))		\
		TH_LOG("%s", self->text)

/* At least @mib, and at most BESIDE more. */
#define EXPECT_MIB(mib, name) do {						\
	const int64_t __is = row(self->text, name);				\
	EXPECT_LE((mib) * MIB, __is) TH_LOG("%s", name);			\
	EXPECT_GT((mib) * MIB + BESIDE, __is) TH_LOG("%s", name);		\
} while (0)

static void expect_sums(struct __test_metadata *_metadata, const char *text)
{
	static const char *const charged[] = { "anon", "cache", "shmem", "kernel", "sock", "rest" };
	static const char *const ends[] = { "if_stopped", "reclaimable", "neither" };
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof(charged) / sizeof(charged[0]); i++)
		sum += row(text, charged[i]);
	EXPECT_EQ(row(text, "usage"), sum) TH_LOG("%s", text);
	for (sum = 0, i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		sum += row(text, ends[i]);
	EXPECT_EQ(row(text, "usage"), sum) TH_LOG("%s", text);
}

TEST_F(explain, contents)
{
	int64_t said, before, got, inactive;

	if (access(ROOT WEB "/memory.stat", R_OK))
		SKIP(return, "no memory controller in cgroups of version 2");
	if (access("/scratch", W_OK))
		SKIP(return, "no file system on a disk");
	fill(CACHED, CACHE);
	write_file("/proc/sys/vm/drop_caches", "3");
	START(work, NULL);
	START(fork_once, NULL);
	START(map_of_other, NULL);
	EXPLAIN();
	EXPECT_MIB(PRIVATE + SHARED, "anon");
	EXPECT_MIB(CACHE, "cache");
	EXPECT_MIB(FILES, "shmem");
	EXPECT_LE(FILES * MIB, row(self->text, "for_others"));
	EXPECT_GT(FILES * MIB + BESIDE, row(self->text, "for_others"));
	EXPECT_MIB(PRIVATE + SHARED, "exclusive");
	expect_sums(_metadata, self->text);
	/* What kubelet and docker leave out: the file was read once. */
	inactive = row(self->text, "usage") - row(self->text, "working_set");
	EXPECT_LE(CACHE * MIB, inactive);
	EXPECT_GT(CACHE * MIB + BESIDE, inactive);

	said = row(self->text, "if_stopped");
	before = stable_memory();
	/* All that is in it, the child of a fork too. */
	write_file(ROOT WEB "/cgroup.kill", "1");
	end_all(self->pids, 2);
	got = stable_memory() - before;
	TH_LOG("said %lld KiB, free memory grew by %lld KiB", (long long)said / 1024,
	       (long long)got / 1024);
	EXPECT_LT(got, said + said / 50 + BESIDE);
	EXPECT_GT(got, said - said / 50 - BESIDE);
	EXPLAIN();
	EXPECT_GT(BESIDE, row(self->text, "if_stopped"));
	EXPECT_MIB(FILES, "shmem");
}

/* What a cgroup has of the kernel. */
TEST_F(explain, kernel)
{
	int64_t slab, said;

	if (access(ROOT WEB "/memory.stat", R_OK))
		SKIP(return, "no memory controller in cgroups of version 2");
	if (access("/scratch", W_OK))
		SKIP(return, "no file system on a disk");
	START(look_for_names, NULL);
	EXPLAIN();
	slab = row(self->text, "kernel_slab_reclaimable");
	EXPECT_LE(NAMES * 192L, slab);
	/* With lockdep and KASAN a dentry is larger. */
	EXPECT_GT(NAMES * 192L * (is_debug_kernel() ? 4 : 1) + BESIDE, slab);
	EXPECT_LE(slab, row(self->text, "reclaimable"));
	START(fill_sockets, NULL);
	said = row(self->text, "kernel");
	EXPLAIN();
	EXPECT_LE(SOCKETS * MIB, row(self->text, "kernel") - said);
	expect_sums(_metadata, self->text);
}

TEST_HARNESS_MAIN
