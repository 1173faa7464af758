// SPDX-License-Identifier: GPL-2.0
/*
 * Who is charged for mapped pages: known pages that one cgroup touched first and others map,
 * of a cgroup whose process has ended, and of one that was removed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ko.h"
#include "selftest.h"
#include "subject.h"

#define RW	(PROT_READ | PROT_WRITE)
#define ROOT	"/sys/fs/cgroup"
#define POD	"/memcensus-charged"

enum { ALL, A, B, GONE, N_CGROUPS };

/* Each after the one above it. */
static const char *const cgroups[N_CGROUPS] = {
	[ALL] = POD, [A] = POD "/a", [B] = POD "/b", [GONE] = POD "/gone",
};

/* Pages of a file that a process of GONE touches before it ends, and B maps. */
static const unsigned long left = 300;
/* Of a file that A touches and maps, and of them, those that B maps. */
static const unsigned long both = 200, of_b = 120;
/* Of a file that A touches and unmaps, and B maps. */
static const unsigned long given = 50;
/* Private pages of A. */
static const unsigned long own = 100;

/* Private pages that a process needs to run: at most so many. */
#define OTHERS	64

struct cast {
	int left_fd, both_fd, given_fd;
};

static void move_to(const char *cgroup)
{
	char path[128];

	snprintf(path, sizeof(path), ROOT "%s", cgroup);
	need(enter_cgroup(path), path);
}

static void map_file(int place, int fd, unsigned long pages, bool write)
{
	char *at = map(PLACE(place), pages * PAGE, RW, MAP_SHARED, fd, 0);

	if (write)
		write_pages(at, pages);
	else
		read_pages(at, pages);
}

static void be_gone(void *arg)
{
	const struct cast *cast = arg;

	move_to(cgroups[GONE]);
	map_file(0, cast->left_fd, left, true);
}

/* Touches in its cgroup what it needs to run, so that only the tested pages differ. */
static void rehearse(void)
{
	int fd = memfd("rehearsal", 1);

	map_file(0, fd, 1, true);
	need(!munmap(PLACE(0), PAGE), "rehearsal");
	map_file(0, fd, 1, false);
	need(!munmap(PLACE(0), PAGE) && !close(fd), "rehearsal");
	write_pages(map_private(PLACE(2), PAGE), 1);
	need(!munmap(PLACE(2), PAGE), "rehearsal");
	/* Its stack has room for a signal. */
	raise(SIGCONT);
}

static void be_a(void *arg)
{
	const struct cast cast = *(struct cast *)arg;

	move_to(cgroups[A]);
	rehearse();
	child_stop();
	map_file(0, cast.both_fd, both, true);
	map_file(1, cast.given_fd, given, true);
	need(!munmap(PLACE(1), given * PAGE), "munmap");
	write_pages(map_private(PLACE(2), own * PAGE), own);
}

static void be_b(void *arg)
{
	const struct cast cast = *(struct cast *)arg;

	move_to(cgroups[B]);
	rehearse();
	child_stop();
	map_file(0, cast.left_fd, left, false);
	map_file(1, cast.both_fd, of_b, false);
	map_file(2, cast.given_fd, given, false);
}

static void drop_cgroup(int n)
{
	unsigned int tries;
	char path[128];

	snprintf(path, sizeof(path), ROOT "%s", cgroups[n]);
	for (tries = 100; rmdir(path) && tries--; )
		sleep_ms(10);
}

FIXTURE(charged)
{
	struct cast cast;
	pid_t a, b;
};

FIXTURE_SETUP(charged)
{
	char path[128];
	pid_t gone;
	int i;

	self->a = 0;
	self->b = 0;
	write_file(ROOT "/cgroup.subtree_control", "+memory");
	for (i = 0; i < N_CGROUPS; i++) {
		snprintf(path, sizeof(path), ROOT "%s", cgroups[i]);
		mkdir(path, 0700);
		if (!i)
			write_file(ROOT POD "/cgroup.subtree_control", "+memory");
	}
	if (access(ROOT POD "/a/memory.current", R_OK)) {
		for (i = N_CGROUPS; i--; )
			drop_cgroup(i);
		SKIP(return, "no memory controller of version 2");
	}
	self->cast.left_fd = memfd("left", left);
	self->cast.both_fd = memfd("both", both);
	self->cast.given_fd = memfd("given", given);
	gone = child_start(be_gone, &self->cast);
	ASSERT_LT(0, gone);
	child_end(gone);
	self->a = child_start(be_a, &self->cast);
	ASSERT_LT(0, self->a);
	self->b = child_start(be_b, &self->cast);
	ASSERT_LT(0, self->b);
}

FIXTURE_TEARDOWN(charged)
{
	int i;

	if (self->a)
		child_end(self->a);
	if (self->b)
		child_end(self->b);
	for (i = N_CGROUPS; i--; )
		drop_cgroup(i);
}

static uint64_t id_of(int n)
{
	struct stat stat_of;
	char path[128];

	snprintf(path, sizeof(path), ROOT "%s", cgroups[n]);
	return stat(path, &stat_of) ? 0 : stat_of.st_ino;
}

/* Pages; @mapped: of all its processes. */
struct paid {
	bool found, has_group;
	long charged, own, mapped;
};

static struct paid paid_of(const struct census *census, uint64_t cgroup)
{
	const struct census_payer *p;
	struct paid paid = {};
	size_t i;

	for (p = census->payers; p < census->payers + census->n_payers; p++) {
		if (!(p->known >> MEMCENSUS_PAYER_CGROUP & 1) || p->cgroup != cgroup ||
		    p->known >> MEMCENSUS_PAYER_INODE & 1)
			continue;
		paid.found = true;
		paid.has_group = p->known >> MEMCENSUS_PAYER_GROUP & 1;
		paid.charged = p->charged / PAGE;
		paid.own = p->own / PAGE;
		for (i = 0; i < census->n_groups && paid.has_group; i++)
			if (census->groups[i].id == p->group)
				paid.mapped = figure(&census->groups[i].f, MEMCENSUS_F_FRAMES) /
					      PAGE;
	}
	return paid;
}

/* Over all payers, bytes. */
static uint64_t all_charged(const struct census *census)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < census->n_payers; i++)
		sum += census->payers[i].charged;
	return sum;
}

static const struct census_request request = {
	.share = true, .group_by = MEMCENSUS_BY_CGROUP, .charged = 1,
};

#define ASSERT_CHARGED(to)	ASSERT_TAKEN(&request, to)

#define GREW(n, of)	(paid_of(&after, id_of(n)).of - paid_of(&before, id_of(n)).of)

TEST_F(charged, first_toucher)
{
	struct census before, after;
	struct paid pod = {};
	unsigned int tries;

	if (!self->b)
		return;
	ASSERT_CHARGED(&before);
	ASSERT_TRUE(paid_of(&before, id_of(A)).has_group);
	/* No process maps these pages yet. */
	EXPECT_FALSE(paid_of(&before, id_of(GONE)).found);
	EXPECT_FALSE(paid_of(&before, id_of(ALL)).found);
	ASSERT_TRUE(child_next(self->a));
	ASSERT_TRUE(child_next(self->b));
	ASSERT_CHARGED(&after);

	EXPECT_EQ(own + both + given, GREW(A, charged));
	EXPECT_EQ(own + both, GREW(A, own));
	EXPECT_EQ(own + both, GREW(A, mapped));
	EXPECT_EQ(0, GREW(B, charged));
	EXPECT_EQ(0, GREW(B, own));
	EXPECT_EQ(left + of_b + given, GREW(B, mapped));
	EXPECT_EQ(left, GREW(GONE, charged));
	EXPECT_EQ(0, GREW(GONE, own));
	EXPECT_FALSE(paid_of(&after, id_of(GONE)).has_group);
	census_free(&before);
	census_free(&after);

	/* Its pages remain charged above it, as soon as the kernel has taken it offline. */
	drop_cgroup(GONE);
	ASSERT_EQ(0, id_of(GONE));
	for (tries = 0; tries < 50 && !pod.found; tries++) {
		sleep_ms(100);
		census_free(&after);
		ASSERT_CHARGED(&after);
		pod = paid_of(&after, id_of(ALL));
	}
	EXPECT_TRUE(pod.found);
	EXPECT_FALSE(pod.has_group);
	EXPECT_EQ(left, pod.charged);
	EXPECT_EQ(0, pod.own);
	census_free(&after);
}

#define DOMAIN		ROOT POD "/t"
#define INNER		DOMAIN "/inner"

/* In a cgroup that is threaded, or has no controller: the one above it pays. */
static void be_inner(void *arg)
{
	const bool *threaded = arg;

	need(enter_cgroup(DOMAIN), DOMAIN);
	need(*threaded ? write_file(INNER "/cgroup.threads", "0") : enter_cgroup(INNER), INNER);
	rehearse();
	child_stop();
	write_pages(map_private(PLACE(2), own * PAGE), own);
}

/* What the processes of such a cgroup use is no memory for others. */
TEST_F(charged, domain_of_processes)
{
	struct stat domain, inner;
	struct paid first, last;
	struct census census;
	unsigned int tries;
	int threaded;
	pid_t pid;

	if (!self->b)
		return;
	for (threaded = 0; threaded < 2; threaded++) {
		bool arg = threaded;

		ASSERT_EQ(0, mkdir(DOMAIN, 0700));
		ASSERT_EQ(0, mkdir(INNER, 0700));
		ASSERT_TRUE(!threaded || write_file(INNER "/cgroup.type", "threaded"));
		ASSERT_EQ(0, stat(DOMAIN, &domain) || stat(INNER, &inner));
		pid = child_start(be_inner, &arg);
		ASSERT_LT(0, pid);
		ASSERT_CHARGED(&census);
		first = paid_of(&census, domain.st_ino);
		EXPECT_FALSE(paid_of(&census, inner.st_ino).found);
		census_free(&census);
		ASSERT_TRUE(child_next(pid));
		ASSERT_CHARGED(&census);
		last = paid_of(&census, domain.st_ino);
		census_free(&census);
		EXPECT_TRUE(first.has_group && last.has_group);
		EXPECT_EQ(own, last.charged - first.charged);
		EXPECT_EQ(own, last.own - first.own);
		EXPECT_EQ(own, last.mapped - first.mapped);
		child_end(pid);
		for (tries = 100; rmdir(INNER) && tries--; )
			sleep_ms(10);
		for (tries = 100; rmdir(DOMAIN) && tries--; )
			sleep_ms(10);
	}
}

static void be_plain(void *arg)
{
	need(enter_cgroup(ROOT POD), ROOT POD);
}

/*
 * Nobody pays in version 2 if the controller is disabled (cgroup_disable=memory), or one of version
 * 1: then a process is of its own cgroup.
 */
TEST(without_controller)
{
	struct census census;
	struct stat cgroup;
	unsigned int tries;
	pid_t pid;

	write_file(ROOT "/cgroup.subtree_control", "+memory");
	if (mkdir(ROOT POD, 0700))
		SKIP(return, "no cgroups of version 2");
	if (!access(ROOT POD "/memory.current", F_OK)) {
		rmdir(ROOT POD);
		SKIP(return, "version 2 has the memory controller");
	}
	ASSERT_EQ(0, stat(ROOT POD, &cgroup));
	pid = child_start(be_plain, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CHARGED(&census);
	EXPECT_TRUE(paid_of(&census, cgroup.st_ino).has_group);
	census_free(&census);
	child_end(pid);
	for (tries = 100; rmdir(ROOT POD) && tries--; )
		sleep_ms(10);
}

/* A chain of cgroups, of which those below the third are removed. */
enum { DEPTH = 20, KEPT = 3 };

static void deep_cgroup(char *path, int depth)
{
	path = stpcpy(path, ROOT POD);
	while (depth--)
		path = stpcpy(path, "/d");
}

static void remove_deep(int from, int to)
{
	unsigned int tries;
	char path[128];

	for (; from > to; from--) {
		deep_cgroup(path, from);
		for (tries = 100; rmdir(path) && tries--; )
			sleep_ms(10);
	}
}

/* A file, and the depth of the cgroup that is charged for it */
struct deep {
	int fd, depth;
};

/* Touches the pages of the file in the deep cgroup. */
static void be_deep(void *arg)
{
	const struct deep *deep = arg;
	char path[128];

	deep_cgroup(path, deep->depth);
	need(enter_cgroup(path), path);
	map_file(0, deep->fd, left, true);
}

static void map_deep(void *arg)
{
	move_to(cgroups[B]);
	map_file(0, ((struct deep *)arg)->fd, left, false);
}

/*
 * Charges a deep cgroup, in which no process is left, for a file.  Return: a process of another one
 * that maps the file.
 */
static pid_t charge_deep(struct deep *deep)
{
	pid_t pid;

	deep->fd = memfd("deep", left);
	pid = child_start(be_deep, deep);
	need(pid > 0, "a process in a deep cgroup");
	child_end(pid);
	return child_start(map_deep, deep);
}

/* Makes cgroups below each other.  Return: the ID of the one at depth @of. */
static uint64_t make_deep(int depth, int of)
{
	struct stat stat_of = {};
	char path[128], file[160];
	int i;

	for (i = 1; i <= depth; i++) {
		deep_cgroup(path, i);
		need(!mkdir(path, 0700), path);
		snprintf(file, sizeof(file), "%s/cgroup.subtree_control", path);
		need(i == depth || write_file(file, "+memory"), file);
		need(i != of || !stat(path, &stat_of), path);
	}
	return stat_of.st_ino;
}

/* A user chooses how many cgroups below each other it removes. */
TEST_F(charged, removed_chain)
{
	struct deep deep = { .depth = DEPTH };
	struct paid above = {};
	struct census census;
	unsigned int tries;
	pid_t mapper;
	uint64_t kept;

	if (!self->b)
		return;
	kept = make_deep(DEPTH, KEPT);
	mapper = charge_deep(&deep);
	ASSERT_LT(0, mapper);
	remove_deep(DEPTH, KEPT);
	for (tries = 0; tries < 50 && !above.found; tries++) {
		sleep_ms(100);
		ASSERT_CHARGED(&census);
		above = paid_of(&census, kept);
		EXPECT_FALSE(paid_of(&census, id_of(ALL)).found);
		census_free(&census);
	}
	child_end(mapper);
	close(deep.fd);
	remove_deep(KEPT, 0);
	EXPECT_TRUE(above.found);
	EXPECT_EQ(left, above.charged);
	EXPECT_EQ(0, above.own);
}

/*
 * A cgroup that loses the controller and gets it again has none of its old charges: they are of the
 * one above it.
 */
TEST_F(charged, controller_again)
{
	struct deep deep = { .depth = 2 };
	char path[128], file[160];
	struct paid above = {};
	struct census census;
	unsigned int tries;
	uint64_t outer, inner;
	struct stat stat_of;
	pid_t mapper;

	if (!self->b)
		return;
	outer = make_deep(2, 1);
	deep_cgroup(path, 2);
	ASSERT_EQ(0, stat(path, &stat_of));
	inner = stat_of.st_ino;
	mapper = charge_deep(&deep);
	ASSERT_LT(0, mapper);
	ASSERT_CHARGED(&census);
	EXPECT_EQ(left, paid_of(&census, inner).charged);
	census_free(&census);
	deep_cgroup(path, 1);
	snprintf(file, sizeof(file), "%s/cgroup.subtree_control", path);
	ASSERT_TRUE(write_file(file, "-memory"));
	ASSERT_TRUE(write_file(file, "+memory"));
	for (tries = 0; tries < 50 && !above.found; tries++) {
		sleep_ms(100);
		ASSERT_CHARGED(&census);
		above = paid_of(&census, outer);
		EXPECT_FALSE(above.found && paid_of(&census, inner).found);
		census_free(&census);
	}
	child_end(mapper);
	close(deep.fd);
	remove_deep(2, 0);
	EXPECT_TRUE(above.found);
	EXPECT_EQ(left, above.charged);
	EXPECT_EQ(0, above.own);
}

/* Of cgroup @n and the file @fd; each pair has one message, or none. */
static struct paid paid_for(const struct census *census, int n, int fd)
{
	struct paid paid = {};
	struct stat stat_of;
	size_t i;

	need(!fstat(fd, &stat_of), "fstat");
	for (i = 0; i < census->n_payers; i++) {
		const struct census_payer *p = &census->payers[i];

		if (!(p->known >> MEMCENSUS_PAYER_INODE & 1) || p->cgroup != id_of(n) ||
		    p->inode != stat_of.st_ino || p->dev_major != major(stat_of.st_dev) ||
		    p->dev_minor != minor(stat_of.st_dev))
			continue;
		need(!paid.found, "one message of a cgroup and a file");
		paid = (struct paid){
			.found = true, .has_group = p->known >> MEMCENSUS_PAYER_GROUP & 1,
			.charged = p->charged / PAGE, .own = p->own / PAGE,
		};
	}
	return paid;
}

static unsigned int nr_files(const struct census *census)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < census->n_payers; i++)
		n += census->payers[i].known >> MEMCENSUS_PAYER_INODE & 1;
	return n;
}

/* For which files a cgroup pays that only others map; the others have no message. */
TEST_F(charged, by_file)
{
	struct census_request by_file = request;
	struct census census, one;
	struct paid paid;

	if (!self->b)
		return;
	by_file.charged = 2;
	by_file.limit = MEMCENSUS_LIMIT_MAX;
	ASSERT_TRUE(child_next(self->a));
	ASSERT_TRUE(child_next(self->b));
	ASSERT_TAKEN(&by_file, &census);
	paid = paid_for(&census, GONE, self->cast.left_fd);
	EXPECT_TRUE(paid.found);
	EXPECT_EQ(left, paid.charged);
	EXPECT_EQ(0, paid.own);
	EXPECT_FALSE(paid.has_group);
	paid = paid_for(&census, A, self->cast.given_fd);
	EXPECT_TRUE(paid.found);
	EXPECT_EQ(given, paid.charged);
	EXPECT_EQ(0, paid.own);
	EXPECT_FALSE(paid_for(&census, A, self->cast.both_fd).found);
	EXPECT_FALSE(paid_for(&census, B, self->cast.left_fd).found);
	/* The sums of a cgroup are as without files. */
	EXPECT_EQ(left, paid_of(&census, id_of(GONE)).charged);

	/* The largest of all is sent first. */
	by_file.limit = 1;
	ASSERT_TAKEN(&by_file, &one);
	EXPECT_LT(1, nr_files(&census));
	EXPECT_EQ(1, nr_files(&one));
	EXPECT_LE(left * PAGE, one.payers[one.n_payers - 1].charged -
			       one.payers[one.n_payers - 1].own);
	census_free(&one);
	census_free(&census);

	ASSERT_CHARGED(&census);
	EXPECT_EQ(0, nr_files(&census));
	census_free(&census);
}

/* Each mapped page has one payer, or none. */
TEST_F(charged, sums)
{
	unsigned int tries = 10;
	struct census census;
	uint64_t sum, frames;

	if (!self->b)
		return;
	ASSERT_TRUE(child_next(self->a));
	ASSERT_TRUE(child_next(self->b));
	/* A process may change a mapping between its walk and that of another. */
	do {
		ASSERT_CHARGED(&census);
		sum = all_charged(&census);
		frames = census.scan[MEMCENSUS_SCAN_FRAMES];
		census_free(&census);
	} while (sum != frames && tries--);
	EXPECT_EQ(frames, sum);
}

/* Without the request, no payer is read. */
TEST_F(charged, only_if_requested)
{
	const struct census_request plain = { .share = true, .group_by = MEMCENSUS_BY_CGROUP };
	struct census census;
	uint64_t cpu, memory;

	if (!self->b)
		return;
	ASSERT_EQ(0, census_take(&plain, &census, NULL));
	EXPECT_EQ(0, census.n_payers);
	EXPECT_LT(0, census.n_groups);
	cpu = census.scan[MEMCENSUS_SCAN_CPU_NS];
	memory = census.scan[MEMCENSUS_SCAN_MEMORY];
	census_free(&census);
	ASSERT_CHARGED(&census);
	diag("%llu KiB mapped: %llu us and %llu KiB, with payers %llu us and %llu KiB",
	     (unsigned long long)census.scan[MEMCENSUS_SCAN_FRAMES] / 1024,
	     (unsigned long long)cpu / 1000, (unsigned long long)memory / 1024,
	     (unsigned long long)census.scan[MEMCENSUS_SCAN_CPU_NS] / 1000,
	     (unsigned long long)census.scan[MEMCENSUS_SCAN_MEMORY] / 1024);
	census_free(&census);
}

/* Pages of a file, one in each block of 64: more blocks than max_mem has room for. */
#define SPARSE	30000UL
#define BLOCK	64UL

static void be_sparse(void *arg)
{
	char *at = map(PLACE(0), SPARSE * BLOCK * PAGE, RW, MAP_SHARED, *(int *)arg, 0);
	unsigned long i;

	move_to(cgroups[A]);
	for (i = 0; i < SPARSE; i++)
		at[i * BLOCK * PAGE] = 1;
}

TEST_F(charged, in_slices)
{
	struct census before, after;
	pid_t sparse;
	int fd;

	if (!self->b)
		return;
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	ASSERT_EQ(0, ko_reload("max_mem=1048576"));
	ASSERT_CHARGED(&before);
	fd = memfd("sparse", SPARSE * BLOCK);
	sparse = child_start(be_sparse, &fd);
	ASSERT_LT(0, sparse);
	ASSERT_TRUE(child_next(self->a));
	ASSERT_TRUE(child_next(self->b));
	ASSERT_CHARGED(&after);
	child_end(sparse);
	EXPECT_EQ(0, ko_reload(""));

	diag("%llu slices", (unsigned long long)after.scan[MEMCENSUS_SCAN_SLICES]);
	EXPECT_LT(1, after.scan[MEMCENSUS_SCAN_SLICES]);
	EXPECT_LE(SPARSE + own + both + given, GREW(A, charged));
	EXPECT_GE(SPARSE + own + both + given + OTHERS, GREW(A, charged));
	EXPECT_EQ(given, GREW(A, charged) - GREW(A, own));
	EXPECT_EQ(left, GREW(GONE, charged));
	EXPECT_EQ(left + of_b + given, GREW(B, mapped));
	census_free(&before);
	census_free(&after);
}

/* Files of which three cgroups are charged for a page each: payers for more than half of max_mem */
#define SHALLOW	2900UL

static void be_shallow(void *arg)
{
	static const int by[] = { A, B, GONE };
	unsigned int i, n;
	char *at;
	int fd;

	for (i = 0; i < SHALLOW; i++) {
		fd = memfd("shallow", ARRAY_SIZE(by));
		map(PLACE(0) + i * BLOCK * PAGE, ARRAY_SIZE(by) * PAGE, RW, MAP_SHARED, fd, 0);
		close(fd);
	}
	for (n = 0; n < ARRAY_SIZE(by); n++) {
		move_to(cgroups[by[n]]);
		for (i = 0; i < SHALLOW; i++) {
			at = PLACE(0) + i * BLOCK * PAGE;
			at[n * PAGE] = 1;
		}
	}
	move_to(cgroups[A]);
}

/* What slices do not make smaller does not make a census try them. */
TEST_F(charged, too_many_payers)
{
	struct census_request by_file = request;
	struct census_error error = {};
	struct census census;
	uint64_t begun, once;
	pid_t shallow;
	int ret;

	if (!self->b)
		return;
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	by_file.charged = 2;
	ASSERT_EQ(0, ko_reload("max_mem=1048576"));
	shallow = child_start(be_shallow, NULL);
	begun = now_ms();
	ret = shallow > 0 ? census_take(&request, &census, NULL) : -1;
	once = now_ms() - begun;
	if (!ret)
		census_free(&census);
	EXPECT_EQ(0, ret);
	begun = now_ms();
	ret = census_take(&by_file, &census, &error);
	begun = now_ms() - begun;
	if (!ret)
		census_free(&census);
	child_end(shallow);
	EXPECT_EQ(0, ko_reload(""));
	diag("by cgroup %llu ms, by file %llu ms: %s", (unsigned long long)once,
	     (unsigned long long)begun, error.text);
	EXPECT_EQ(-ENOMEM, ret);
	/* Up to 1,024 slices would be a thousand passes. */
	EXPECT_GT(100 * (once + 10), begun);
}

PROGRAM_OF(SHARE)

TEST_HARNESS_MAIN
