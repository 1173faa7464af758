// SPDX-License-Identifier: GPL-2.0
/*
 * A census of one file: known pages of it that processes map, in part, twice, or as copies;
 * on tmpfs, on a file system with page cache, through overlayfs, and with huge pages.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ko.h"
#include "selftest.h"
#include "subject.h"

#define RW	(PROT_READ | PROT_WRITE)
#define HERE	"/tmp/memcensus-share-file"

/* IDLE maps the file and touches nothing of it. */
enum member { A, B, PRIVATE, IDLE, MEMBERS };

/* Pages of the file that A maps, B, and the private mapping, which has copies of the first. */
static const unsigned long of_a = 160, of_b = 64, of_private = 96, copies = 32;
/* Pages of A, of which no other maps any; twice mapped. */
static const unsigned long twice = 48;
/* Of another file, which A maps too. */
static const unsigned long other = 40;

struct cast {
	const char *path;
	int fd, other_fd;
	enum member next;
};

static void member(void *arg)
{
	const struct cast cast = *(struct cast *)arg;
	/* overlayfs maps another file than the one that the test opened before. */
	int fd = open(cast.path, O_RDONLY);

	need(fd >= 0, cast.path);
	switch (cast.next) {
	case A:
		read_pages(map(PLACE(0), of_a * PAGE, PROT_READ, MAP_SHARED, fd, 0), of_a);
		read_pages(map(PLACE(1), twice * PAGE, PROT_READ, MAP_SHARED, fd, 0), twice);
		write_pages(map(PLACE(2), other * PAGE, RW, MAP_SHARED, cast.other_fd, 0), other);
		break;
	case B:
		read_pages(map(PLACE(0), of_b * PAGE, PROT_READ, MAP_SHARED, fd, 0), of_b);
		break;
	case PRIVATE:
		read_pages(map(PLACE(0), of_private * PAGE, RW, MAP_PRIVATE, fd, 0), of_private);
		write_pages(PLACE(0), copies);
		/* Entries that are not writable prove nothing: struct page tells the copies. */
		need(!mprotect(PLACE(0), copies / 2 * PAGE, PROT_READ), "mprotect");
		break;
	default:
		map(PLACE(0), of_a * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	}
}

FIXTURE(file)
{
	struct cast cast;
	pid_t pids[MEMBERS];
	uint32_t named[MEMBERS];
};

/**
 * struct _fixture_variant_file - where the file is
 * @type: file system to mount
 * @overlay: the file is in the lower directory of an overlay
 * @kind: of its pages
 */
FIXTURE_VARIANT(file)
{
	const char *type;
	bool overlay;
	unsigned int kind;
};

FIXTURE_VARIANT_ADD(file, tmpfs) { .type = "tmpfs", .kind = MEMCENSUS_K_SHMEM };
FIXTURE_VARIANT_ADD(file, ramfs) { .type = "ramfs", .kind = MEMCENSUS_K_FILE };
FIXTURE_VARIANT_ADD(file, overlay) {
	.type = "tmpfs", .overlay = true, .kind = MEMCENSUS_K_SHMEM };

static bool mount_overlay(void)
{
	mkdir(HERE "/merged", 0700);
	if (system("modprobe overlay 2>/dev/null"))
		diag("overlay is no module, or not there");
	return !mount("overlay", HERE "/merged", "overlay", MS_RDONLY,
		      "lowerdir=" HERE "/lower:" HERE "/empty");
}

static const char *make_file(const char *type, bool overlay)
{
	int fd;

	need(!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
	     "mount namespace");
	mkdir(HERE, 0700);
	need(!mount("none", HERE, type, 0, NULL), type);
	mkdir(HERE "/lower", 0700);
	mkdir(HERE "/empty", 0700);
	fd = open(HERE "/lower/file", O_RDWR | O_CREAT, 0600);
	need(fd >= 0 && !ftruncate(fd, of_a * PAGE), "file");
	write_pages(map(PLACE(0), of_a * PAGE, RW, MAP_SHARED, fd, 0), of_a);
	need(!munmap(PLACE(0), of_a * PAGE) && !close(fd), "file");
	if (!overlay)
		return HERE "/lower/file";
	return mount_overlay() ? HERE "/merged/file" : NULL;
}

FIXTURE_SETUP(file)
{
	enum member m;

	for (m = A; m < MEMBERS; m++)
		self->pids[m] = 0;
	self->cast.path = make_file(variant->type, variant->overlay);
	if (!self->cast.path)
		SKIP(return, "no overlayfs: %s", strerror(errno));
	/* Descriptor 0 is no attribute of the test's client. */
	self->cast.fd = fcntl(open(self->cast.path, O_RDONLY), F_DUPFD, 10);
	ASSERT_LE(0, self->cast.fd);
	self->cast.other_fd = memfd("other", other);
	for (m = A; m < MEMBERS; m++) {
		self->cast.next = m;
		self->pids[m] = child_start(member, &self->cast);
		ASSERT_LT(0, self->pids[m]);
		self->named[m] = self->pids[m];
	}
}

FIXTURE_TEARDOWN(file)
{
	enum member m;

	for (m = A; m < MEMBERS; m++)
		if (self->pids[m] > 0)
			child_end(self->pids[m]);
}

/* Pages of a figure of process @pid; -1: it is not in the census. */
static long pages_of(const struct census *census, pid_t pid, unsigned int f)
{
	size_t i;

	for (i = 0; i < census->n_tasks; i++)
		if ((pid_t)census->tasks[i].pid == pid)
			return figure(&census->tasks[i].f, f) / PAGE;
	return -1;
}

#define EXPECT_OF(n, m, f)						\
	EXPECT_EQ((long)(n), pages_of(&census, self->pids[m], MEMCENSUS_F_##f))

TEST_F(file, known_pages)
{
	const struct census_request request = {
		.file = self->cast.fd, .parts = MEMCENSUS_PART_TASKS };
	/* A page of n owners: 1/n. */
	const unsigned long shares = of_b - copies, two = copies + of_private - of_b;
	struct census census;
	size_t i;
	uint64_t rest = 0;

	if (!self->pids[IDLE])
		return;
	ASSERT_TAKEN(&request, &census);
	EXPECT_EQ(of_a * PAGE, census.scan[MEMCENSUS_SCAN_FRAMES]);
	EXPECT_OF(of_a, A, FRAMES);
	EXPECT_OF(of_a + twice, A, RSS);
	EXPECT_OF(of_a + twice, A, VSS);
	EXPECT_OF(of_a - of_private, A, USS);
	EXPECT_OF(of_a - of_private + two / 2 + shares / 3, A, PSS);
	EXPECT_OF(0, A, ANON);
	EXPECT_OF(of_b, B, FRAMES);
	EXPECT_OF(0, B, USS);
	EXPECT_OF(copies / 2 + shares / 3, B, PSS);
	EXPECT_OF(of_private - copies, PRIVATE, FRAMES);
	EXPECT_OF(copies, PRIVATE, ANON);
	EXPECT_OF(of_private, PRIVATE, RSS);
	EXPECT_OF(0, PRIVATE, USS);
	EXPECT_OF(0, PRIVATE, USS_ANON);
	EXPECT_OF(of_private, PRIVATE, VSS);
	EXPECT_OF(0, IDLE, FRAMES);
	EXPECT_OF(of_a, IDLE, VSS);
	/* This test has it open, and maps nothing of it. */
	EXPECT_EQ(0, pages_of(&census, getpid(), MEMCENSUS_F_VSS));
	for (i = 0; i < census.n_tasks; i++)
		if ((pid_t)census.tasks[i].pid != self->pids[A] &&
		    (pid_t)census.tasks[i].pid != self->pids[B] &&
		    (pid_t)census.tasks[i].pid != self->pids[PRIVATE])
			rest += figure(&census.tasks[i].f, MEMCENSUS_F_RSS);
	EXPECT_EQ(0, rest);
	census_free(&census);
}

static long common(const struct census *census, uint32_t pid, uint32_t peer, unsigned int kind)
{
	const struct census_pair *p;

	for (p = census->pairs; p < census->pairs + census->n_pairs; p++)
		if (p->pid == pid && p->peer_pid == peer)
			return p->common.value[kind] / PAGE;
	return -1;
}

/* The pages that two have in common are those of the file only: not what fork() left. */
TEST_F(file, pairs)
{
	const struct census_request request = {
		.share = true, .file = self->cast.fd, .pids = &self->named[A], .n_pids = 1 };
	struct census census;
	unsigned int kind;

	if (!self->pids[IDLE])
		return;
	ASSERT_TAKEN(&request, &census);
	EXPECT_EQ((long)of_b, common(&census, self->named[A], self->named[B], variant->kind));
	EXPECT_EQ((long)(of_private - copies),
		  common(&census, self->named[A], self->named[PRIVATE], variant->kind));
	EXPECT_EQ(-1, common(&census, self->named[A], self->named[IDLE], variant->kind));
	EXPECT_EQ(-1, common(&census, self->named[A], getpid(), variant->kind));
	for (kind = MEMCENSUS_K_ANON; kind <= MEMCENSUS_K_MAX; kind++)
		if (kind != variant->kind)
			EXPECT_EQ(0, common(&census, self->named[A], self->named[B], kind));
	census_free(&census);
}

/* Groups, and VMAs of named processes: only those of the file. */
TEST_F(file, groups_and_mappings)
{
	const struct census_request groups = {
		.share = true, .file = self->cast.fd, .group_by = MEMCENSUS_BY_UID };
	const struct census_request vmas = {
		.file = self->cast.fd, .pids = self->named,
		.n_pids = MEMBERS, .parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS };
	struct census census;

	if (!self->pids[IDLE])
		return;
	ASSERT_TAKEN(&groups, &census);
	ASSERT_LE(1, census.n_groups);
	EXPECT_EQ(of_a * PAGE, figure(&census.groups[0].f, MEMCENSUS_F_FRAMES));
	EXPECT_EQ(of_a * PAGE, figure(&census.groups[0].f, MEMCENSUS_F_USS));
	census_free(&census);
	ASSERT_TAKEN(&vmas, &census);
	/* A has two, and mprotect() splits that of PRIVATE. */
	EXPECT_EQ(MEMBERS + 2, census.n_vmas);
	census_free(&census);
}

/* Pages that are in more blocks than max_mem has room for. */
#define SPARSE	30000UL
#define BLOCK	64UL

static void be_sparse(void *arg)
{
	char *at = map(PLACE(0), SPARSE * BLOCK * PAGE, RW, MAP_PRIVATE | MAP_NORESERVE,
		       *(int *)arg, 0);
	unsigned long i;

	for (i = 0; i < SPARSE; i++)
		*(volatile char *)(at + i * BLOCK * PAGE);
	for (i = 0; i < copies; i++)
		at[i * BLOCK * PAGE] = 1;
	need(!mprotect(at, copies / 2 * BLOCK * PAGE, PROT_READ), "mprotect");
}

TEST(in_slices)
{
	struct census_request request = { .parts = MEMCENSUS_PART_TASKS };
	struct census census;
	pid_t pid;
	int fd;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	ASSERT_EQ(0, ko_reload("max_mem=1048576"));
	fd = fcntl(memfd("sparse", SPARSE * BLOCK), F_DUPFD, 10);
	pid = child_start(be_sparse, &fd);
	ASSERT_LT(0, pid);
	request.file = fd;
	ASSERT_TAKEN(&request, &census);
	child_end(pid);
	EXPECT_EQ(0, ko_reload(""));
	EXPECT_LT(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	EXPECT_EQ((SPARSE - copies) * PAGE, census.scan[MEMCENSUS_SCAN_FRAMES]);
	EXPECT_EQ(SPARSE - copies, pages_of(&census, pid, MEMCENSUS_F_USS));
	EXPECT_EQ(copies, pages_of(&census, pid, MEMCENSUS_F_ANON));
	census_free(&census);
}

static const unsigned long huge_pages = 3;

static void map_huge(void *arg)
{
	char *at = map(PLACE(0), huge_pages * HUGE, RW, MAP_SHARED, *(int *)arg, 0);
	unsigned long i;

	for (i = 0; i < huge_pages; i++)
		at[i * HUGE] = 1;
}

static void copy_huge(void *arg)
{
	char *at = map(PLACE(0), huge_pages * HUGE, RW, MAP_PRIVATE, *(int *)arg, 0);
	unsigned long i;

	for (i = 0; i < huge_pages; i++)
		*(volatile char *)(at + i * HUGE);
	/* A copy of the first page. */
	at[0] = 1;
}

TEST(hugetlb)
{
	const char *pool = huge_pool(HUGE, "nr_hugepages");
	struct census_request request = { .parts = MEMCENSUS_PART_TASKS };
	struct census census;
	pid_t shared, private;
	char text[32];
	long before;
	int fd;

	before = read_number(pool);
	snprintf(text, sizeof(text), "%ld", before + 2 * (long)huge_pages);
	if (before < 0 || !write_file(pool, text) ||
	    read_number(pool) < before + 2 * (long)huge_pages)
		SKIP(return, "no huge pages");
	fd = memfd_create("huge", MFD_HUGETLB | MAP_HUGE_SIZE(HUGE));
	ASSERT_LE(0, fd);
	fd = fcntl(fd, F_DUPFD, 10);
	ASSERT_EQ(0, ftruncate(fd, huge_pages * HUGE));
	shared = child_start(map_huge, &fd);
	ASSERT_LT(0, shared);
	private = child_start(copy_huge, &fd);
	ASSERT_LT(0, private);
	request.file = fd;
	ASSERT_TAKEN(&request, &census);
	EXPECT_EQ(huge_pages * PER_HUGE, pages_of(&census, shared, MEMCENSUS_F_HUGETLB));
	EXPECT_EQ(PER_HUGE, pages_of(&census, shared, MEMCENSUS_F_PRIVATE_HUGETLB));
	EXPECT_EQ((huge_pages - 1) * PER_HUGE, pages_of(&census, private, MEMCENSUS_F_HUGETLB));
	EXPECT_EQ(0, pages_of(&census, private, MEMCENSUS_F_PRIVATE_HUGETLB));
	census_free(&census);
	child_end(shared);
	child_end(private);
	close(fd);
	snprintf(text, sizeof(text), "%ld", before);
	EXPECT_TRUE(write_file(huge_pool(HUGE, "nr_hugepages"), text));
}

#define EXPECT_REFUSED(words, ...) do {					\
	const struct census_request __request = { __VA_ARGS__ };	\
	struct census_error __error = {};				\
	struct census __census;						\
	EXPECT_EQ(-EINVAL, census_take(&__request, &__census, &__error)); \
	EXPECT_NE(NULL, strstr(__error.text, words))			\
		TH_LOG("%s", __error.text);				\
	census_free(&__census);						\
} while (0)

TEST(refused)
{
	int path;
	int sock = fcntl(socket(AF_UNIX, SOCK_STREAM, 0), F_DUPFD, 10);

	path = open("/proc/self/exe", O_PATH);
	ASSERT_LE(0, path);
	EXPECT_REFUSED("not an open descriptor", .file = 1000000);
	EXPECT_REFUSED("not an open descriptor", .file = -1);
	EXPECT_REFUSED("not an open descriptor", .file = sock);
	EXPECT_REFUSED("not an open descriptor", .file = path);
}

static void map_whole(void *arg)
{
	write_pages(map(PLACE(0), 20 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, *(int *)arg, 0),
		    20);
}

/* What a named process maps of a file needs no owners. */
TEST(without_owners)
{
	int file = fcntl(memfd("file", 20), F_DUPFD, 10);
	const pid_t pid = child_start(map_whole, &file);
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS, .no_owners = true, .file = file,
		.pids = (const uint32_t *)&pid, .n_pids = 1,
	};
	struct census census;

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	ASSERT_EQ(1, census.n_tasks);
	EXPECT_PAGES(20, census.tasks, RSS);
	EXPECT_PAGES(20, census.tasks, FRAMES);
	EXPECT_EQ(FIGURE_UNKNOWN, figure(&census.tasks->f, MEMCENSUS_F_USS));
	EXPECT_EQ(FIGURE_UNKNOWN, figure(&census.tasks->f, MEMCENSUS_F_PSS));
	census_free(&census);
	child_end(pid);
}

/* A request keeps its file, until its socket is closed. */
TEST(released)
{
	struct census_request request = { .share = true, .group_by = MEMCENSUS_BY_UID };
	static char buf[8192];
	struct census_socket s;
	int fd;

	make_file("ramfs", false);
	fd = open(HERE "/lower/file", O_RDONLY);
	ASSERT_LE(0, fd);
	request.file = fcntl(fd, F_DUPFD, 10);
	close(fd);
	ASSERT_EQ(0, census_open(&s));
	ASSERT_EQ(0, census_send(&s, census_request(&s, buf, &request)));
	close(request.file);
	EXPECT_EQ(-1, umount(HERE));
	EXPECT_EQ(EBUSY, errno);
	census_close(&s);
	EXPECT_EQ(0, umount(HERE));
}

PROGRAM_OF(SHARE)

TEST_HARNESS_MAIN
