// SPDX-License-Identifier: GPL-2.0
/*
 *	rollup			reads smaps_rollup of all processes
 *	rollup PASSES PID...	reads that of these, so many times, and prints the time, ns
 *
 * The loop over smaps_rollup as a separate program.
 */
#include <stdio.h>
#include <stdlib.h>

#include "methods.h"

int main(int argc, char **argv)
{
	unsigned long passes = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	const uint64_t begin = now_ns();
	struct sample s;

	if (!passes) {
		measure_smaps_rollup(&s);
		return 0;
	}
	while (passes--)
		read_smaps_rollup(argv + 2);
	printf("%llu\n", (unsigned long long)(now_ns() - begin));
	return 0;
}
