// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus leak` on programs that leak and on programs that do not: which ones
 * it names, and where. The memory of each depends only on the time, so a slow
 * machine gives the same result.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
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
#define HUGE_PAGES_MAX	120
#define HUGE_PAGES_WORD	"120"
#define RAMFS		"/leak-ramfs"

/* Where a program has its memory. */
enum place {
	HEAP,		/* small blocks of malloc */
	MAPS,		/* a mapping for each block */
	AREA_OF_ITS,	/* one mapping, touched and given back */
	TABLES,		/* page tables alone */
	STACKS,		/* threads */
	SHARED,		/* a memfd, mapped */
	HUGE_PAGES,	/* of the pool */
	LAZY,		/* given back by MADV_FREE */
	CACHED,		/* a file of ramfs, mapped */
	DROPPABLE,	/* one mapping, which the kernel drops when it needs memory */
};

/* Since Linux 6.11; the headers of this machine may be older. */
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE	0x08
#endif

/*
 * KiB that a program holds @t seconds after its start, by its kind.
 */
static double steady_leak(double t)	{ return 200 * t; }
static double steps(double t)		{ return 512 * (long)(t * 1.2); }
static double nothing(double t)		{ return 1024 + 0 * t; }
static double cache(double t)		{ return t < 4 ? 1024 * t : 4096; }
static double start_up(double t)	{ return t < 1 ? 8192 * t : 8192; }

/* The pool lasts for a hundred seconds, on a busy machine too: one that has ended is not named. */
static double huge_leak(double t)	{ return 2048 * (long)(t * 1.2); }
static double lazy_leak(double t)	{ return 4096 * t; }

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
	{ "tables", steady_leak, TABLES, true, NULL },
	{ "threads", steady_leak, STACKS, true, NULL },
	{ "memfd", steady_leak, SHARED, true, "\"name\":\"/memfd:leak" },
	{ "hugetlb", huge_leak, HUGE_PAGES, true, NULL },
	{ "lazy", lazy_leak, LAZY, false, NULL },
	{ "readfile", steady_leak, CACHED, false, NULL },
	{ "dropped", steady_leak, DROPPABLE, true, "\"name\":null" },
};

#define PROGRAMS	(sizeof(programs) / sizeof(programs[0]))

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - start->tv_sec + (now.tv_nsec - start->tv_nsec) / 1e9;
}

static void *wait_for_end(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* A thread whose own stack is in another mapping than those of the program. */
static void take_thread(void)
{
	pthread_attr_t small;
	pthread_t thread;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 * KIB);
	need(!pthread_create(&thread, &small, wait_for_end, NULL), "pthread_create");
	pthread_attr_destroy(&small);
}

/* Where block @n of an area is: page tables are alone in one of a table each. */
static char *block_of(enum place place, char *area, size_t n)
{
	return area + n * (place == TABLES ? BLOCK / PAGE * HUGE : BLOCK);
}

/* Of each table that maps a block one page is touched and given back. */
static void take_tables(char *at)
{
	size_t i;

	for (i = 0; i < BLOCK / PAGE; i++) {
		at[i * HUGE] = 1;
		madvise(at + i * HUGE, PAGE, MADV_DONTNEED);
	}
}

/* Never freed, and no pointer to it remains: a leak. */
static void take_block(enum place place, char *area, size_t n)
{
	char *at = area ? block_of(place, area, n) : NULL;

	if (place == STACKS) {
		take_thread();
		return;
	}
	if (place == TABLES) {
		take_tables(at);
		return;
	}
	if (place == CACHED) {
		read_pages(at, BLOCK / PAGE);
		return;
	}
	if (place == HEAP)
		at = malloc(BLOCK);
	if (place == MAPS)
		at = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(at, 1, BLOCK);
	if (place == LAZY)
		madvise(at, BLOCK, MADV_FREE);
}

static char *map_file(int fd, int flags)
{
	need(fd >= 0 && !ftruncate(fd, AREA), "a file");
	return map(PLACE(0), AREA, PROT_READ | PROT_WRITE, flags, fd, 0);
}

/* Where its blocks are; NULL: each has its own place. */
static char *area_of(enum place place)
{
	size_t i;
	char *at;

	switch (place) {
	case HEAP:
	case MAPS:
	case STACKS:
		return NULL;
	case TABLES:
		at = mmap(PLACE(0), AREA / PAGE * HUGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		need(at != MAP_FAILED, "mmap");
		no_huge_pages(at, AREA / PAGE * HUGE);
		return at;
	case SHARED:
		return map_file(memfd_create("leak", MFD_CLOEXEC), MAP_SHARED);
	case CACHED:
		return map_file(open(RAMFS "/file", O_RDWR | O_CREAT | O_CLOEXEC, 0600),
				MAP_SHARED);
	case HUGE_PAGES:
		return map(PLACE(0), HUGE_PAGES_MAX * HUGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_SIZE(HUGE), -1, 0);
	case LAZY:
		/* With all page tables from the first: these grow, and stay. */
		at = map_private(PLACE(0), AREA * 4);
		for (i = 0; i < AREA * 4; i += HUGE)
			at[i] = 1;
		return at;
	case DROPPABLE:
		return map(PLACE(0), AREA, PROT_READ | PROT_WRITE, MAP_DROPPABLE | MAP_ANONYMOUS,
			   -1, 0);
	case AREA_OF_ITS:
		break;
	}
	return map_private(PLACE(0), AREA * 4);
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
	char *area = area_of(program->place);
	size_t held = 0;
	double bytes;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, program->name);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		bytes = program->holds(seconds_since(&start)) * KIB;
		if (program->place == AREA_OF_ITS)
			set_area(area, &held, (size_t)bytes);
		for (; held + BLOCK <= bytes; held += BLOCK)
			take_block(program->place, area, held / BLOCK);
		nanosleep(&pause, NULL);
	}
}

static bool has_droppable(void)
{
	void *at = mmap(NULL, PAGE, PROT_READ, MAP_DROPPABLE | MAP_ANONYMOUS, -1, 0);

	return at != MAP_FAILED && !munmap(at, PAGE);
}

FIXTURE(leak)
{
	pid_t pids[PROGRAMS];
	bool huge;
	char *said;
};

FIXTURE_SETUP(leak)
{
	const bool droppable = has_droppable();
	size_t i;

	if (!droppable)
		diag("no MAP_DROPPABLE: its growth is left out");
	mkdir(RAMFS, 0700);
	ASSERT_EQ(0, mount("none", RAMFS, "ramfs", 0, NULL));
	self->huge = write_file(huge_pool(HUGE, "nr_hugepages"), HUGE_PAGES_WORD) &&
		     read_number(huge_pool(HUGE, "nr_hugepages")) == HUGE_PAGES_MAX;
	if (!self->huge)
		diag("no %d huge pages: their leak is left out", HUGE_PAGES_MAX);
	for (i = 0; i < PROGRAMS; i++) {
		self->pids[i] = -1;
		if ((programs[i].place == HUGE_PAGES && !self->huge) ||
		    (programs[i].place == DROPPABLE && !droppable))
			continue;
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
	umount2(RAMFS, MNT_DETACH);
	write_file(huge_pool(HUGE, "nr_hugepages"), "0");
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
	if (__p->leaks && __grows && __p->where)			\
		EXPECT_NE(NULL, strstr(__of, __p->where))		\
			TH_LOG("%s: not %s: %s", __p->name, __p->where, __of); \
	/* What can be dropped meets no limit. */			\
	if (__grows && (__p->place == DROPPABLE || __p->place == HEAP))	\
		EXPECT_EQ(__p->place == DROPPABLE,			\
			  !!strstr(__of, "\"left_ns\":null"))		\
			TH_LOG("%s: %s", __p->name, __of);		\
	free(__of);							\
} while (0)

TEST_F_TIMEOUT(leak, by_pid, 300)
{
	char command[512] = "memcensus leak -J --for " LOOK " --interval " EACH;
	size_t i, n = strlen(command);

	for (i = 0; i < PROGRAMS; i++)
		if (self->pids[i] > 0)
			n += snprintf(command + n, sizeof(command) - n, " %d", self->pids[i]);
	self->said = output_of(command);
	ASSERT_NE(NULL, self->said);
	for (i = 0; i < PROGRAMS; i++)
		if (self->pids[i] > 0)
			EXPECT_NAMED(i);
}

/* On all processes it finds and names only the suspects. */
TEST_F_TIMEOUT(leak, of_all, 300)
{
	size_t i, named = 0, leaks = 0;
	char *at;

	self->said = output_of("memcensus leak -J --for " LOOK " --interval " EACH);
	ASSERT_NE(NULL, self->said);
	for (i = 0; i < PROGRAMS; i++) {
		if (self->pids[i] <= 0)
			continue;
		EXPECT_NAMED(i);
		leaks += programs[i].leaks;
	}
	for (at = self->said; (at = strstr(at, "{\"pid\":")); at++)
		named++;
	EXPECT_EQ(leaks, named)
		TH_LOG("%s", self->said);
}

TEST_HARNESS_MAIN
