// SPDX-License-Identifier: GPL-2.0
/*
 *	measure full|quick warm|cold REPETITIONS
 *
 * Takes the memory census of all processes with each method in turn, repeats this,
 * and prints "METHOD NS KEY=VALUE..." for each measurement.
 *
 * The order of the methods in the kernel rotates, so that no method always runs after
 * the same one.  Programs take a thousand times as long and come before them.
 * frames_first is the first census after the module released its idle memory.  "quick"
 * measures the methods in the kernel only.  Before each measurement the caches are made cold, or
 * stay as they are.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "methods.h"

/* After this time the module has released its idle memory. */
#define IDLE_SECONDS 3

struct method {
	const char *name;
	void (*measure)(struct sample *s);
};

static const struct method programs[] = {
	{ "smem", measure_smem },
	{ "reader", measure_reader },
	{ "ps_mem", measure_ps_mem },
};

static const struct method first[] = {
	{ "frames_first", measure_frames },
};

static const struct method kernel[] = {
	{ "smaps_rollup", measure_smaps_rollup },
	{ "smaps_rollup_kernel", measure_rollup_kernel },
	{ "touch", measure_touch },
	{ "pte", measure_pte },
	{ "runs", measure_runs },
	{ "frames", measure_frames },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool cold;

static void run_all(const struct method *methods, unsigned int nr,
		    unsigned int begin)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		const struct method *m = &methods[(begin + i) % nr];
		struct sample s = {};

		if (cold)
			evict_caches();
		m->measure(&s);
		printf("%s %llu%s\n", m->name, (unsigned long long)s.ns,
		       s.notes);
		fflush(stdout);
	}
}

static void repeat(bool quick, unsigned int repetitions)
{
	unsigned int i;

	for (i = 0; i < repetitions; i++) {
		if (!quick) {
			run_all(programs, COUNT(programs), i);
			sleep(IDLE_SECONDS);
			run_all(first, COUNT(first), 0);
		}
		run_all(kernel, COUNT(kernel), i);
	}
}

int main(int argc, char **argv)
{
	unsigned int repetitions = argc == 4 ? atoi(argv[3]) : 0;

	if (!repetitions) {
		fprintf(stderr,
			"usage: measure full|quick warm|cold REPETITIONS\n");
		return 2;
	}
	cold = !strcmp(argv[2], "cold");
	repeat(!strcmp(argv[1], "quick"), repetitions);
	return 0;
}
