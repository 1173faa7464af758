// SPDX-License-Identifier: GPL-2.0
/*
 * A reader that is killed ends within 100 ms at any point of its census: in the walk, in the
 * count of owners, and while it holds a large result.
 *
 * KILLED_PROCESSES and KILLED_MIB set the size.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "ko.h"
#include "selftest.h"

/* It ends a test that hangs: a busy machine may take many times as long as an idle one. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	1800

#define POINTS	24
#define TRIES	3

/* So many times the processes are started on a fast machine, at most. */
#define GROWTH	3

static const unsigned int limit_ms = 100;

static unsigned int number_of(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

/**
 * struct crowd - the processes of a census
 * @pids: @nr of them
 * @begun_with: number before any was added
 * @fd: of the memfd that they map
 */
struct crowd {
	pid_t *pids;
	unsigned int nr, begun_with;
	int fd;
};

FIXTURE(killed)
{
	struct crowd crowd;
	bool reload;
};

FIXTURE_VARIANT(killed)
{
	const char *name;
	uint8_t group_by;
};

FIXTURE_VARIANT_ADD(killed, processes) { "processes", 0 };
FIXTURE_VARIANT_ADD(killed, groups) { "groups", MEMCENSUS_BY_COMM };

static void map_all(void *arg)
{
	const int *fd = arg;

	map(PLACE(0), lseek(*fd, 0, SEEK_END), PROT_READ, MAP_SHARED | MAP_POPULATE, *fd, 0);
}

static void start_child(struct crowd *crowd)
{
	pid_t pid = child_start(map_all, &crowd->fd);

	need(pid > 0, "child");
	crowd->pids[crowd->nr++] = pid;
}

FIXTURE_SETUP(killed)
{
	/* A debug kernel takes as long for a tenth of them. */
	const unsigned int less = is_slow_kernel() ? 10 : 1;
	size_t pages = number_of("KILLED_MIB", 512 / less) * 256UL;
	struct crowd *crowd = &self->crowd;

	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	self->reload = true;
	if (ko_is_loaded())
		ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
	crowd->fd = memfd("killed", pages);
	write_pages(map(PLACE(0), pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, crowd->fd, 0),
		    pages);
	munmap(PLACE(0), pages * PAGE);
	crowd->begun_with = number_of("KILLED_PROCESSES", 400 / less);
	crowd->pids = calloc(GROWTH * crowd->begun_with, sizeof(*crowd->pids));
	ASSERT_NE(NULL, crowd->pids);
	while (crowd->nr < crowd->begun_with)
		start_child(crowd);
}

FIXTURE_TEARDOWN(killed)
{
	struct crowd *crowd = &self->crowd;
	unsigned int i;

	for (i = 0; i < crowd->nr; i++)
		child_end(crowd->pids[i]);
	free(crowd->pids);
	if (!self->reload)
		return;
	close(crowd->fd);
	EXPECT_EQ(0, ko_unload_patiently(5000));
	EXPECT_EQ(0, ko_load(""));
}

/* Return: how long a census takes, us. */
static uint64_t census_time(struct __test_metadata *_metadata,
			    const struct census_request *request)
{
	const uint64_t begun = now_us();
	struct census census;
	uint64_t took;

	ASSERT_EQ(0, census_take(request, &census, NULL));
	took = now_us() - begun;
	census_free(&census);
	return took;
}

TEST_F(killed, ends)
{
	const struct census_request all = {
		.group_by = variant->group_by,
		.parts = MEMCENSUS_PART_TASKS,
	};
	uint64_t whole, took, best, max = 0;
	struct crowd *crowd = &self->crowd;
	unsigned int i, tries;

	if (!self->reload)
		return;
	/* A census that is shorter than the limit proves nothing: a fast machine has more to do. */
	whole = census_time(_metadata, &all);
	while (whole <= 3 * limit_ms * 1000 && crowd->nr < GROWTH * crowd->begun_with) {
		start_child(crowd);
		whole = census_time(_metadata, &all);
	}
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
	diag("killed: %s: %u processes, a census of %llu ms; a killed reader ends within %llu us",
	     variant->name, crowd->nr, (unsigned long long)(whole / 1000),
	     (unsigned long long)max);
}

TEST_HARNESS_MAIN
