// SPDX-License-Identifier: GPL-2.0
/* What descriptors hold: pipes, sockets and files that this test makes, as any user may. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/descriptors.h"
#include "os/process.h"
#include "os/procfs.h"
#include "tap.h"
#include "os/open-files.h"

#define NOBODY		65534
#define PAGES(n)	((int64_t)(n) * sysconf(_SC_PAGESIZE))

static struct open_files files;
static struct failure why[SOCKETS_OTHER];

/* Reads this process, and @other unless it is 0. */
static void read_all(pid_t other)
{
	open_files_free(&files);
	files = (struct open_files){ .named = true, .left = DESCRIPTORS_MOST };
	ok(!open_files_add(&files, (uint32_t)getpid()) &&
	   (!other || !open_files_add(&files, (uint32_t)other)), "all descriptors are read");
	open_files_ask_sockets(&files, (uint32_t)getpid(), why);
}

/* A process may have a path of 4 KiB for each file: the end is kept, or nothing. */
static void test_long_names(void)
{
	char dir[] = "/tmp/held-test-XXXXXX", path[600];
	const char *name = "";
	size_t i, named = 0;
	int fd;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/%0200d", dir, 0);
	if (mkdir(path, 0700))
		abort();
	snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%0200d", 1);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		abort();
	read_all(0);
	for (i = 0; i < files.n; i++)
		if (!strncmp(files.v[i]->name, "...", strlen("...")))
			name = files.v[i]->name;
	ok(strlen(name) == 256 && !strcmp(name + 3, path + strlen(path) - 253),
	   "a long name is cut at the begin");
	open_files_free(&files);
	files = (struct open_files){ .left = DESCRIPTORS_MOST };
	open_files_add(&files, (uint32_t)getpid());
	for (i = 0; i < files.n; i++)
		named += !!files.v[i]->name;
	ok(files.n && !named, "no name is kept for the sums");
	close(fd);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(dir);
}

/* What descriptor @fd of this process is of; one that is nothing if it was not found. */
static const struct open_file *file_of(int fd)
{
	static const struct open_file none = { .kind = OPEN_KINDS };
	char path[32], name[256];
	ssize_t n;
	size_t i;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, name, sizeof(name) - 1);
	name[n > 0 ? n : 0] = '\0';
	for (i = 0; i < files.n; i++)
		if (!strcmp(files.v[i]->name, name) &&
		    (files.v[i]->number.inode || files.v[i]->fd == (uint32_t)fd))
			return files.v[i];
	return &none;
}

/* The same of a file whose path the kernel does not show. */
static const struct open_file *file_of_number(int fd)
{
	static const struct open_file none = { .kind = OPEN_KINDS };
	struct stat stat;
	size_t i;

	fstat(fd, &stat);
	for (i = 0; i < files.n; i++)
		if (files.v[i]->number.inode == stat.st_ino &&
		    files.v[i]->number.major == major(stat.st_dev))
			return files.v[i];
	return &none;
}

static void fill(int fd, size_t bytes)
{
	static const char zeros[4096];
	ssize_t n;

	for (; bytes; bytes -= (size_t)n) {
		n = write(fd, zeros, bytes < sizeof(zeros) ? bytes : sizeof(zeros));
		if (n <= 0)
			abort();
	}
}

static bool is(struct amount amount, int64_t bytes)
{
	return amount.known && amount.bytes == bytes;
}

static void test_pipes(void)
{
	int full[2], empty[2], orphan[2], again;
	const struct open_file *file;
	char path[32];

	if (pipe(full) || pipe(empty) || pipe(orphan))
		abort();
	fill(full[1], 10000);
	close(orphan[0]);
	read_all(0);
	file = file_of(full[0]);
	ok(file->kind == OPEN_PIPE && is(file->bytes, PAGES(3)) && is(file->most, PAGES(16)),
	   "a pipe: pages of what is in it, and its size");
	ok(file == file_of(full[1]) && file->descriptors == 2, "both ends are one pipe");
	ok(is(file_of(empty[0])->bytes, 0), "an empty pipe: 0 is known");
	snprintf(path, sizeof(path), "self/fd/%d", full[1]);
	again = procfs_open_pipe(path, O_WRONLY);
	ok(again >= 0 && !close(again), "a pipe is opened again");
	snprintf(path, sizeof(path), "self/exe");
	ok(procfs_open_pipe(path, O_RDONLY) < 0 && errno == ENODEV,
	   "and nothing else in its place");
	ok(is(file_of(orphan[1])->bytes, 0) && write(orphan[1], "x", 1) < 0 && errno == EPIPE,
	   "a pipe without readers has none");
	close(full[0]);
	close(full[1]);
	close(empty[0]);
	close(empty[1]);
	close(orphan[1]);
}

static void ignore(void *context, const struct socket_memory *memory)
{
	(void)context;
	(void)memory;
}

static void test_sockets(void)
{
	char path[32], protocol[64] = "";
	const struct open_file *file;
	int pair[2], other;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		abort();
	other = socket(AF_INET, SOCK_STREAM, 0);
	fill(pair[0], 5000);
	read_all(0);
	file = file_of(pair[0]);
	ok(file->kind == OPEN_UNIX, "a Unix socket");
	/* Not each kernel answers. */
	ok(sockets_each((uint32_t)getpid(), SOCKETS_UNIX, ignore, NULL, why) ||
	   (file->bytes.known && file->bytes.bytes >= 5000 && file->bytes.bytes < 20000),
	   "what it has sent and nobody received: %lld bytes", (long long)file->bytes.bytes);
	snprintf(path, sizeof(path), "self/fd/%d", pair[0]);
	ok(procfs_socket_protocol(path, protocol, sizeof(protocol)) &&
	   !strncmp(protocol, "UNIX", strlen("UNIX")), "its protocol: %s", protocol);
	ok(!procfs_socket_protocol("self/exe", protocol, sizeof(protocol)) && errno == ENODEV,
	   "a file in its place is not asked");
	/* The kernel has it in no table: it is not bound. */
	file = file_of(other);
	ok(file->kind == OPEN_TCP && !file->bytes.known, "a TCP socket of which nothing is known");
	close(pair[0]);
	close(pair[1]);
	close(other);
}

static void test_files(void)
{
	const int memfd = memfd_create("held-test", 0), named = open("/proc/self/exe", O_RDONLY),
		  event = eventfd(0, 0), poll = epoll_create1(0);
	struct epoll_event ask = { .events = EPOLLIN };

	fill(memfd, 3 * 4096);
	epoll_ctl(poll, EPOLL_CTL_ADD, event, &ask);
	read_all(0);
	ok(file_of(memfd)->kind == OPEN_MEMFD && file_of(memfd)->bytes.bytes >= 3 * 4096 &&
	   file_of(memfd)->bytes.bytes <= PAGES(3), "a memfd: its pages, mapped or not");
	ok(file_of(named)->kind == OPEN_FILE && is(file_of(named)->bytes, 0),
	   "nothing ends with the descriptor of a file that has a name");
	ok(file_of(event)->kind == OPEN_OTHER && !file_of(event)->bytes.known,
	   "an eventfd: unknown, not 0");
	ok(file_of(poll)->kind == OPEN_EPOLL && is(file_of(poll)->bytes, 0), "epoll");
	close(memfd);
	close(named);
	close(event);
	close(poll);
}

/* The bytes of @fd, as another user sees them who may only read it; -1: unknown. */
static int64_t bytes_for_nobody(int fd)
{
	int64_t bytes = -2;
	int ends[2];
	pid_t child;

	if (pipe(ends))
		abort();
	child = fork();
	if (!child) {
		const struct open_file *file;

		if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY) ||
		    prctl(PR_SET_DUMPABLE, 1))
			_exit(1);
		files = (struct open_files){ .left = DESCRIPTORS_MOST };
		open_files_add(&files, (uint32_t)getpid());
		file = file_of_number(fd);
		bytes = file->bytes.known ? file->bytes.bytes : -1;
		_exit(write(ends[1], &bytes, sizeof(bytes)) != sizeof(bytes));
	}
	close(ends[1]);
	read(ends[0], &bytes, sizeof(bytes));
	close(ends[0]);
	waitpid(child, NULL, 0);
	return bytes;
}

/* The kernel tells others that all of it is in memory. */
static void test_not_owned(void)
{
	char name[] = "/tmp/held-test-XXXXXX";
	const int fd = mkstemp(name);
	const char *const skip = geteuid() ? " # SKIP only root can be another user" : "";

	if (fd < 0 || fchmod(fd, 0644) || ftruncate(fd, 1 << 30))
		abort();
	unlink(name);
	read_all(0);
	ok(is(file_of_number(fd)->bytes, 0), "a file without pages: its owner knows");
	ok(*skip || bytes_for_nobody(fd) == -1, "who may not write it does not%s", skip);
	ok(*skip || (!fchmod(fd, 0666) && bytes_for_nobody(fd) == 0), "who may knows%s", skip);
	close(fd);
}

/* A segment that is attached at @at and removed when it is no longer. */
static int attach(void **at)
{
	const int id = shmget(IPC_PRIVATE, (size_t)PAGES(1), 0600);

	*at = id < 0 ? NULL : shmat(id, NULL, 0);
	if (id < 0 || *at == (void *)-1 || shmctl(id, IPC_RMID, NULL))
		abort();
	return id;
}

/* What is known of the segment at @at. */
static enum segment segment_at(const void *at)
{
	const unsigned long begin = (unsigned long)at;
	struct held_file file = { .segment = SEGMENT_NONE };
	char path[96];

	snprintf(path, sizeof(path), "%d/map_files/%lx-%lx", getpid(), begin,
		 begin + (unsigned long)PAGES(1));
	return held_file_read(&file, path) ? file.segment : SEGMENT_NONE;
}

/* The list of them is long: it is read once, and here another one takes its place. */
static void test_segments(void)
{
	const char *const skip = geteuid() ? " # SKIP only root may open what is mapped" : "";
	char top[] = "/tmp/held-test-XXXXXX", list[64], process[64], proc[32];
	void *one, *two, *three;
	int id = attach(&one);
	FILE *file;

	snprintf(proc, sizeof(proc), "/proc/%d", getpid());
	if (!mkdtemp(top) || chdir(top) || mkdir("sysvipc", 0700))
		abort();
	snprintf(process, sizeof(process), "%s/%d", top, getpid());
	snprintf(list, sizeof(list), "%s/sysvipc/shm", top);
	file = fopen(list, "w");
	if (!file || symlink(proc, process))
		abort();
	fprintf(file, "key shmid perms\n0 %d 600\n", attach(&two));
	fprintf(file, "0 %d 1600\n", id);
	fclose(file);
	procfs_root(top);
	attach(&three);
	ok(*skip || segment_at(one) == SEGMENT_REMOVED, "a segment that is removed%s", skip);
	unlink(list);
	ok(*skip || segment_at(two) == SEGMENT_LASTS, "one that lasts, of the same list%s", skip);
	ok(*skip || segment_at(three) == SEGMENT_UNKNOWN, "one that is not in it%s", skip);
	procfs_root("/proc");
	shmdt(one);
	shmdt(two);
	shmdt(three);
	unlink(process);
	rmdir("sysvipc");
	if (chdir("/") || rmdir(top))
		abort();
}

#define LEVELS	20

/* Makes directories in each other, and goes to the last: no path as long is shown. */
static void make_deep(char *top)
{
	char name[251];
	int i;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	if (!mkdtemp(top) || chdir(top))
		abort();
	for (i = 0; i < LEVELS; i++)
		if (mkdir(name, 0700) || chdir(name))
			abort();
}

static void remove_deep(const char *top)
{
	char name[251];
	int i;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (i = 0; i < LEVELS; i++)
		if (chdir("..") || rmdir(name))
			abort();
	if (chdir("/") || rmdir(top))
		abort();
}

static void count_held(void *count, const struct file_number *number, const char *name,
		       const char *path)
{
	struct held_file file;

	(void)number;
	*(unsigned int *)count += !strcmp(name, LONG_NAME) && held_file_read(&file, path) &&
				  !file.named;
}

static void test_long_path(void)
{
	char top[] = "/tmp/held-test-XXXXXX";
	struct held_others others = { 0 };
	uint64_t left = DESCRIPTORS_MOST;
	const struct open_file *file;
	unsigned int count = 0;
	int named, deleted;

	make_deep(top);
	named = open("named", O_RDWR | O_CREAT, 0600);
	deleted = open("deleted", O_RDWR | O_CREAT, 0600);
	fill(deleted, 3 * 4096);
	unlink("deleted");
	read_all(0);
	file = file_of_number(deleted);
	ok((file->kind == OPEN_DELETED || file->kind == OPEN_MEMFD) &&
	   is(file->bytes, 3 * 4096), "a deleted file whose path the kernel does not show: %d",
	   file->kind);
	file = file_of_number(named);
	ok(file->kind == OPEN_FILE && is(file->bytes, 0), "one that has a name: %d", file->kind);
	ok(held_files_each((uint32_t)getpid(), count_held, &count, &others, &left) && count == 1,
	   "the deleted one may die: %u", count);
	close(named);
	close(deleted);
	unlink("named");
	remove_deep(top);
}

static void ignore_held(void *context, const struct file_number *number, const char *name,
			const char *path)
{
	(void)context;
	(void)number;
	(void)name;
	(void)path;
}

/* Sends descriptor @fd into socket @to. */
static void send_descriptor(int to, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(fd))];
	} control = { 0 };
	struct iovec data = { "x", 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	control.head = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(fd)), .cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (sendmsg(to, &message, 0) != 1)
		abort();
}

/* As many as fill what is read of a fdinfo. */
#define LOCKS		40

/* A socket is asked once, and counts for each of its descriptors. */
static void test_in_flight(void)
{
	struct held_others others = { .ask_in_flight = true }, more = others, hidden = others;
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1 };
	uint64_t left = DESCRIPTORS_MOST;
	int pair[2], other[2], locked[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || socketpair(AF_UNIX, SOCK_STREAM, 0, other))
		abort();
	send_descriptor(pair[0], 0);
	send_descriptor(pair[0], 0);
	send_descriptor(other[0], 0);
	ok(held_files_each((uint32_t)getpid(), ignore_held, NULL, &others, &left) &&
	   others.sockets == 4 && others.in_flight == 3,
	   "descriptors that wait in sockets: %" PRIu64, others.in_flight);
	if (dup(pair[1]) < 0)
		abort();
	ok(held_files_each((uint32_t)getpid(), ignore_held, NULL, &more, &left) &&
	   more.sockets == 5 && more.in_flight == 5, "a socket with two descriptors: %" PRIu64,
	   more.in_flight);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, locked))
		abort();
	for (; lock.l_start < 2 * LOCKS; lock.l_start += 2)
		if (fcntl(locked[1], F_SETLK, &lock))
			abort();
	ok(held_files_each((uint32_t)getpid(), ignore_held, NULL, &hidden, &left) &&
	   hidden.in_flight == more.in_flight + 1,
	   "one whose locks hide what waits in it: %" PRIu64, hidden.in_flight);
}

static void *sleep_on(void *arg)
{
	pause();
	return arg;
}

/* What a child inherits is there once; epoll has no inode of its own. */
static void test_shared(void)
{
	const int one = epoll_create1(0), two = epoll_create1(0);
	int before, stop[2];
	pid_t child;

	if (pipe(stop))
		abort();
	read_all(0);
	before = (int)files.n;
	child = fork();
	if (!child) {
		char c;

		close(stop[1]);
		_exit(read(stop[0], &c, 1) != 0);
	}
	read_all(child);
	ok((int)files.n == before, "a child has nothing of its own: %d and %zu files", before,
	   files.n);
	ok(file_of(one) != file_of(two) && file_of(two)->kind == OPEN_EPOLL,
	   "two of epoll are two");
	ok(file_of(stop[0])->descriptors >= 3, "its descriptors count");
	close(stop[0]);
	close(stop[1]);
	close(one);
	close(two);
	waitpid(child, NULL, 0);
}

/* The kernel may not say which threads have one table: each of these has the same. */
static void test_no_kcmp(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_kcmp, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { ARRAY_SIZE(filter), filter };
	const int fd = memfd_create("held-test", 0);
	pthread_t threads[3];
	enum unread unread;
	int status;
	pid_t child = fork();
	size_t i;

	if (!child) {
		for (i = 0; i < ARRAY_SIZE(threads); i++)
			if (pthread_create(&threads[i], NULL, sleep_on, NULL))
				_exit(8);
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
			_exit(8);
		files = (struct open_files){ .named = true, .left = DESCRIPTORS_MOST };
		unread = open_files_add(&files, (uint32_t)getpid());
		_exit((file_of(fd)->descriptors != 1) | (unread != UNREAD_COMPARE) << 1);
	}
	waitpid(child, &status, 0);
	ok(!status, "without kcmp(), threads have one table, and not all are read: %x", status);
	close(fd);
}

static void test_bound(void)
{
	open_files_free(&files);
	files = (struct open_files){ .left = 2 };
	ok(open_files_add(&files, (uint32_t)getpid()) == UNREAD_MOST,
	   "not all of too many are read, and it says so");
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	/* Before what reads in a mount of its own. */
	test_segments();
	test_pipes();
	test_sockets();
	test_files();
	test_not_owned();
	test_long_names();
	test_long_path();
	test_in_flight();
	test_shared();
	test_no_kcmp();
	test_bound();
	open_files_free(&files);
	return tap_done();
}
