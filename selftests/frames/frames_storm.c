// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: scans while processes fork, exit, map and unmap on all CPUs. The
 * sum of all shares stays all frames, and each scan is exact for sleeping
 * processes; the test prints how many frames changed owners.
 *
 * Also while pages migrate: the frames of sleeping processes change, so a scan may
 * meet a page by its old frame number and by its new one. The RSS stays exact,
 * and the test prints the error of the frames.
 */
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include "selftest.h"

#include "owners/counted.h"
#include "memory/stormers.h"

#define RW		(PROT_READ | PROT_WRITE)
#define STORMERS	2
#define CROWD		40

static const unsigned long alone = 150, forked = 120, twice = 60;
static const unsigned int storm_ms = 1500, least_scans = 5;

FIXTURE(storm)
{
	int fd;
	pid_t *forked;
	pid_t pids[2], stormers[STORMERS], crowd[CROWD];
};

FIXTURE_VARIANT(storm)
{
	void (*once)(void);
	bool migrates;
};

FIXTURE_VARIANT_ADD(storm, of_exits) { storm_exits };
FIXTURE_VARIANT_ADD(storm, of_mappings) { storm_maps };
FIXTURE_VARIANT_ADD(storm, of_migrations) { storm_compacts, true };

static void child(void *arg)
{
	write_pages(map(PLACE(2), twice * PAGE, RW, MAP_SHARED, *(int *)arg, 0),
		    twice);
}

/* Exclusive pages, pages shared with a child, and pages mapped twice. */
static void bystander(void *arg)
{
	struct _test_data_storm *self = arg;

	write_pages(map_private(PLACE(0), alone * PAGE), alone);
	need(!madvise(PLACE(0), alone * PAGE, MADV_DONTFORK), "MADV_DONTFORK");
	write_pages(map_private(PLACE(1), forked * PAGE), forked);
	*self->forked = child_start(child, &self->fd);
	need(*self->forked > 0, "child");
	child(&self->fd);
	write_pages(map(PLACE(3), twice * PAGE, RW, MAP_SHARED, self->fd, 0),
		    twice);
}

/*
 * A CPU reuses its freed pages for the next allocations. So the processes change
 * CPUs, and one gets the pages that another freed.
 */
static void begin_storm(void (*once)(void), unsigned int cpu)
{
	const unsigned int n = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t cpus;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	for (;; cpu++) {
		CPU_ZERO(&cpus);
		CPU_SET(cpu % n, &cpus);
		sched_setaffinity(0, sizeof(cpus), &cpus);
		once();
	}
}

FIXTURE_SETUP(storm)
{
	unsigned int i;

	self->fd = memfd("twice", twice);
	self->forked = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->forked);
	self->pids[0] = child_start(bystander, self);
	ASSERT_LT(0, self->pids[0]);
	self->pids[1] = *self->forked;
	/* The scan walks the crowd between the two: frames have time to change owners. */
	for (i = 0; i < STORMERS + CROWD; i++) {
		pid_t *pid = &self->crowd[i - 1];

		if (i == 0 || i > CROWD) {
			pid = &self->stormers[!!i];
			*pid = fork();
			ASSERT_LE(0, *pid);
			if (!*pid)
				begin_storm(variant->once, i);
		} else {
			*pid = child_start((void (*)(void *))child_stop, NULL);
			ASSERT_LT(0, *pid);
		}
	}
}

FIXTURE_TEARDOWN(storm)
{
	unsigned int i;

	for (i = 0; i < STORMERS; i++) {
		kill(-self->stormers[i], SIGKILL);
		child_end(self->stormers[i]);
	}
	for (i = 0; i < CROWD; i++)
		child_end(self->crowd[i]);
	child_end(self->pids[0]);
}

/* Sums of all scans. */
struct course {
	unsigned int scans;
	uint64_t vanished, frames;
};

static void note(struct course *c, const struct census *census)
{
	c->scans++;
	c->vanished += census->scan[MEMCENSUS_SCAN_VANISHED];
	c->frames += census->scan[MEMCENSUS_SCAN_FRAMES] / PAGE;
}

static void tell(const struct course *c, const char *what)
{
	diag("%s: %u scans, each of about %llu frames; %llu vanished", what,
	     c->scans, (unsigned long long)(c->frames / c->scans),
	     (unsigned long long)c->vanished);
}

/* With mappings; all other processes are owners too. */
static void expect_exact(struct __test_metadata *_metadata,
			 const struct census *census, const pid_t *pids)
{
	const unsigned long mapped[2] = {
		alone + forked + 2 * twice, forked + twice,
	};
	const unsigned long shared = forked + twice;
	int i;

	for (i = 0; i < 2; i++) {
		unsigned long uss = i ? 0 : alone;

		EXPECT_PLACED(mapped[i], census, pids[i], RSS);
		EXPECT_PLACED(uss + shared, census, pids[i], FRAMES);
		EXPECT_PLACED(uss, census, pids[i], USS);
		EXPECT_PLACED(shared, census, pids[i], SHARED);
		EXPECT_PLACED(uss + shared / 2, census, pids[i], PSS);
	}
}

/* The largest error in frames of all scans. */
static unsigned long error_of(const struct census *census, pid_t pid)
{
	long got = counted_placed(census, pid, MEMCENSUS_F_FRAMES) / PAGE;

	return labs(got - (long)(alone + forked + twice));
}

TEST_F(storm, bystanders_are_exact)
{
	struct course all = {}, some = {};
	const struct census_task *task;
	unsigned long error, worst = 0;
	uint64_t rss = 0, frames = 0;
	uint64_t until = now_ms() + storm_ms;
	uint64_t migrated = vmstat_count("pgmigrate_success");
	struct census census;

	do {
		ASSERT_FRAMES_OF_ALL(&census);
		note(&all, &census);
		task = census_task_of(&census, self->pids[0]);
		ASSERT_NE(NULL, task);
		EXPECT_EQ(MEMCENSUS_STATE_WALKED, task->state);
		if (!rss) {
			rss = figure(&task->f, MEMCENSUS_F_RSS);
			frames = figure(&task->f, MEMCENSUS_F_FRAMES);
		}
		EXPECT_EQ(rss, figure(&task->f, MEMCENSUS_F_RSS));
		if (!variant->migrates) {
			EXPECT_EQ(frames, figure(&task->f, MEMCENSUS_F_FRAMES));
			EXPECT_LE(alone * PAGE,
				  figure(&task->f, MEMCENSUS_F_USS));
		}
		census_free(&census);

		ASSERT_FRAMES(self->pids, 2, &census);
		note(&some, &census);
		EXPECT_PLACED(alone + forked + 2 * twice, &census,
			      self->pids[0], RSS);
		error = error_of(&census, self->pids[0]);
		if (worst < error)
			worst = error;
		if (!variant->migrates)
			expect_exact(_metadata, &census, self->pids);
		census_free(&census);
	} while (now_ms() < until || all.scans < least_scans);
	tell(&all, "of all");
	tell(&some, "of two");
	if (!variant->migrates)
		return;
	migrated = vmstat_count("pgmigrate_success") - migrated;
	diag("%llu pages migrated; %lu frames of a bystander wrong at most",
	     (unsigned long long)migrated, worst);
	if (!migrated)
		SKIP(return, "no page migrated");
}

TEST_HARNESS_MAIN
