// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus share --if-stopped` against the truth: it says what comes back, then the
 * processes are killed, and free memory, swap and the pool of huge pages have grown by
 * that much.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory/stopping.h"
#include "memory/zram.h"
#include "selftest.h"

FIXTURE(stopped)
{
	struct said said;
	pid_t pids[8];
	unsigned int n;
};

FIXTURE_SETUP(stopped)
{
	memset(self, 0, sizeof(*self));
}

FIXTURE_TEARDOWN(stopped)
{
	end_all(self->pids, 8);
}

struct family {
	int pipe[2];
	pid_t child[2];
};

/* A parent of 64 MiB, whose two children copy 8 MiB each. */
static void be_family(void *arg)
{
	struct family *family = arg;
	char *at = map_private(PLACE(0), 64 * MIB_PAGES * PAGE);
	int i;

	write_pages(at, 64 * MIB_PAGES);
	for (i = 0; i < 2; i++) {
		pid_t child = fork();

		if (child) {
			family->child[i] = child;
		} else {
			write_pages(at, 8 * MIB_PAGES);
			need(write(family->pipe[1], "x", 1) == 1, "write");
			for (;;)
				pause();
		}
	}
}

/* The memory of a family comes back if all end; of one child only its copies do. */
TEST_F_TIMEOUT(stopped, family, 300)
{
	struct family *family = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char done[2];

	ASSERT_NE(MAP_FAILED, family);
	ASSERT_EQ(0, pipe(family->pipe));
	START(be_family, family);
	ASSERT_EQ(1, read(family->pipe[0], done, 1));
	ASSERT_EQ(1, read(family->pipe[0], done, 1));
	ASSERT_LT(0, family->child[0]);
	ASSERT_LT(0, family->child[1]);
	self->pids[1] = family->child[0];
	self->pids[2] = family->child[1];

	ask(&self->said, self->pids + 1, 1);
	EXPECT_EQ(1, said_of(&self->said, "processes", false));
	/* 8 MiB, and a few pages of its stack and data. */
	EXPECT_LE(8 * MIB_PAGES * PAGE, SAID_BYTES("anon"));
	EXPECT_GT(9 * MIB_PAGES * PAGE, SAID_BYTES("anon"));
	EXPECT_LE(56 * MIB_PAGES * PAGE, SAID_BYTES("shared"));

	ASK(3);
	EXPECT_EQ(3, said_of(&self->said, "processes", false));
	EXPECT_EQ(3, said_of(&self->said, "threads", false));
	EXPECT_LE((64 + 2 * 8) * MIB_PAGES * PAGE, SAID_BYTES("anon"));
	/* The children are not ours: init reaps them. */
	kill(self->pids[1], SIGKILL);
	kill(self->pids[2], SIGKILL);
	EXPECT_TRUE_WHEN_STOPPED(3, false);
}

struct files {
	int gone, held, named, deleted;
};

/* Maps half of each file and writes the other half. */
static void hold_files(void *arg)
{
	const struct files *files = arg;
	const int *fds = &files->gone;
	static char page[PAGE_MAX];
	unsigned long i;
	int f;

	for (f = 0; f < 4; f++) {
		write_pages(map(PLACE(f), 8 * MIB_PAGES * PAGE, RW, MAP_SHARED, fds[f], 0),
			    8 * MIB_PAGES);
		for (i = 8 * MIB_PAGES; i < 16 * MIB_PAGES; i++)
			need(pwrite(fds[f], page, PAGE, i * PAGE) == PAGE, "pwrite");
	}
}

static int open_named(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	need(fd >= 0 && !ftruncate(fd, 16 * MIB_PAGES * PAGE), path);
	return fd;
}

/*
 * Of a file without a name all comes back, mapped or not; nothing of a file with a name, or
 * that another process has open.
 */
TEST_F_TIMEOUT(stopped, files, 300)
{
	struct files files = {
		.gone = memfd("gone", 16 * MIB_PAGES),
		.held = memfd("held", 16 * MIB_PAGES),
	};

	mkdir("/share-test", 0700);
	ASSERT_EQ(0, mount("share-test", "/share-test", "tmpfs", 0, NULL));
	files.named = open_named("/share-test/named");
	files.deleted = open_named("/share-test/deleted");
	ASSERT_EQ(0, unlink("/share-test/deleted"));
	START(hold_files, &files);
	START(hold_files, &files);
	close(files.gone);
	close(files.deleted);
	close(files.named);

	ASK(2);
	EXPECT_FILE("dies", "/memfd:gone");
	EXPECT_FILE("dies", "/share-test/deleted");
	EXPECT_FILE("held", "/memfd:held");
	EXPECT_FILE("named", "/share-test/named");
	EXPECT_SAID(2 * 16 * MIB_PAGES, "shmem");
	EXPECT_SAID(2 * 8 * MIB_PAGES, "kept_shmem");
	/* One alone frees no file: the other has them all. */
	ASK(1);
	EXPECT_SAID(0, "shmem");
	ASK(2);
	EXPECT_TRUE_WHEN_STOPPED(2, false);
	close(files.held);
	umount("/share-test");
	rmdir("/share-test");
}

static void hold_deleted(void *arg)
{
	int fd = *(int *)arg;
	static char page[PAGE_MAX];
	unsigned long i;

	for (i = 0; i < 32 * MIB_PAGES; i++)
		need(pwrite(fd, page, PAGE, i * PAGE) == PAGE, "pwrite");
	fsync(fd);
	read_pages(map(PLACE(0), 16 * MIB_PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0),
		   16 * MIB_PAGES);
}

/* The page cache of a deleted file on a disk comes back, that of another file stays. */
TEST_F_TIMEOUT(stopped, deleted, 300)
{
	int fd;

	if (access("/scratch", W_OK))
		SKIP(return, "no disk at /scratch");
	fd = open_named("/scratch/share-deleted");
	ASSERT_EQ(0, unlink("/scratch/share-deleted"));
	START(hold_deleted, &fd);
	close(fd);
	ASK(1);
	EXPECT_FILE("dies", "/scratch/share-deleted");
	EXPECT_SAID(32 * MIB_PAGES, "deleted");
	/* Each page of ext4 may have a buffer head. */
	EXPECT_TRUE_WHEN_STOPPED(1, true);
}

struct segments {
	int removed, lasts;
};

static void attach(void *arg)
{
	const struct segments *segments = arg;
	char *at = shmat(segments->removed, NULL, 0);

	need(at != (void *)-1, "shmat");
	write_pages(at, 16 * MIB_PAGES);
	at = shmat(segments->lasts, NULL, 0);
	need(at != (void *)-1, "shmat");
	write_pages(at, 8 * MIB_PAGES);
	need(!shmctl(segments->removed, IPC_RMID, NULL), "IPC_RMID");
}

/* A System V segment dies with its last user only if it was removed. */
TEST_F_TIMEOUT(stopped, segments, 300)
{
	struct segments segments = {
		.removed = shmget(IPC_PRIVATE, 16 * MIB_PAGES * PAGE, IPC_CREAT | 0600),
		.lasts = shmget(IPC_PRIVATE, 8 * MIB_PAGES * PAGE, IPC_CREAT | 0600),
	};

	if (segments.removed < 0 && errno == ENOSYS)
		SKIP(return, "no System V IPC");
	START(attach, &segments);
	ASK(1);
	EXPECT_FILE("dies", "/SYSV");
	EXPECT_FILE("segment", "/SYSV");
	EXPECT_SAID(16 * MIB_PAGES, "shmem");
	EXPECT_SAID(8 * MIB_PAGES, "kept_shmem");
	/* The segment's inode is an object of a slab. */
	EXPECT_TRUE_WHEN_STOPPED(1, true);
	shmctl(segments.lasts, IPC_RMID, NULL);
}

#define TABLES		8192UL

/* One page in each table: as many page tables as pages. */
static void scatter(void *arg)
{
	char *at = mmap(PLACE(0), TABLES * HUGE, RW,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	unsigned long i;

	(void)arg;
	need(at != MAP_FAILED, "mmap");
	no_huge_pages(at, TABLES * HUGE);
	for (i = 0; i < TABLES; i++)
		at[i * HUGE] = 1;
}

TEST_F_TIMEOUT(stopped, page_tables, 300)
{
	START(scatter, NULL);
	ASK(1);
	EXPECT_LE(TABLES * PAGE, SAID_BYTES("pagetables"));
	EXPECT_LE(TABLES * PAGE, SAID_BYTES("anon"));
	EXPECT_TRUE_WHEN_STOPPED(1, false);
}

#define THREADS		100

static void *wait_for_end(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void be_threads(void *arg)
{
	pthread_t thread;
	int i;

	(void)arg;
	for (i = 1; i < THREADS; i++)
		need(!pthread_create(&thread, NULL, wait_for_end, NULL), "pthread_create");
}

/* Kernel stacks: the kernel's own counter falls by as much. */
TEST_F_TIMEOUT(stopped, stacks, 300)
{
	int64_t before;
	int i;

	START(be_threads, NULL);
	ASK(1);
	EXPECT_EQ(THREADS, said_of(&self->said, "threads", false));
	before = meminfo_bytes("KernelStack");
	end_all(self->pids, 1);
	for (i = 0; i < 50 && before - (int64_t)meminfo_bytes("KernelStack") <
			      SAID_BYTES("stacks"); i++)
		sleep_ms(100);
	EXPECT_EQ(before - SAID_BYTES("stacks"), (int64_t)meminfo_bytes("KernelStack"));
}

static void be_swapped(void *arg)
{
	char *at = map_private(PLACE(0), 1024 * PAGE);
	int *fd = arg;

	write_pages(at, 1024);
	page_out(at, 1024);
	at = map(PLACE(1), 512 * PAGE, RW, MAP_SHARED, *fd, 0);
	write_pages(at, 512);
	page_out(at, 512);
}

TEST_F_TIMEOUT(stopped, swap, 300)
{
	int fd;

	NEED_ZRAM();
	fd = memfd("swapped", 512);
	START(be_swapped, &fd);
	close(fd);
	ASK(1);
	EXPECT_SAID(1024 + 512, "swap");
	EXPECT_FILE("dies", "/memfd:swapped");
	end_all(self->pids, 1);
	sleep_ms(300);
	/* Each processor may keep some slots for itself. */
	EXPECT_GE(self->said.swap + SAID_BYTES("swap"), free_swap());
	EXPECT_LE(self->said.swap + SAID_BYTES("swap") -
		  64 * (int64_t)PAGE * sysconf(_SC_NPROCESSORS_ONLN), free_swap());
	EXPECT_TRUE(zram_off());
}

/* 4 private huge pages, 3 of a file without a name, 2 of one that the test keeps. */
static void be_huge(void *arg)
{
	const int *fds = arg;
	char *at = map(PLACE(0), 4 * HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		       MAP_HUGE_SIZE(HUGE), -1, 0);
	int i;

	for (i = 0; i < 4; i++)
		at[i * HUGE] = 1;
	at = map(PLACE(1), 3 * HUGE, RW, MAP_SHARED, fds[0], 0);
	for (i = 0; i < 3; i++)
		at[i * HUGE] = 1;
	at = map(PLACE(2), 2 * HUGE, RW, MAP_SHARED, fds[1], 0);
	for (i = 0; i < 2; i++)
		at[i * HUGE] = 1;
}

/* Huge pages of the pool that are neither in use nor reserved. */
static long available_huge(void)
{
	return free_huge() / (int64_t)HUGE - read_number(huge_pool(HUGE, "resv_hugepages"));
}

TEST_F_TIMEOUT(stopped, huge_pages, 300)
{
	unsigned int i;
	int fds[2];

	if (!write_file(huge_pool(HUGE, "nr_hugepages"), "9") ||
	    read_number(huge_pool(HUGE, "nr_hugepages")) != 9)
		SKIP(return, "no 9 huge pages");
	/* What a test before left may return its own late. */
	for (i = 0; i < 100 && available_huge() != 9; i++)
		sleep_ms(100);
	ASSERT_EQ(9, available_huge())
		TH_LOG("%lld bytes are free, surplus %ld", (long long)free_huge(),
		       read_number(huge_pool(HUGE, "surplus_hugepages")));
	fds[0] = memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB | MAP_HUGE_SIZE(HUGE));
	fds[1] = memfd_create("kept", MFD_CLOEXEC | MFD_HUGETLB | MAP_HUGE_SIZE(HUGE));
	ASSERT_LE(0, fds[1]);
	ASSERT_EQ(0, ftruncate(fds[0], 3 * HUGE));
	ASSERT_EQ(0, ftruncate(fds[1], 2 * HUGE));
	START(be_huge, fds);
	close(fds[0]);
	ASK(1);
	EXPECT_EQ((int64_t)(7 * HUGE), SAID_BYTES("hugetlb"));
	EXPECT_EQ((int64_t)(2 * HUGE), SAID_BYTES("kept_hugetlb"));
	EXPECT_FILE("dies", "huge");
	EXPECT_FILE("held", "kept");
	end_all(self->pids, 1);
	sleep_ms(300);
	EXPECT_EQ(self->said.huge + SAID_BYTES("hugetlb"), free_huge());
	close(fds[1]);
	write_file(huge_pool(HUGE, "nr_hugepages"), "0");
}

struct shared_fd {
	int fd;
	volatile bool ready;
};

static struct shared_fd *shared_fd(int fd)
{
	struct shared_fd *shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	need(shared != MAP_FAILED, "mmap");
	shared->fd = fd;
	return shared;
}

static void *be_last_thread(void *arg)
{
	struct shared_fd *shared = arg;

	shared->ready = true;
	return wait_for_end(arg);
}

/* Only the leader exits; a thread still has all descriptors. */
static void lose_leader(void *arg)
{
	pthread_t thread;

	need(!pthread_create(&thread, NULL, be_last_thread, arg), "pthread_create");
	syscall(SYS_exit, 0);
}

static void map_whole(void *arg)
{
	const struct shared_fd *shared = arg;

	write_pages(map(PLACE(0), 8 * MIB_PAGES * PAGE, RW, MAP_SHARED, shared->fd, 0),
		    8 * MIB_PAGES);
	close(shared->fd);
}

/* A process holds its files as long as one of its threads lives. */
TEST_F_TIMEOUT(stopped, leader_has_exited, 300)
{
	struct shared_fd *shared = shared_fd(memfd("thread", 8 * MIB_PAGES));
	int i;

	START(map_whole, shared);
	self->pids[1] = fork();
	ASSERT_LE(0, self->pids[1]);
	if (!self->pids[1])
		lose_leader(shared);
	close(shared->fd);
	for (i = 0; i < 1000 && (process_state(self->pids[1]) != 'Z' || !shared->ready); i++)
		sleep_ms(10);
	ASSERT_EQ('Z', process_state(self->pids[1]));
	ASK(1);
	EXPECT_FILE("held", "/memfd:thread");
	EXPECT_SAID(0, "shmem");
	EXPECT_SAID(8 * MIB_PAGES, "kept_shmem");
	/* It ends too, and its descriptors are found. */
	ASK(2);
	EXPECT_FILE("dies", "/memfd:thread");
	EXPECT_SAID(8 * MIB_PAGES, "shmem");
	/* What it maps, too. */
	ask(&self->said, self->pids + 1, 1);
	EXPECT_FILE("held", "/memfd:thread");
}

static void *hold_alone(void *arg)
{
	struct shared_fd *shared = arg;

	need(!unshare(CLONE_FILES), "unshare");
	shared->fd = memfd("own", 8 * MIB_PAGES);
	write_pages(map(PLACE(0), 8 * MIB_PAGES * PAGE, RW, MAP_SHARED, shared->fd, 0),
		    8 * MIB_PAGES);
	munmap(PLACE(0), 8 * MIB_PAGES * PAGE);
	/* Its size is its owner's choice. */
	need(!ftruncate(shared->fd, 1LL << 62), "ftruncate");
	shared->ready = true;
	return wait_for_end(arg);
}

/* Most threads share the table of the leader, one has a table of its own. */
static void be_threads_with_tables(void *arg)
{
	struct shared_fd *shared = arg;
	pthread_t thread;

	be_threads(NULL);
	need(!pthread_create(&thread, NULL, hold_alone, shared), "pthread_create");
	while (!shared->ready)
		sleep_ms(1);
	be_threads(NULL);
}

TEST_F_TIMEOUT(stopped, table_of_a_thread, 300)
{
	START(be_threads_with_tables, shared_fd(-1));
	ASK(1);
	EXPECT_FILE("dies", "/memfd:own");
	EXPECT_SAID(8 * MIB_PAGES, "shmem");
	EXPECT_TRUE_WHEN_STOPPED(1, true);
}

static void *hold_nothing(void *arg)
{
	need(!unshare(CLONE_FILES), "unshare");
	__atomic_add_fetch((int *)arg, 1, __ATOMIC_SEQ_CST);
	return wait_for_end(arg);
}

/* More tables than are read. */
#define TABLES_OF_THREADS	20

static void be_many_tables(void *arg)
{
	int *ready = arg, i;
	pthread_t thread;

	for (i = 0; i < TABLES_OF_THREADS; i++)
		need(!pthread_create(&thread, NULL, hold_nothing, ready), "pthread_create");
	while (__atomic_load_n(ready, __ATOMIC_SEQ_CST) < TABLES_OF_THREADS)
		sleep_ms(1);
}

/* What was not read may hold the file: unknown, and counted as staying. */
TEST_F_TIMEOUT(stopped, too_many_tables, 300)
{
	struct shared_fd *shared = shared_fd(memfd("maybe", 8 * MIB_PAGES));
	int *ready = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, ready);
	START(map_whole, shared);
	close(shared->fd);
	ASK(1);
	EXPECT_FILE("dies", "/memfd:maybe");
	START(be_many_tables, ready);
	ASK(1);
	EXPECT_FILE("unknown", "/memfd:maybe");
	EXPECT_SAID(0, "shmem");
}

#define DESCRIPTORS	30000

static void be_full_table(void *arg)
{
	const struct rlimit more = { DESCRIPTORS + 100, DESCRIPTORS + 100 };
	int *fd = arg, i;

	need(!setrlimit(RLIMIT_NOFILE, &more), "setrlimit");
	for (i = 0; i < DESCRIPTORS; i++)
		need(dup(STDIN_FILENO) >= 0, "dup");
	/* The last one of the table. */
	need(dup2(*fd, DESCRIPTORS + 50) >= 0, "dup2");
	close(*fd);
	be_threads(NULL);
}

/* The question leaves nothing behind that is counted as memory of the kernel. */
TEST_F_TIMEOUT(stopped, many_descriptors, 300)
{
	int fd = memfd("far", MIB_PAGES);
	long before, after;

	write_pages(map(PLACE(0), MIB_PAGES * PAGE, RW, MAP_SHARED, fd, 0), MIB_PAGES);
	START(be_full_table, &fd);
	munmap(PLACE(0), MIB_PAGES * PAGE);
	close(fd);
	before = read_number("/proc/sys/fs/dentry-state");
	ASK(1);
	after = read_number("/proc/sys/fs/dentry-state");
	EXPECT_FILE("dies", "/memfd:far");
	EXPECT_SAID(MIB_PAGES, "shmem");
	EXPECT_LT(after - before, DESCRIPTORS / 4)
		TH_LOG("%ld dentries before, %ld after", before, after);
}

#define STACK		(64UL << 10)

static int sleep_as_peer(void *arg)
{
	for (;;)
		pause();
	return !!arg;
}

static void be_peers(void *arg)
{
	static char stack[STACK] __attribute__((aligned(16)));
	pid_t *peer = arg;

	write_pages(map_private(PLACE(0), 16 * MIB_PAGES * PAGE), 16 * MIB_PAGES);
	*peer = clone(sleep_as_peer, stack + STACK, CLONE_VM | SIGCHLD, NULL);
	need(*peer > 0, "clone");
}

/* An address space ends with the last process that has it. */
TEST_F_TIMEOUT(stopped, address_space_of_two, 300)
{
	pid_t *peer = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, peer);
	START(be_peers, peer);
	self->pids[1] = *peer;
	ASK(1);
	EXPECT_EQ(-1, SAID_BYTES("anon"));
	ASK(2);
	EXPECT_EQ(2, said_of(&self->said, "processes", false));
	EXPECT_EQ(1, said_of(&self->said, "mms", false));
	EXPECT_LE(16 * MIB_PAGES * PAGE, SAID_BYTES("anon"));
	kill(self->pids[1], SIGKILL);
	EXPECT_TRUE_WHEN_STOPPED(2, false);
}

static void map_secret(void *arg)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	const int *fd = arg;

	/* It is locked. */
	need(!setrlimit(RLIMIT_MEMLOCK, &all), "setrlimit");
	write_pages(map(PLACE(0), 16 * MIB_PAGES * PAGE, RW, MAP_SHARED, *fd, 0), 16 * MIB_PAGES);
}

/* Secret memory cannot be opened again, but its mapping tells how much there is. */
TEST_F_TIMEOUT(stopped, secret, 300)
{
	int fd = syscall(SYS_memfd_secret, 0);

	if (fd < 0)
		SKIP(return, "kernel has no secret memory: %s", strerror(errno));
	ASSERT_EQ(0, ftruncate(fd, 16 * MIB_PAGES * PAGE));
	START(map_secret, &fd);
	close(fd);
	ASK(1);
	EXPECT_FILE("dies", "/secretmem");
	EXPECT_SAID(16 * MIB_PAGES, "deleted");
	EXPECT_TRUE_WHEN_STOPPED(1, false);
}

struct flight {
	int memfd, socket;
};

/* Sends a file and keeps it. */
static void send_file(void *arg)
{
	const struct flight *flight = arg;
	char byte = 'x', control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &flight->memfd, sizeof(int));
	write_pages(map(PLACE(0), 16 * MIB_PAGES * PAGE, RW, MAP_SHARED, flight->memfd, 0),
		    16 * MIB_PAGES);
	need(sendmsg(flight->socket, &msg, 0) == 1, "sendmsg");
}

/* A file that waits in a socket of another process stays, but no file of /proc names it. */
TEST_F_TIMEOUT(stopped, in_flight, 300)
{
	struct flight flight = { .memfd = memfd("sent", 16 * MIB_PAGES) };
	int pair[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	flight.socket = pair[1];
	START(send_file, &flight);
	close(flight.memfd);
	ASK(1);
	EXPECT_FILE("unknown", "/memfd:sent");
	EXPECT_SAID(0, "shmem");
	EXPECT_LE(1, said_of(&self->said, "sockets", false));
	end_all(self->pids, 1);
	EXPECT_GT((int64_t)(8 * MIB_PAGES * PAGE), stable_memory() - self->said.free);
	close(pair[0]);
	close(pair[1]);
}

/* A line of /proc/PID/status; -1: there is none. */
static int64_t status_bytes(pid_t pid, const char *name)
{
	char path[32], line[128], is[64];
	long long kib, found = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	need(file, path);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%63[^:]: %lld", is, &kib) == 2 && !strcmp(is, name))
			found = kib * 1024;
	fclose(file);
	return found;
}

static void hold_pinned(void *arg)
{
	const size_t size = 16 * MIB_PAGES * PAGE;
	struct io_uring_params params = {};
	char *at = map_private(PLACE(0), size);
	struct iovec buffer = { at, size };
	int fds[2], fd = syscall(SYS_io_uring_setup, 4, &params);

	write_pages(at, 16 * MIB_PAGES);
	need(fd >= 0 && !syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, &buffer, 1),
	     "io_uring");
	munmap(at, size);
	need(!pipe(fds), "pipe");
}

/* What is pinned and nothing maps comes back, too; what pipes and sockets have may. */
TEST_F_TIMEOUT(stopped, pinned, 300)
{
	struct io_uring_params params = {};
	int fd = syscall(SYS_io_uring_setup, 4, &params);

	if (fd < 0)
		SKIP(return, "kernel makes no io_uring: %s", strerror(errno));
	close(fd);
	START(hold_pinned, NULL);
	ASK(1);
	/* Newer kernels do not count it for root. */
	EXPECT_EQ(status_bytes(self->pids[0], "VmPin"), SAID_BYTES("pinned"));
	EXPECT_EQ(1, said_of(&self->said, "io_urings", false));
	EXPECT_LE(2, said_of(&self->said, "pipes", false));
	EXPECT_LE(16 * MIB_PAGES * PAGE, SAID_BYTES("buffers"));
	EXPECT_GT(17 * MIB_PAGES * PAGE, SAID_BYTES("buffers"));
	end_all(self->pids, 1);
	EXPECT_LT(16 * MIB_PAGES * PAGE, stable_memory() - self->said.free);
}

TEST_HARNESS_MAIN
