// SPDX-License-Identifier: GPL-2.0
/*
 * A reader that is killed ends within 100 ms at any point of its census: in the walk, also
 * by several threads, in the count of owners, and while it holds a large result.
 *
 * KILLED_PROCESSES and KILLED_MIB set the size.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "ko.h"
#include "selftest.h"

#define POINTS	24
#define TRIES	3

static const unsigned int limit_ms = 100;

static unsigned int number_of(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

FIXTURE(killed)
{
	pid_t *pids;
	unsigned int nr;
	bool reload;
};

FIXTURE_VARIANT(killed)
{
	const char *name, *params;
	uint8_t basis, group_by;
	bool uneven;
};

#define FRAMES		MEMCENSUS_BASIS_FRAMES
#define MAPCOUNT	MEMCENSUS_BASIS_MAPCOUNT


FIXTURE_VARIANT_ADD(killed, alone) { "one thread", "workers=1", FRAMES, 0, false };
FIXTURE_VARIANT_ADD(killed, workers) { "threads", "workers=4", FRAMES, 0, false };
/* The caller has nothing left to walk while its threads walk the largest ones. */
FIXTURE_VARIANT_ADD(killed, uneven) { "threads, uneven", "workers=4", MAPCOUNT, 0, true };
FIXTURE_VARIANT_ADD(killed, groups) { "groups", "workers=4", FRAMES, MEMCENSUS_BY_COMM, false };

/**
 * struct mapped - what a child maps
 * @fd: of a memfd
 * @times: number of mappings of the whole file
 */
struct mapped {
	int fd;
	unsigned int times;
};

static void map_all(void *arg)
{
	const struct mapped *m = arg;
	size_t size = lseek(m->fd, 0, SEEK_END);
	unsigned int i;

	for (i = 0; i < m->times; i++)
		map(PLACE(i), size, PROT_READ, MAP_SHARED | MAP_POPULATE, m->fd, 0);
}

/* Uneven: only the first three map, and the first of these less. */
static unsigned int times_of(unsigned int child, unsigned int nr, bool uneven)
{
	if (!uneven)
		return 1;
	return child > 2 ? 0 : nr / (child ? 16 : 64);
}

FIXTURE_SETUP(killed)
{
	size_t pages = number_of("KILLED_MIB", 512) * 256UL;
	struct mapped m;
	unsigned int i;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	self->reload = true;
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(variant->params));
	m.fd = memfd("killed", pages);
	write_pages(map(PLACE(0), pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, m.fd, 0),
		    pages);
	munmap(PLACE(0), pages * PAGE);
	self->nr = number_of("KILLED_PROCESSES", 400);
	self->pids = calloc(self->nr, sizeof(*self->pids));
	ASSERT_NE(NULL, self->pids);
	for (i = 0; i < self->nr; i++) {
		m.times = times_of(i, self->nr, variant->uneven);
		self->pids[i] = child_start(map_all, &m);
		ASSERT_LT(0, self->pids[i]);
	}
	close(m.fd);
}

FIXTURE_TEARDOWN(killed)
{
	unsigned int i;

	for (i = 0; i < self->nr; i++)
		child_end(self->pids[i]);
	free(self->pids);
	if (!self->reload)
		return;
	EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

TEST_F(killed, ends)
{
	const struct census_request all = {
		.basis = variant->basis,
		.group_by = variant->group_by,
		.parts = MEMCENSUS_PART_TASKS,
	};
	uint64_t begun, whole, took, best, max = 0;
	unsigned int i, tries;
	struct census census;

	if (!self->reload)
		return;
	begun = now_us();
	ASSERT_EQ(0, census_take(&all, &census, NULL));
	whole = now_us() - begun;
	census_free(&census);
	/* A census that is shorter than the limit proves nothing. */
	EXPECT_LT(3 * limit_ms * 1000, whole);
	for (i = 0; i < POINTS; i++) {
		best = UINT64_MAX;
		/* The host may stop the VM's CPUs for a while. */
		for (tries = 0; tries < TRIES && best > limit_ms * 1000; tries++) {
			took = census_kill_after(&all, whole * i / POINTS);
			best = took < best ? took : best;
		}
		EXPECT_GE(limit_ms * 1000, best)
			TH_LOG("killed after %u/%u of a census", i, POINTS);
		max = best > max ? best : max;
	}
	diag("killed: %s: a census of %llu ms; a killed reader ends within %llu us",
	     variant->name, (unsigned long long)(whole / 1000),
	     (unsigned long long)max);
}

TEST_HARNESS_MAIN
