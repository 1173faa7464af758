// SPDX-License-Identifier: GPL-2.0
/* Page cache by file: against mincore and the classes, with known files, while files go away. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/client_physical.h"
#include "memory/fuse.h"
#include "selftest.h"
#include "subject.h"

#define RW	(PROT_READ | PROT_WRITE)
#define HERE	"/tmp/physical-files"

#define V(file, name)	((file)->value[MEMCENSUS_FF_##name])
#define HAS(file, name)	((file)->known >> MEMCENSUS_FF_##name & 1)

static struct physical p;

#define ASSERT_FILES(nr)						\
	ASSERT_EQ(0, physical_take_with(&p, (struct physical_ask){ .files = (nr) })) \
		TH_LOG("no answer: %s", p.wrong)

/* The record of the open file @fd of file system @device; NULL: it has none. */
static const struct physical_file *file_on(dev_t device, int fd)
{
	struct stat st;
	unsigned int i;

	need(!fstat(fd, &st), "fstat");
	for (i = 0; i < p.n_files; i++)
		if (HAS(&p.files[i], INODE) && V(&p.files[i], INODE) == st.st_ino &&
		    V(&p.files[i], DEV_MAJOR) == major(device) &&
		    V(&p.files[i], DEV_MINOR) == minor(device))
			return &p.files[i];
	return NULL;
}

static const struct physical_file *file_of(int fd)
{
	struct stat st;

	need(!fstat(fd, &st), "fstat");
	return file_on(st.st_dev, fd);
}

/* Bytes of the open file @fd that mincore finds in the page cache. */
static uint64_t in_core(int fd)
{
	static unsigned char vec[65536];
	uint64_t pages = 0;
	struct stat st;
	size_t i, n;
	char *at;

	need(!fstat(fd, &st), "fstat");
	n = (st.st_size + PAGE - 1) / PAGE;
	need(n <= sizeof(vec), "file too large for the test");
	at = map(PLACE(9), n * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	need(!mincore(at, n * PAGE, vec), "mincore");
	for (i = 0; i < n; i++)
		pages += vec[i] & 1;
	munmap(at, n * PAGE);
	return pages * PAGE;
}

static bool adds_up(void)
{
	const bool ok = physical_files_add_up(&p);

	if (!ok)
		diag("%s", p.wrong);
	return ok;
}

static int make(const char *path, size_t pages)
{
	static char block[1 << 16];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t size = pages * PAGE, part;

	for (; fd >= 0 && size; size -= part) {
		part = size < sizeof(block) ? size : sizeof(block);
		need(write(fd, block, part) == (ssize_t)part, path);
	}
	return fd;
}

FIXTURE(files)
{
};

FIXTURE_SETUP(files)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	mkdir(HERE, 0700);
	ASSERT_EQ(0, mount("here", HERE, "tmpfs", 0, NULL));
}

FIXTURE_TEARDOWN(files)
{
	EXPECT_EQ(0, umount(HERE));
}

/* A file on a disk: written, on the disk, partly dropped, half mapped, deleted while open. */
TEST_F(files, disk)
{
	const size_t pages = 2048;
	const struct physical_file *file;
	int fd = make("/scratch/physical-files", pages);
	char *at;

	if (fd < 0)
		SKIP(return, "machine has no disk");
	/* Since 7.3, khugepaged collapses any file of ext4, and unmaps it from all who map it. */
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	ASSERT_FILES(1000);
	EXPECT_TRUE(adds_up());
	file = file_of(fd);
	ASSERT_NE(NULL, file);
	EXPECT_EQ(pages * PAGE, V(file, CACHED));
	EXPECT_EQ(pages * PAGE, V(file, SIZE));
	EXPECT_EQ(0, V(file, MAPPED));
	EXPECT_LE(pages * PAGE / 2, V(file, DIRTY) + V(file, WRITEBACK));
	EXPECT_STREQ("ext4", file->type);
	EXPECT_STREQ("/physical-files", file->path);
	EXPECT_EQ(0, V(file, DELETED));

	ASSERT_EQ(0, fsync(fd));
	ASSERT_EQ(0, posix_fadvise(fd, 0, pages * PAGE / 4, POSIX_FADV_DONTNEED));
	at = map(PLACE(0), 512 * PAGE, PROT_READ, MAP_SHARED, fd, 1024 * PAGE);
	read_pages(at, 512);
	ASSERT_FILES(1000);
	EXPECT_TRUE(adds_up());
	file = file_of(fd);
	ASSERT_NE(NULL, file);
	EXPECT_EQ(in_core(fd), V(file, CACHED));
	EXPECT_LE(pages * PAGE * 3 / 4, V(file, CACHED));
	EXPECT_GT(pages * PAGE, V(file, CACHED));
	EXPECT_LE(512 * PAGE, V(file, MAPPED));
	EXPECT_GT(1024 * PAGE, V(file, MAPPED));
	EXPECT_TRUE(HAS(file, DIRTY));
	EXPECT_EQ(0, V(file, DIRTY) + V(file, WRITEBACK));

	munmap(at, 512 * PAGE);
	ASSERT_EQ(0, unlink("/scratch/physical-files"));
	ASSERT_FILES(1000);
	file = file_of(fd);
	ASSERT_NE(NULL, file);
	EXPECT_EQ(1, V(file, DELETED));
	EXPECT_STREQ("/physical-files", file->path);
	EXPECT_LT(0, V(file, CACHED));
	close(fd);
	ASSERT_FILES(1000);
	EXPECT_TRUE(adds_up());
}

/* A file of tmpfs by its path, with a newline; one without a name; through overlayfs. */
/* Pages of a block device itself: it is in use, so it is not deleted, as its inode may look. */
TEST_F(files, device)
{
	const size_t pages = 256;
	const struct physical_file *file = NULL;
	struct stat st;
	unsigned int i;
	char *at;
	int fd;

	if (stat("/scratch", &st) || !major(st.st_dev))
		SKIP(return, "machine has no disk");
	ASSERT_EQ(0, mknod(HERE "/disk", S_IFBLK | 0600, st.st_dev));
	fd = open(HERE "/disk", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	at = map(PLACE(0), pages * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	read_pages(at, pages);
	ASSERT_FILES(1000);
	EXPECT_TRUE(adds_up());
	for (i = 0; i < p.n_files; i++)
		if (!HAS(&p.files[i], INODE) && HAS(&p.files[i], DEV_MAJOR) &&
		    V(&p.files[i], DEV_MAJOR) == major(st.st_dev) &&
		    V(&p.files[i], DEV_MINOR) == minor(st.st_dev))
			file = &p.files[i];
	ASSERT_NE(NULL, file);
	EXPECT_LE(pages * PAGE, V(file, CACHED));
	EXPECT_EQ(0, V(file, DELETED));
	munmap(at, pages * PAGE);
	close(fd);
}

TEST_F(files, names)
{
	static const char path[] = HERE "/a directory/new\nline";
	const struct physical_file *file;
	struct stat st;
	int fd, all;
	char *at;

	ASSERT_EQ(0, mkdir(HERE "/a directory", 0700));
	fd = make(path, 700);
	ASSERT_LE(0, fd);
	at = map(PLACE(0), 300 * PAGE, RW, MAP_SHARED, fd, 0);
	write_pages(at, 300);
	all = memfd("without \\ name", 900);
	write_pages(map(PLACE(1), 900 * PAGE, RW, MAP_SHARED, all, 0), 900);
	ASSERT_FILES(1000);
	EXPECT_TRUE(adds_up());
	file = file_of(fd);
	ASSERT_NE(NULL, file);
	EXPECT_STREQ(path + sizeof(HERE) - 1, file->path);
	EXPECT_STREQ("tmpfs", file->type);
	EXPECT_EQ(700 * PAGE, V(file, CACHED));
	EXPECT_EQ(in_core(fd), V(file, CACHED));
	EXPECT_EQ(300 * PAGE, V(file, MAPPED));
	EXPECT_FALSE(HAS(file, DIRTY));
	EXPECT_EQ(0, V(file, DELETED));
	file = file_of(all);
	ASSERT_NE(NULL, file);
	EXPECT_STREQ("memfd:without \\ name", file->path);
	EXPECT_EQ(1, V(file, DELETED));
	EXPECT_EQ(900 * PAGE, V(file, CACHED));
	EXPECT_EQ(900 * PAGE, V(file, MAPPED));
	munmap(at, 300 * PAGE);
	munmap(PLACE(1), 900 * PAGE);
	close(all);
	close(fd);

	mkdir(HERE "/merged", 0700);
	mkdir(HERE "/empty", 0700);
	if (system("modprobe overlay 2>/dev/null"))
		diag("overlay is no module, or not there");
	if (mount("overlay", HERE "/merged", "overlay", MS_RDONLY,
		  "lowerdir=" HERE "/a directory:" HERE "/empty"))
		SKIP(return, "no overlayfs: %s", strerror(errno));
	ASSERT_EQ(0, stat(HERE, &st));
	fd = open(HERE "/merged/new\nline", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_FILES(1000);
	file = file_on(st.st_dev, fd);
	ASSERT_NE(NULL, file);
	EXPECT_STREQ(path + sizeof(HERE) - 1, file->path);
	EXPECT_EQ(700 * PAGE, V(file, CACHED));
	close(fd);
	ASSERT_EQ(0, umount(HERE "/merged"));
}

/* One of many names of a file is left, behind those that were deleted while they were open. */
TEST_F(files, links)
{
	const struct physical_file *file;
	int fd = make(HERE "/first", 600), fds[20];
	char path[64];
	unsigned int i;

	ASSERT_LE(0, fd);
	for (i = 0; i < 20; i++) {
		snprintf(path, sizeof(path), HERE "/%u", i);
		ASSERT_EQ(0, link(HERE "/first", path));
		fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, fds[i]);
		ASSERT_EQ(0, unlink(path));
	}
	ASSERT_FILES(1000);
	file = file_of(fd);
	ASSERT_NE(NULL, file);
	EXPECT_STREQ("/first", file->path);
	EXPECT_EQ(0, V(file, DELETED));
	ASSERT_EQ(0, unlink(HERE "/first"));
	ASSERT_FILES(1000);
	file = file_of(fd);
	ASSERT_NE(NULL, file);
	EXPECT_EQ(1, V(file, DELETED));
	for (i = 0; i < 20; i++)
		close(fds[i]);
	close(fd);
}

/* Largest first, and as many as requested; the file systems have all. */
TEST_F(files, limit)
{
	const unsigned int nr = 300;
	const struct physical_system *here = NULL;
	struct stat st;
	char path[64];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), HERE "/%u", i);
		close(make(path, i % 7 + 1));
	}
	close(make(HERE "/large", 16384));
	ASSERT_EQ(0, stat(HERE, &st));
	ASSERT_FILES(50);
	EXPECT_TRUE(adds_up());
	ASSERT_EQ(50, p.n_files);
	for (i = 1; i < p.n_files; i++)
		EXPECT_LE(V(&p.files[i], CACHED), V(&p.files[i - 1], CACHED));
	for (i = 0; i < p.n_files && strcmp(p.files[i].path, "/large"); i++)
		;
	EXPECT_LT(i, p.n_files);
	for (i = 0; i < p.n_systems; i++)
		if (p.systems[i].value[MEMCENSUS_FY_DEV_MAJOR] == major(st.st_dev) &&
		    p.systems[i].value[MEMCENSUS_FY_DEV_MINOR] == minor(st.st_dev))
			here = &p.systems[i];
	ASSERT_NE(NULL, here);
	EXPECT_EQ(nr + 1, here->value[MEMCENSUS_FY_FILES]);
	/* 300 files of 1 to 7 pages: 42 times 28, and 6 of 1 to 6. */
	EXPECT_EQ((16384 + 42 * 28 + 21) * PAGE, here->value[MEMCENSUS_FY_CACHED]);
	EXPECT_STREQ("tmpfs", here->type);
}

/* Files come and go, are truncated and renamed, and a file system is unmounted each time. */
static pid_t churn(const char *dir)
{
	char path[64], other[64];
	pid_t pid = fork();
	unsigned int i;
	int fd;

	if (pid)
		return pid;
	need(!prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	snprintf(other, sizeof(other), "%s/other", dir);
	mkdir(dir, 0700);
	for (;;) {
		need(!mount("churn", dir, "tmpfs", 0, NULL), "mount");
		for (i = 0; i < 40; i++) {
			snprintf(path, sizeof(path), "%s/%u", dir, i);
			fd = make(path, 1 + i);
			need(fd >= 0, path);
			if (i % 3 == 1)
				unlink(path);
			if (i % 3 == 2)
				rename(path, other);
			if (i % 4 == 1)
				need(!ftruncate(fd, 0), "ftruncate");
			close(fd);
		}
		/* A reference that a pass takes and keeps would make the umount fail, or warn. */
		need(!umount(dir), "umount");
	}
}

TEST_F(files, storm)
{
	const uint64_t end = now_ms() + 5000;
	unsigned int passes = 0;
	pid_t a, b;

	a = churn(HERE "/a");
	b = churn(HERE "/b");
	ASSERT_LT(0, a);
	ASSERT_LT(0, b);
	for (; now_ms() < end; passes++) {
		ASSERT_FILES(2000);
		ASSERT_TRUE(adds_up());
	}
	diag("%u passes", passes);
	EXPECT_NE('Z', process_state(a));
	EXPECT_NE('Z', process_state(b));
	kill(a, SIGKILL);
	kill(b, SIGKILL);
	ASSERT_EQ(a, waitpid(a, NULL, 0));
	ASSERT_EQ(b, waitpid(b, NULL, 0));
	umount(HERE "/a");
	umount(HERE "/b");
}

/* A process in @cgroup writes @pages at the end of @path.  False: it could not. */
static bool append_in(const char *cgroup, const char *path, size_t pages)
{
	static char block[1 << 16];
	int status, fd;
	size_t size, part;
	pid_t pid = fork();

	if (!pid) {
		need(enter_cgroup(cgroup), cgroup);
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		need(fd >= 0, path);
		for (size = pages * PAGE; size; size -= part) {
			part = size < sizeof(block) ? size : sizeof(block);
			need(write(fd, block, part) == (ssize_t)part, path);
		}
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

#define CGROUPS	"/sys/fs/cgroup"
#define A	CGROUPS "/memcensus-files-a"
#define B	CGROUPS "/memcensus-files-b"

/* Two cgroups write a file: at first one alone, then both, then one of them most of it. */
TEST_F(files, charged)
{
	const struct physical_file *file;
	struct stat st;
	int fd;

	if (access(CGROUPS "/cgroup.controllers", F_OK) ||
	    !write_file(CGROUPS "/cgroup.subtree_control", "+memory"))
		SKIP(return, "memory has no controller of cgroup version 2");
	ASSERT_EQ(0, mkdir(A, 0700) || mkdir(B, 0700));
	ASSERT_TRUE(append_in(A, HERE "/charged", 1024));
	fd = open(HERE "/charged", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, stat(A, &st));
	ASSERT_FILES(1000);
	file = file_of(fd);
	ASSERT_NE(NULL, file);
	EXPECT_EQ(1024 * PAGE, V(file, CACHED));
	EXPECT_EQ(st.st_ino, V(file, CGROUP));
	EXPECT_EQ(1024 * PAGE, V(file, CHARGED));

	/* 1,024 of one, 256 of the other: no more and no fewer than 768 votes are left. */
	ASSERT_TRUE(append_in(B, HERE "/charged", 256));
	ASSERT_FILES(1000);
	file = file_of(fd);
	ASSERT_NE(NULL, file);
	EXPECT_EQ(st.st_ino, V(file, CGROUP));
	EXPECT_EQ(768 * PAGE, V(file, CHARGED));

	ASSERT_TRUE(append_in(B, HERE "/charged", 2048));
	ASSERT_EQ(0, stat(B, &st));
	ASSERT_FILES(1000);
	file = file_of(fd);
	ASSERT_NE(NULL, file);
	EXPECT_EQ(st.st_ino, V(file, CGROUP));
	EXPECT_EQ(1280 * PAGE, V(file, CHARGED));
	close(fd);
	ASSERT_EQ(0, rmdir(A) || rmdir(B));
}

/* A server of FUSE that does not answer has a page of its file locked: nothing waits for it. */
TEST_F(files, locked)
{
	uint64_t start;
	struct fuse fuse;
	int fd, err = fuse_start(&fuse);
	pid_t pid;
	char c;

	if (err)
		SKIP(return, "no FUSE: %s", strerror(-err));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		fd = fuse_open_cached(&fuse);
		_exit(fd < 0 || read(fd, &c, 1) != 1);
	}
	ASSERT_TRUE(fuse_was_asked(&fuse));
	start = now_ms();
	ASSERT_FILES(1000);
	EXPECT_TRUE(adds_up());
	/* The read that waits for the server cannot end. */
	EXPECT_LE(1, p.systems[0].value[MEMCENSUS_FY_FILES]);
	diag("%llu ms, %llu files not found again", (unsigned long long)(now_ms() - start),
	     (unsigned long long)p.systems[0].value[MEMCENSUS_FY_FILES]);
	fuse_answer(&fuse);
	ASSERT_EQ(pid, waitpid(pid, &err, 0));
	fuse_stop(&fuse);
}

PROGRAM_OF(PHYSICAL)

TEST_HARNESS_MAIN
