// SPDX-License-Identifier: GPL-2.0
/* Prints the frequency of the time stamp counter in kHz, for a VM that cannot measure it. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define NSEC_PER_SEC	1000000000ULL
#define ATTEMPTS	100

/**
 * struct moment - both clocks at one point in time
 * @tsc: cycles
 * @ns: CLOCK_MONOTONIC_RAW, ns
 */
struct moment {
	uint64_t tsc;
	uint64_t ns;
};

/* Reads the clocks several times: nothing came between the two reads that were quickest. */
static struct moment moment_read(void)
{
	struct moment moment = { 0 };
	uint64_t least = UINT64_MAX;
	int i;

	for (i = 0; i < ATTEMPTS; i++) {
		uint64_t before = __rdtsc(), after;
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC_RAW, &now);
		after = __rdtsc();
		if (after - before >= least)
			continue;
		least = after - before;
		moment.tsc = before;
		moment.ns = now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
	}
	return moment;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = NSEC_PER_SEC / 10 };
	struct moment begin = moment_read(), end;

	nanosleep(&pause, NULL);
	end = moment_read();
	printf("%llu\n", (unsigned long long)((end.tsc - begin.tsc) * 1000000 /
					      (end.ns - begin.ns)));
	return 0;
}
