// SPDX-License-Identifier: GPL-2.0
/*
 * Groups by user, cgroup, command, tree, session and PIDs, each compared with the test's own
 * count from pagemap. The processes share random pages.
 */
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "selftest.h"

#include "owners/counted.h"

#define CGROUPS		"/sys/fs/cgroup"
#define MEMBERS		9
#define RW		(PROT_READ | PROT_WRITE)

static const unsigned long pages = 400;

struct cast {
	int fd;
	unsigned int number;
	volatile pid_t pids[MEMBERS];
};

FIXTURE(cast)
{
	struct cast *cast;
	pid_t parent;
	pid_t pids[MEMBERS];
};

/* Reproducible. */
static unsigned int random_of(unsigned int n, unsigned long page)
{
	uint64_t x = (page << 16) + n + 1;

	x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ULL;
	return x >> 33;
}

/* Touches some pages of the memfd, and writes to some of the parent's pages. */
static void touch_at_random(unsigned int n)
{
	unsigned long i;

	for (i = 0; i < pages; i++) {
		if (random_of(n, i / 3) % 3 == 0)
			write_pages(PLACE(0) + i * PAGE, 1);
		if (random_of(n + 50, i) % 4 == 0)
			write_pages(PLACE(1) + i * PAGE, 1);
	}
}

/* Of the members, in turn; the first is in the root.  Each after the one above it. */
static const char *const cgroups[] = {
	"", "/memcensus-1", "/memcensus-1/a", "/memcensus-1/a/b", "/memcensus-1/c",
	"/memcensus-2",
};

#define N_CGROUPS	(sizeof(cgroups) / sizeof(cgroups[0]))

/* The last member is so deep that not all above it are groups. */
#define DEPTH		40

/* The path of @level cgroups one below the other, from 1. */
static const char *deep(unsigned int level)
{
	static char path[16 + 2 * DEPTH];

	strcpy(path, "/memcensus-deep");
	while (--level)
		strcat(path, "/d");
	return path;
}

/* Three commands, three users, cgroups at several levels. */
static void become(unsigned int n)
{
	static const char *const names[] = { "one", "two", "three" };
	const char *cgroup = n < MEMBERS - 1 ? cgroups[n % N_CGROUPS] : deep(DEPTH);
	char path[256];

	snprintf(path, sizeof(path), CGROUPS "%s", cgroup);
	if (*cgroup)
		enter_cgroup(path);
	prctl(PR_SET_NAME, names[n / 3]);
	need(!setresuid(-1, (n + n / 3) % 3 * 1111, -1), "setresuid");
}

static void member(void *arg)
{
	const struct cast *cast = arg;
	unsigned int n = cast->number;

	touch_at_random(n);
	become(n);
}

static void parent(void *arg)
{
	struct cast *cast = arg;

	map(PLACE(0), pages * PAGE, RW, MAP_SHARED, cast->fd, 0);
	write_pages(map_private(PLACE(1), pages * PAGE), pages);
	for (cast->number = 0; cast->number < MEMBERS; cast->number++) {
		pid_t pid = child_start(member, cast);

		need(pid > 0, "member");
		cast->pids[cast->number] = pid;
	}
}

static bool has_cgroups(void)
{
	return !access(CGROUPS "/cgroup.procs", W_OK);
}

static void make_cgroups(void)
{
	char path[256];
	unsigned int i;

	for (i = 1; i < N_CGROUPS; i++) {
		snprintf(path, sizeof(path), CGROUPS "%s", cgroups[i]);
		mkdir(path, 0700);
	}
	for (i = 1; i <= DEPTH; i++) {
		snprintf(path, sizeof(path), CGROUPS "%s", deep(i));
		mkdir(path, 0700);
	}
}

/* False: one is still in use. */
static bool drop_cgroups(void)
{
	bool dropped = true;
	char path[256];
	unsigned int i;

	for (i = DEPTH; i; i--) {
		snprintf(path, sizeof(path), CGROUPS "%s", deep(i));
		dropped &= !rmdir(path) || errno != EBUSY;
	}
	for (i = N_CGROUPS; i-- > 1; ) {
		snprintf(path, sizeof(path), CGROUPS "%s", cgroups[i]);
		dropped &= !rmdir(path) || errno != EBUSY;
	}
	return dropped;
}

FIXTURE_SETUP(cast)
{
	int i;

	if (has_cgroups())
		make_cgroups();
	self->cast = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->cast);
	self->cast->fd = memfd("random", pages);
	self->parent = child_start(parent, self->cast);
	ASSERT_LT(0, self->parent);
	for (i = 0; i < MEMBERS; i++)
		self->pids[i] = self->cast->pids[i];
}

FIXTURE_TEARDOWN(cast)
{
	int i, tries = 100;

	/* A child that changes its user loses PR_SET_PDEATHSIG. */
	for (i = 0; i < MEMBERS; i++)
		kill(self->pids[i], SIGKILL);
	child_end(self->parent);
	while (has_cgroups() && tries-- && !drop_cgroups())
		sleep_ms(10);
}

#define EXPECT_EQUAL_GROUPS(by, pids, n, least) do {			\
	struct owners_equal __equal = {};				\
	EXPECT_EQ(0, owners_compare(by, pids, n, &__equal))		\
		TH_LOG("%s", __equal.wrong);				\
	EXPECT_EQ(0, __equal.mismatches);				\
	EXPECT_LE(least, __equal.groups);				\
	owners_report(&__equal);					\
} while (0)

TEST_F(cast, by_uid)
{
	EXPECT_EQUAL_GROUPS(MEMCENSUS_BY_UID, NULL, 0, 3);
}

TEST_F(cast, by_cgroup)
{
	if (!has_cgroups())
		SKIP(return, "no cgroups at " CGROUPS);
	/*
	 * Two for the root, memcensus-1 and a, which have members and cgroups below them;
	 * b, c and memcensus-2; 30 levels of the deep ones, and the deepest.
	 */
	EXPECT_EQUAL_GROUPS(MEMCENSUS_BY_CGROUP, NULL, 0, 2 * 3 + 3 + 30 + 1);
}

TEST_F(cast, by_comm)
{
	EXPECT_EQUAL_GROUPS(MEMCENSUS_BY_COMM, NULL, 0, 4);
}

TEST_F(cast, by_tree)
{
	EXPECT_EQUAL_GROUPS(MEMCENSUS_BY_TREE, NULL, 0, MEMBERS + 1);
}

TEST_F(cast, by_session)
{
	EXPECT_EQUAL_GROUPS(MEMCENSUS_BY_SESSION, NULL, 0, 1);
}

TEST_F(cast, by_pids)
{
	unsigned int n;

	for (n = 1; n <= MEMBERS; n += 4)
		EXPECT_EQUAL_GROUPS(MEMCENSUS_BY_PIDS, self->pids, n, 1);
}

/*
 * Known pages: the frames of the memfd that only the members touch. They share
 * everything else with the parent.
 */
TEST_F(cast, in_pages)
{
	const unsigned int n = 4;
	const struct census_request request = {
		.group_by = MEMCENSUS_BY_PIDS,
		.parts = MEMCENSUS_PART_TASKS,
		.pids = (uint32_t *)self->pids,
		.n_pids = n,
	};
	unsigned long all = 0, theirs = 0, copies = 0, i, j;
	uint64_t alone = 0, frames = 0;
	struct census census;

	for (i = 0; i < pages; i++) {
		bool in = false, out = false;

		for (j = 0; j < MEMBERS; j++) {
			if (random_of(j, i / 3) % 3 == 0)
				*(j < n ? &in : &out) = true;
			copies += j < n && random_of(j + 50, i) % 4 == 0;
		}
		all += in;
		theirs += in && !out;
	}
	ASSERT_LT(0, theirs);
	ASSERT_LT(theirs, all);
	ASSERT_EQ(0, census_take(&request, &census, NULL));
	EXPECT_SOUND(&census, false);
	ASSERT_EQ(1, census.n_groups);
	EXPECT_EQ(n, census.groups->mms);
	for (i = 0; i < n; i++) {
		const struct census_task *task =
			census_task_of(&census, self->pids[i]);

		ASSERT_NE(NULL, task);
		alone += task->f.value[MEMCENSUS_F_USS];
		frames += task->f.value[MEMCENSUS_F_FRAMES];
	}
	/* The group's USS also has the frames that only members share. */
	EXPECT_LE(copies * PAGE, alone);
	EXPECT_LT(alone, census.groups->f.value[MEMCENSUS_F_USS]);
	EXPECT_LE((theirs + copies) * PAGE,
		  census.groups->f.value[MEMCENSUS_F_USS]);
	EXPECT_LE((all + copies) * PAGE,
		  census.groups->f.value[MEMCENSUS_F_FRAMES]);
	EXPECT_LT(census.groups->f.value[MEMCENSUS_F_FRAMES], frames);
	census_free(&census);
}

TEST_HARNESS_MAIN
