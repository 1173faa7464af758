// SPDX-License-Identifier: GPL-2.0
/*
 * Who shares with whom, of all processes and groups: the census equals the test's own count
 * from pagemap. Among them are forks of forks whose tables the census keeps, hugetlb pages
 * and swap slots; also in slices.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "selftest.h"

#include "ko.h"
#include "memory/zram.h"
#include "owners/pairs.h"
#include "subject.h"

#define RW	(PROT_READ | PROT_WRITE)
#define TRIES	20
#define CHILDREN 5
#define POOL	huge_pool(HUGE, "nr_hugepages")

/* Two tables of scattered pages, which the census keeps as images. */
static const unsigned long scattered = 2 * 512;
static const unsigned long in_swap = 100;
/* Pages of a memfd, so far apart that their blocks exceed the least max_mem. */
static const unsigned long sparse = 7500, step = 128;

struct family {
	unsigned int number;
	bool swap, hugetlb, sparse;
};

static void read_sparse(void)
{
	unsigned long i;

	for (i = 0; i < sparse; i++)
		*(volatile char *)(PLACE(3) + i * step * PAGE);
}

static void write_scattered(char *at)
{
	unsigned long i;

	/* Any odd number reaches each page once. */
	for (i = 0; i < scattered; i++)
		at[i * 389 % scattered * PAGE] = 1;
}

static void grandchild(void *arg)
{
	write_pages(PLACE(0) + 600 * PAGE, 40);
}

static void child(void *arg)
{
	const struct family *family = arg;

	write_pages(PLACE(0) + 100 * family->number * PAGE, 10 * family->number);
	if (family->number == 2)
		need(child_start(grandchild, NULL) > 0, "grandchild");
	if (family->number == 3)
		need(!munmap(PLACE(0) + 700 * PAGE, 50 * PAGE), "munmap");
	if (family->hugetlb && family->number == 4)
		*(volatile char *)PLACE(2) = 2;
	if (family->swap)
		read_pages(PLACE(1), 10 * family->number);
	if (family->sparse && family->number < 3)
		read_sparse();
}

static void parent(void *arg)
{
	struct family *family = arg;

	write_scattered(map_private(PLACE(0), scattered * PAGE));
	if (family->sparse) {
		map(PLACE(3), sparse * step * PAGE, RW, MAP_SHARED,
		    memfd("sparse", sparse * step), 0);
		read_sparse();
	}
	if (family->hugetlb) {
		char *huge = map(PLACE(2), 2 * HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
				 MAP_HUGETLB | MAP_HUGE_SIZE(HUGE), -1, 0);

		huge[0] = 1;
		huge[HUGE] = 1;
	}
	if (family->swap) {
		write_pages(map_private(PLACE(1), in_swap * PAGE), in_swap);
		page_out(PLACE(1), in_swap);
	}
	for (family->number = 1; family->number <= CHILDREN; family->number++)
		need(child_start(child, family) > 0, "child");
}

FIXTURE(family)
{
	struct family family;
	long huge;
	pid_t pid;
	bool loaded;
	struct owners before, after;
};

static bool set_pool(long pages)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", pages);
	return write_file(POOL, text) && read_number(POOL) == pages;
}

/* struct _fixture_variant_family - what there is more, and parameters of the module */
FIXTURE_VARIANT(family)
{
	bool sparse;
	const char *words;
};

FIXTURE_VARIANT_ADD(family, as_loaded) {};
FIXTURE_VARIANT_ADD(family, slices) { .sparse = true, .words = "max_mem=1048576" };

static bool reload(const char *words)
{
	return (!ko_is_loaded() || !ko_unload_patiently(5000)) && !ko_load(words);
}

FIXTURE_SETUP(family)
{
	if (variant->words && !ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	if (variant->words) {
		self->loaded = true;
		ASSERT_TRUE(reload(variant->words));
	}
	self->family.sparse = variant->sparse;

	self->huge = read_number(POOL);
	if (self->huge >= 0)
		self->family.hugetlb = set_pool(self->huge + 4);
	self->family.swap = !zram_on();
	/* A page that khugepaged moves between two slices is met twice, or not at all. */
	ASSERT_EQ(0, prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	self->pid = child_start(parent, &self->family);
	ASSERT_LT(0, self->pid);
	ASSERT_EQ(0, owners_warm_up(&self->before));
	ASSERT_EQ(0, owners_warm_up(&self->after));
}

FIXTURE_TEARDOWN(family)
{
	child_end(self->pid);
	if (self->family.hugetlb)
		set_pool(self->huge);
	if (self->family.swap)
		EXPECT_TRUE(zram_off());
	owners_free(&self->before);
	owners_free(&self->after);
	if (self->loaded) {
		EXPECT_EQ(0, ko_unload_patiently(5000));
		EXPECT_EQ(0, ko_load(""));
	}
}

static struct pairs_equal equal;

/* Some processes as one: as a group, and each other process as a group of its own. */
static void compare_together(const struct owners *o, const uint32_t *pids, unsigned int n,
			     const struct census *c)
{
	unsigned int nr = o->n + 1, *group = calloc(o->n, sizeof(*group)), i, j;
	struct owned *common = calloc(nr * nr, sizeof(*common));
	struct owned *alone = calloc(nr * nr, sizeof(*alone));
	struct owned *by_owners = calloc(4 * nr, sizeof(*by_owners));
	struct owned *more;

	for (i = 0; i < o->n; i++) {
		group[i] = i + 1;
		for (j = 0; j < n; j++)
			if ((pid_t)pids[j] == o->owners[i].pid)
				group[i] = 0;
	}
	owners_groups_common(o, group, nr, common, alone, by_owners);
	more = &by_owners[2];
	more->anon += by_owners[3].anon;
	more->file += by_owners[3].file;
	more->swap += by_owners[3].swap;
	more->hugetlb += by_owners[3].hugetlb;
	equal.mismatches += c->n_owned != 3;
	for (i = 0; i < c->n_owned && i < 3; i++)
		pairs_kinds(&equal, 0, c->owned[i].fewest, &by_owners[i], &c->owned[i].bytes);
	for (i = 0; i < o->n; i++)
		if (group[i])
			pairs_compare(&equal, 0, o->owners[i].pid, &common[group[i]],
				      &alone[group[i]],
				      pairs_find(c, 0, o->owners[i].pid, false));
	free(group);
	free(common);
	free(alone);
	free(by_owners);
}

/* Group of each owner: by its first process. */
static unsigned int group_of(const struct census *snapshot, pid_t pid)
{
	const struct census_task *task = census_task_of(snapshot, pid);

	return task ? task->group : 0;
}

static void compare_matrix(const struct owners *o, const struct census *snapshot,
			   const struct census *c)
{
	unsigned int nr = c->n_groups + 1, a, b, i;
	unsigned int *group = calloc(o->n, sizeof(*group));
	struct owned *common = calloc(nr * nr, sizeof(*common));
	struct owned *alone = calloc(nr * nr, sizeof(*alone));
	struct owned *by_owners = calloc(4 * nr, sizeof(*by_owners));
	const struct census_owners *owned;

	for (i = 0; i < o->n; i++)
		group[i] = group_of(snapshot, o->owners[i].pid);
	owners_groups_common(o, group, nr, common, alone, by_owners);
	for (a = 1; a < nr; a++) {
		owned = pairs_owned(c, 0, a);
		equal.mismatches += !owned;
		for (i = 0; i < 4 && owned; i++)
			pairs_kinds(&equal, a, owned[i].fewest, &by_owners[4 * a + i],
				    &owned[i].bytes);
		for (b = 1; b < nr; b++)
			if (a != b)
				pairs_compare(&equal, a, b, &common[a * nr + b], &alone[a * nr + b],
					      pairs_find(c, a, b, true));
	}
	free(group);
	free(common);
	free(alone);
	free(by_owners);
}

static int take(struct census_request *request, struct census *c)
{
	struct census_error error = {};
	int ret;

	request->limit = request->share ? MEMCENSUS_LIMIT_MAX : 0;
	ret = census_take(request, c, &error);
	if (ret)
		diag("no census: %s", error.text);
	return ret;
}

/* The family and this program, which has children too; all are compared with all. */
static unsigned int rows_of(const struct owners *o, uint32_t *pids)
{
	unsigned int n = 0;
	size_t i;

	for (i = o->n; i-- && n < MEMCENSUS_SHARE_PIDS_MAX;)
		pids[n++] = o->owners[i].pid;
	return n;
}

/* 0: equal, or not; -EAGAIN: processes changed during each try. */
static int compare_rows(struct owners *before, struct owners *after, uint64_t *slices,
			bool together)
{
	uint32_t pids[MEMCENSUS_SHARE_PIDS_MAX];
	unsigned int tries, i, n;
	struct census c;
	int ret = -EAGAIN;

	for (tries = 0; tries < TRIES && ret == -EAGAIN; tries++) {
		struct census_request request = { .share = true, .pids = pids };

		if (owners_read(before))
			return -EIO;
		n = rows_of(before, pids);
		if (together) {
			n = n / 2;
			request.group_by = MEMCENSUS_BY_PIDS;
		}
		request.n_pids = n;
		ret = take(&request, &c);
		*slices = c.scan[MEMCENSUS_SCAN_SLICES];
		if (!ret && owners_read(after))
			ret = -EIO;
		if (!ret && !owners_same(before, after))
			ret = -EAGAIN;
		if (!ret && together)
			compare_together(before, pids, n, &c);
		for (i = 0; i < n && !ret && !together; i++)
			pairs_compare_row(&equal, before,
					  owners_of(before, pids[i]) - before->owners, &c);
		census_free(&c);
	}
	return ret;
}

static int compare_processes(struct owners *before, struct owners *after, uint64_t *slices)
{
	return compare_rows(before, after, slices, false);
}

static int compare_as_one(struct owners *before, struct owners *after, uint64_t *slices)
{
	return compare_rows(before, after, slices, true);
}

static int compare_groups(struct owners *before, struct owners *after, uint64_t *slices)
{
	unsigned int tries;
	int ret = -EAGAIN;

	for (tries = 0; tries < TRIES && ret == -EAGAIN; tries++) {
		struct census_request share = {
			.share = true, .group_by = MEMCENSUS_BY_COMM,
		}, groups = { .group_by = MEMCENSUS_BY_COMM, .parts = MEMCENSUS_PART_TASKS };
		struct census c = {}, snapshot = {};

		ret = take(&groups, &snapshot);
		if (!ret && owners_read(before))
			ret = -EIO;
		if (!ret)
			ret = take(&share, &c);
		*slices = c.scan[MEMCENSUS_SCAN_SLICES];
		if (!ret && owners_read(after))
			ret = -EIO;
		if (!ret && !owners_same(before, after))
			ret = -EAGAIN;
		if (!ret)
			compare_matrix(before, &snapshot, &c);
		census_free(&c);
		census_free(&snapshot);
	}
	return ret;
}

#define EXPECT_EQUAL(compare) do {					\
	equal = (struct pairs_equal) {};				\
	ASSERT_EQ(0, compare(&self->before, &self->after, &slices));	\
	EXPECT_LT(50, equal.values);					\
	EXPECT_EQ(0, equal.mismatches);					\
	if (variant->sparse)						\
		EXPECT_LT(1, slices);					\
	diag("%lu values, %llu slices, swap %d, hugetlb %d", equal.values, \
	     (unsigned long long)slices, self->family.swap, self->family.hugetlb); \
} while (0)

TEST_F(family, of_processes)
{
	uint64_t slices;

	if (variant->words && !self->loaded)
		return;
	EXPECT_EQUAL(compare_processes);
}

TEST_F(family, together)
{
	uint64_t slices;

	if (variant->words && !self->loaded)
		return;
	EXPECT_EQUAL(compare_as_one);
}

TEST_F(family, of_groups)
{
	uint64_t slices;

	if (variant->words && !self->loaded)
		return;
	EXPECT_EQUAL(compare_groups);
}

PROGRAM_OF(SHARE)

TEST_HARNESS_MAIN
