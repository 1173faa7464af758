// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: a second census of stopped processes gives the same figures.
 */
#include "selftest.h"

#include "owners/counted.h"

#define RW		(PROT_READ | PROT_WRITE)
#define CHILDREN	8
#define PROCESSES	(CHILDREN + 1)
#define TRIES		20

static const unsigned long pages = 300;

/* Memory by fork, memfd, THP and hugetlb, shared by some of the processes. */
struct load {
	int fd;
	unsigned int number;
	volatile pid_t pids[PROCESSES];
};

/*
 * Adjacent small mappings of two kinds: some are empty, most begin with unmapped
 * pages, and several share a page table.
 */
static void small_mappings(char *at, int fd)
{
	unsigned int i;

	for (i = 0; i < 60; i++, at += 24 * PAGE) {
		unsigned int used = i % 7;

		map(at, 16 * PAGE, RW, i % 5 ? MAP_PRIVATE | MAP_ANONYMOUS :
		    MAP_SHARED, i % 5 ? -1 : fd, 0);
		write_pages(at + (16 - used) * PAGE, used);
	}
}

static void child(void *arg)
{
	const struct load *load = arg;
	unsigned int n = load->number;

	write_pages(PLACE(0) + n * 30 * PAGE, 40);
	write_pages(map(PLACE(1), pages * PAGE, RW, MAP_SHARED, load->fd, 0) +
		    n * 20 * PAGE, 100);
	if (n & 1)
		madvise(PLACE(2) + n * PAGE, n * 16 * PAGE, MADV_DONTNEED);
	write_pages(map_private(PLACE(3), n * 10 * PAGE + PAGE), n * 10);
	small_mappings(PLACE(4), load->fd);
}

static void parent(void *arg)
{
	struct load *load = arg;
	char *at;

	write_pages(map_private(PLACE(0), pages * PAGE), pages);
	at = map_private(PLACE(2), 2 * HUGE);
	madvise(at, 2 * HUGE, MADV_HUGEPAGE);
	write_pages(at, 2 * HUGE / PAGE);
	for (load->number = 0; load->number < CHILDREN; load->number++) {
		pid_t pid = child_start(child, load);

		need(pid > 0, "child");
		load->pids[load->number + 1] = pid;
	}
}

FIXTURE(load)
{
	pid_t pids[PROCESSES];
	struct owners before, after;
};

FIXTURE_SETUP(load)
{
	struct load *load = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS,
				 -1, 0);
	struct census census;
	int i;

	ASSERT_NE(MAP_FAILED, load);
	load->fd = memfd("load", pages);
	self->pids[0] = child_start(parent, load);
	ASSERT_LT(0, self->pids[0]);
	for (i = 1; i < PROCESSES; i++)
		self->pids[i] = load->pids[i];
	ASSERT_EQ(0, owners_warm_up(&self->before));
	ASSERT_EQ(0, owners_warm_up(&self->after));
	/* This test is counted too: the first censuses touch its memory. */
	ASSERT_FRAMES_OF_ALL(&census);
	census_free(&census);
	ASSERT_FRAMES(self->pids, PROCESSES, &census);
	census_free(&census);
}

FIXTURE_TEARDOWN(load)
{
	child_end(self->pids[0]);
	owners_free(&self->before);
	owners_free(&self->after);
}

TEST_F(load, equals_pagemap)
{
	EXPECT_EQUAL_OWNERS();
}

/* Prints figures that differ; returns how many were compared. */
static unsigned long compare_figures(struct __test_metadata *_metadata,
				     const char *whose, const struct figures *a,
				     const struct figures *b)
{
	unsigned long n = 0;
	unsigned int i;

	EXPECT_EQ(a->known, b->known);
	for (i = 0; i < __MEMCENSUS_F_MAX; i++) {
		if (!(a->known >> i & 1))
			continue;
		n++;
		EXPECT_EQ(a->value[i], b->value[i])
			TH_LOG("%s: %s", whose, figure_name(i));
	}
	return n;
}

static unsigned long compare_tasks(struct __test_metadata *_metadata,
				   const pid_t *pids, const struct census *a,
				   const struct census *b)
{
	unsigned long n = 0;
	unsigned int i;
	char whose[32];

	for (i = 0; i < PROCESSES; i++) {
		const struct census_task *t = census_task_of(a, pids[i]);
		const struct census_task *u = census_task_of(b, pids[i]);

		snprintf(whose, sizeof(whose), "process %u", i);
		EXPECT_TRUE(t && u);
		if (t && u)
			n += compare_figures(_metadata, whose, &t->f, &u->f);
	}
	EXPECT_EQ(a->scan[MEMCENSUS_SCAN_FRAMES], b->scan[MEMCENSUS_SCAN_FRAMES]);
	EXPECT_EQ(a->scan[MEMCENSUS_SCAN_PSS], b->scan[MEMCENSUS_SCAN_PSS]);
	return n;
}

static unsigned long compare_vmas(struct __test_metadata *_metadata,
				  const struct census *a, const struct census *b)
{
	unsigned long n = 0;
	char whose[64];
	size_t i;

	EXPECT_EQ(a->n_vmas, b->n_vmas);
	for (i = 0; i < a->n_vmas && i < b->n_vmas; i++) {
		const struct census_vma *v = &a->vmas[i], *w = &b->vmas[i];

		snprintf(whose, sizeof(whose), "%u: %llx", v->pid,
			 (unsigned long long)v->start);
		EXPECT_EQ(v->pid, w->pid);
		EXPECT_EQ(v->start, w->start);
		EXPECT_EQ(v->end, w->end);
		n += compare_figures(_metadata, whose, &v->f, &w->f);
	}
	return n;
}

/*
 * Repeats until pagemap shows no change between the beginning and the end; the test
 * is one of the processes too.
 */
#define UNTIL_QUIET(again)						\
	for (again = 0; again < TRIES && (!again ||			\
	     !owners_same(&self->before, &self->after)); again++)

TEST_F(load, twice_the_same)
{
	struct census all[2] = {}, some[2] = {};
	unsigned long n;
	int again, i;

	UNTIL_QUIET(again) {
		for (i = 0; i < 2; i++) {
			census_free(&all[i]);
			census_free(&some[i]);
		}
		ASSERT_EQ(0, owners_read(&self->before));
		for (i = 0; i < 2; i++) {
			ASSERT_FRAMES_OF_ALL(&all[i]);
			ASSERT_FRAMES(self->pids, PROCESSES, &some[i]);
		}
		ASSERT_EQ(0, owners_read(&self->after));
	}
	ASSERT_TRUE(owners_same(&self->before, &self->after))
		TH_LOG("the system was not quiet in %d tries", TRIES);
	n = compare_tasks(_metadata, self->pids, &all[0], &all[1]);
	n += compare_tasks(_metadata, self->pids, &some[0], &some[1]);
	n += compare_tasks(_metadata, self->pids, &all[0], &some[0]);
	n += compare_vmas(_metadata, &some[0], &some[1]);
	diag("%lu figures compared, quiet in try %d", n, again);
	for (i = 0; i < 2; i++) {
		census_free(&all[i]);
		census_free(&some[i]);
	}
}

TEST_HARNESS_MAIN
