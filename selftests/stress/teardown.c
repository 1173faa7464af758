// SPDX-License-Identifier: GPL-2.0
/*
 * A process that is killed while the module walks it: the walk may have the last reference on its
 * memory.  The worker that frees it is the module's own, which is bound to no processor; none of
 * the kernel's workers is kept for it.  All of the memory comes back.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "memory/stormers.h"
#include "selftest.h"

#define TRACING	"/sys/kernel/tracing/"

static const unsigned int most_tries = 2000, enough = 3;
static const unsigned long pages = 8192;

/* What the event says of a piece of work that is queued */
static const char of_module[] = "function=put_last", of_kernel[] = "function=mmput_async_fn",
	queue[] = "workqueue=memcensus_free ";

/*
 * What this process and the taker have in common: of which process census after census is taken,
 * and how long the longest took
 */
static volatile struct {
	pid_t pid;
	uint64_t us;
} *target;

static void take(void)
{
	const uint64_t begun = now_us();
	struct census census;

	if (!census_take_pid(target->pid, &census, NULL))
		census_free(&census);
	if (target->us < now_us() - begun)
		target->us = now_us() - begun;
}

static const struct stormer taker = { .name = "takes", .once = take };

static void holds_memory(void *arg)
{
	write_pages(map_private(PLACE(0), pages * PAGE), pages);
}

/* Counts lines of the trace with @word, and those of them with @with. */
static unsigned int count_lines(const char *word, const char *with, unsigned int *both)
{
	FILE *trace = fopen(TRACING "trace", "r");
	unsigned int n = 0;
	char line[512];

	need(trace, TRACING "trace");
	*both = 0;
	while (fgets(line, sizeof(line), trace)) {
		if (!strstr(line, word))
			continue;
		n++;
		*both += !!strstr(line, with);
	}
	fclose(trace);
	return n;
}

FIXTURE(teardown)
{
	pid_t taker;
};

FIXTURE_SETUP(teardown)
{
	self->taker = -1;
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "the census and the process need a processor each");
	if (mount("tracefs", TRACING, "tracefs", 0, NULL) && errno != EBUSY)
		SKIP(return, "kernel has no tracefs");
	if (!write_file(TRACING "set_event", "workqueue:workqueue_queue_work"))
		SKIP(return, "kernel has no events of workqueues");
	write_file(TRACING "trace", "\n");
	target = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, target);
	target->pid = getpid();
	self->taker = stormer_start(&taker);
	ASSERT_LT(0, self->taker);
}

FIXTURE_TEARDOWN(teardown)
{
	if (self->taker > 0)
		stormer_end(self->taker);
	write_file(TRACING "set_event", "\n");
}

TEST_F(teardown, in_own_worker)
{
	uint64_t before, until;
	unsigned int tries, met = 0, own = 0, none;
	pid_t pid;

	if (self->taker < 0)
		return;
	before = meminfo_bytes("AnonPages");
	for (tries = 0; tries < most_tries && met < enough; tries++) {
		pid = child_start(holds_memory, NULL);
		ASSERT_LT(0, pid);
		target->pid = pid;
		/* Each time at another moment of the census that follows the one that goes on */
		usleep(target->us * (tries % 8 + 1) / 4);
		child_end(pid);
		met = count_lines(of_module, queue, &own);
	}
	diag("%u of %u processes were freed by the module", met, tries);
	if (!met)
		SKIP(return, "no process ended within a lock hold");
	EXPECT_EQ(met, own);
	EXPECT_EQ(0, count_lines(of_kernel, "", &none));
	/* A process that was not freed would keep more than this. */
	until = now_ms() + 60000;
	while (meminfo_bytes("AnonPages") > before + pages * PAGE / 2 && now_ms() < until)
		usleep(10000);
	EXPECT_GT(before + pages * PAGE / 2, meminfo_bytes("AnonPages"));
}

TEST_HARNESS_MAIN
