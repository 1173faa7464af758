// SPDX-License-Identifier: GPL-2.0
/*
 *	bystander ROUNDS SECONDS
 *
 * Measures how a census delays a process that it scans. The process has a large
 * address space; one thread faults pages in and another maps and unmaps, both on the
 * first CPU. The second CPU is idle, or it takes the census of all processes without
 * a pause: by a loop over smaps_rollup, or by the module. Each round
 * runs all of these, in rotating order.
 *
 * Prints "WHO OPERATION N MEDIAN P99 MAX", in ns, and "WHO scans N ...".
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/memcensus.h>

#include "methods.h"

#define PAGE		4096UL
#define LARGE_BYTES	(256UL << 20)
#define SMALL_BYTES	(256UL << 10)
#define SMALLS		256
#define FAULT_BYTES	(4UL << 20)
#define MAP_BYTES	(16 * PAGE)

/* FINE buckets for each power of two: values are exact to 1/32. */
#define FINE		32
#define BUCKETS		(60 * FINE)

enum operation { FAULT, MAP, UNMAP, OPERATIONS };

static const char *const operations[] = { "fault", "mmap", "munmap" };

/**
 * struct latencies - latencies of one operation
 * @max: ns, exact
 */
struct latencies {
	uint64_t n, max, buckets[BUCKETS];
};

/**
 * struct shared - shared by the bystander and the measuring process
 * @run: latencies are counted
 */
struct shared {
	volatile bool ready, run;
	struct latencies of[OPERATIONS];
};

static struct shared *shared;

static void fail(const char *what)
{
	fprintf(stderr, "bystander: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned int bucket_of(uint64_t ns)
{
	unsigned int log = ns < FINE ? 0 : 63 - __builtin_clzll(ns) - 5;

	return ns < FINE ? ns : (log + 1) * FINE + (ns >> log) - FINE;
}

static uint64_t value_of(unsigned int bucket)
{
	unsigned int log = bucket / FINE;

	return log ? (uint64_t)(bucket % FINE + FINE) << (log - 1) : bucket;
}

static void note(enum operation op, uint64_t begin)
{
	struct latencies *l = &shared->of[op];
	uint64_t ns = now_ns() - begin;

	if (!shared->run)
		return;
	l->n++;
	l->buckets[bucket_of(ns)]++;
	if (ns > l->max)
		l->max = ns;
}

static uint64_t quantile(const struct latencies *l, double q)
{
	uint64_t seen = 0, want = l->n * q;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++) {
		seen += l->buckets[i];
		if (seen > want)
			return value_of(i);
	}
	return l->max;
}

static char *map_bytes(size_t bytes)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		fail("mmap");
	return at;
}

/* The two threads yield after each step, instead of being preempted at random. */
static void *fault_on(void *arg)
{
	char *at = map_bytes(FAULT_BYTES);
	size_t i;

	for (;;) {
		for (i = 0; i < FAULT_BYTES; i += PAGE) {
			uint64_t begin = now_ns();

			*(volatile char *)(at + i) = 1;
			note(FAULT, begin);
			sched_yield();
		}
		madvise(at, FAULT_BYTES, MADV_DONTNEED);
	}
	return arg;
}

static void map_on(void)
{
	for (;;) {
		uint64_t begin = now_ns();
		char *at = map_bytes(MAP_BYTES);

		note(MAP, begin);
		*(volatile char *)at = 1;
		begin = now_ns();
		munmap(at, MAP_BYTES);
		note(UNMAP, begin);
		sched_yield();
	}
}

/* Every second small mapping is read-only, so that the kernel merges none of them. */
static void fill_address_space(void)
{
	unsigned int i;

	memset(map_bytes(LARGE_BYTES), 1, LARGE_BYTES);
	for (i = 0; i < SMALLS; i++) {
		char *at = map_bytes(SMALL_BYTES);

		memset(at, 1, SMALL_BYTES);
		if (i & 1)
			mprotect(at, SMALL_BYTES, PROT_READ);
	}
}

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("this needs two CPUs");
}

static void be_the_bystander(void)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	pin(0);
	fill_address_space();
	if (pthread_create(&thread, NULL, fault_on, NULL))
		fail("thread");
	shared->ready = true;
	map_on();
}

/* The readers of the bystander's memory */

static uint64_t hold_max, missed;

static void idle(void)
{
	usleep(1000);
}

static void rollup(void)
{
	struct sample s;

	measure_smaps_rollup(&s);
}

static void frames(void)
{
	uint64_t scan[MEMCENSUS_SCAN_MAX + 1] = {};

	take_census(scan);
	if (scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS] > hold_max)
		hold_max = scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS];
	missed += scan[MEMCENSUS_SCAN_BUSY] + scan[MEMCENSUS_SCAN_PARTIAL];
}

static const struct {
	const char *name;
	void (*look)(void);
} who[] = {
	{ "none", idle },
	{ "smaps_rollup", rollup },
	{ "frames", frames },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void turn(unsigned int n, unsigned int seconds)
{
	uint64_t until, scans = 0;
	unsigned int op;

	hold_max = 0;
	missed = 0;
	memset(shared->of, 0, sizeof(shared->of));
	shared->run = true;
	until = now_ns() + seconds * 1000000000ULL;
	for (; now_ns() < until; scans++)
		who[n].look();
	shared->run = false;
	usleep(20000);
	for (op = 0; op < OPERATIONS; op++) {
		const struct latencies *l = &shared->of[op];

		printf("%s %s %llu %llu %llu %llu\n", who[n].name,
		       operations[op], (unsigned long long)l->n,
		       (unsigned long long)quantile(l, 0.5),
		       (unsigned long long)quantile(l, 0.99),
		       (unsigned long long)l->max);
	}
	printf("%s scans %llu hold_max %llu missed %llu\n", who[n].name,
	       (unsigned long long)scans, (unsigned long long)hold_max,
	       (unsigned long long)missed);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc == 3 ? atoi(argv[1]) : 0;
	unsigned int seconds = argc == 3 ? atoi(argv[2]) : 0, i, j;
	pid_t pid;

	if (!rounds || !seconds) {
		fprintf(stderr, "usage: bystander ROUNDS SECONDS\n");
		return 2;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		fail("mmap");
	pid = fork();
	if (!pid)
		be_the_bystander();
	pin(1);
	while (!shared->ready && waitpid(pid, NULL, WNOHANG) == 0)
		usleep(1000);
	for (i = 0; i < rounds && shared->ready; i++)
		for (j = 0; j < COUNT(who); j++)
			turn((i + j) % COUNT(who), seconds);
	kill(pid, SIGKILL);
	return !shared->ready;
}
