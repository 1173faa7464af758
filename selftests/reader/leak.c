// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus leak` on programs that leak and on programs that do not: which ones
 * it names, and where. The memory of each depends only on the time, so a slow
 * machine gives the same result.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"

/* Seconds that the reader observes, and between two censuses. */
#define LOOK		"12"
#define EACH		"0.2"

#define KIB		1024UL
#define BLOCK		(16 * KIB)
#define AREA		(32UL << 20)

/* Where a program has its memory. */
enum place {
	HEAP,		/* small blocks of malloc */
	MAPS,		/* a mapping for each block */
	AREA_OF_ITS,	/* one mapping, touched and given back */
};

/*
 * KiB that a program holds @t seconds after its start, by its kind.
 */
static double steady_leak(double t)	{ return 200 * t; }
static double steps(double t)		{ return 512 * (long)(t * 1.2); }
static double nothing(double t)		{ return 1024 + 0 * t; }
static double cache(double t)		{ return t < 4 ? 1024 * t : 4096; }
static double start_up(double t)	{ return t < 1 ? 8192 * t : 8192; }

static double sawtooth(double t)
{
	return 4096 * (t / 1.7 - (long)(t / 1.7));
}

static double noisy_leak(double t)
{
	return 200 * t + 200 * (rand() / (double)RAND_MAX);
}

static const struct program {
	const char *name;
	double (*holds)(double t);
	enum place place;
	bool leaks;
	const char *where;
} programs[] = {
	{ "heap", steady_leak, HEAP, true, "\"name\":\"[heap]\"" },
	{ "maps", steady_leak, MAPS, true, "\"name\":null" },
	{ "steps", steps, HEAP, true, "\"name\":\"[heap]\"" },
	{ "noise", noisy_leak, AREA_OF_ITS, true, "\"name\":null" },
	{ "flat", nothing, HEAP, false, NULL },
	{ "cache", cache, AREA_OF_ITS, false, NULL },
	{ "sawtooth", sawtooth, AREA_OF_ITS, false, NULL },
	{ "startup", start_up, HEAP, false, NULL },
};

#define PROGRAMS	(sizeof(programs) / sizeof(programs[0]))

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - start->tv_sec + (now.tv_nsec - start->tv_nsec) / 1e9;
}

/* Never freed, and no pointer to it remains: a leak. */
static void take_block(enum place place)
{
	char *at = place == HEAP ? malloc(BLOCK) :
		   mmap(NULL, BLOCK, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(at, 1, BLOCK);
}

static void set_area(char *area, size_t *held, size_t bytes)
{
	bytes &= ~(PAGE - 1);
	if (bytes > *held)
		memset(area + *held, 1, bytes - *held);
	else if (bytes < *held)
		madvise(area + bytes, *held - bytes, MADV_DONTNEED);
	*held = bytes;
}

static void run_program(const struct program *program)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	struct timespec start;
	char *area = NULL;
	size_t held = 0;
	double bytes;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, program->name);
	if (program->place == AREA_OF_ITS)
		area = map_private(PLACE(0), AREA);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		bytes = program->holds(seconds_since(&start)) * KIB;
		if (area)
			set_area(area, &held, (size_t)bytes);
		for (; !area && held + BLOCK <= bytes; held += BLOCK)
			take_block(program->place);
		nanosleep(&pause, NULL);
	}
}

FIXTURE(leak)
{
	pid_t pids[PROGRAMS];
	char *said;
};

FIXTURE_SETUP(leak)
{
	size_t i;

	for (i = 0; i < PROGRAMS; i++) {
		self->pids[i] = fork();
		ASSERT_LE(0, self->pids[i]);
		if (!self->pids[i])
			run_program(&programs[i]);
	}
	self->said = NULL;
}

FIXTURE_TEARDOWN(leak)
{
	size_t i;

	for (i = 0; i < PROGRAMS; i++)
		child_end(self->pids[i]);
	free(self->said);
}

/* The output of @command, NULL if it failed. */
static char *output_of(const char *command)
{
	FILE *from = popen(command, "r");
	char *text = NULL;
	size_t size = 0;
	ssize_t n;

	n = getdelim(&text, &size, '\0', from);
	if (pclose(from) || n < 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* The text about process @pid, cut at its end; NULL: none. */
static char *of_process(const char *said, pid_t pid)
{
	char word[32], *at, *end;

	snprintf(word, sizeof(word), "{\"pid\":%d,", pid);
	at = strstr(said, word);
	if (!at)
		return NULL;
	end = strstr(at + 1, "{\"pid\":");
	return strndup(at, end ? (size_t)(end - at) : strlen(at));
}

#define EXPECT_NAMED(i) do {						\
	const struct program *__p = &programs[i];			\
	char *__of = of_process(self->said, self->pids[i]);		\
	bool __grows = __of && strstr(__of, "\"verdict\":\"grows\"");	\
	EXPECT_EQ(__p->leaks, __grows)					\
		TH_LOG("%s: %s", __p->name, __of ? __of : "not named");	\
	if (__p->leaks && __grows)					\
		EXPECT_NE(NULL, strstr(__of, __p->where))		\
			TH_LOG("%s: not %s: %s", __p->name, __p->where, __of); \
	free(__of);							\
} while (0)

TEST_F_TIMEOUT(leak, by_pid, 300)
{
	char command[512] = "memcensus leak -J --for " LOOK " --interval " EACH;
	size_t i, n = strlen(command);

	for (i = 0; i < PROGRAMS; i++)
		n += snprintf(command + n, sizeof(command) - n, " %d", self->pids[i]);
	self->said = output_of(command);
	ASSERT_NE(NULL, self->said);
	for (i = 0; i < PROGRAMS; i++)
		EXPECT_NAMED(i);
}

/* On all processes it finds and names only the suspects. */
TEST_F_TIMEOUT(leak, of_all, 300)
{
	size_t i, named = 0;
	char *at;

	self->said = output_of("memcensus leak -J --for " LOOK " --interval " EACH);
	ASSERT_NE(NULL, self->said);
	for (i = 0; i < PROGRAMS; i++)
		EXPECT_NAMED(i);
	for (at = self->said; (at = strstr(at, "{\"pid\":")); at++)
		named++;
	EXPECT_EQ(4, named)
		TH_LOG("%s", self->said);
}

TEST_HARNESS_MAIN
