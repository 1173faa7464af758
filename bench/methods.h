/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _BENCH_METHODS_H
#define _BENCH_METHODS_H

#include <linux/memcensus.h>
#include <stdint.h>
#include <time.h>

/**
 * struct sample - one measurement
 * @ns: its time
 * @notes: further values, each as " key=value"
 */
struct sample {
	uint64_t ns;
	char notes[256];
};

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* Each takes one measurement or ends the program. */
void measure_smaps_rollup(struct sample *s);
void measure_rollup_kernel(struct sample *s);
void measure_ps_mem(struct sample *s);
void measure_smem(struct sample *s);
void measure_reader(struct sample *s);
void measure_frames(struct sample *s);
void measure_touch(struct sample *s);
void measure_pte(struct sample *s);
void measure_runs(struct sample *s);

/* Reads smaps_rollup of @pids, which end with NULL. */
void read_smaps_rollup(char **pids);

/* Takes a census of all processes; @scan is indexed by &enum memcensus_scan. */
void take_census(uint64_t *scan);

/* Makes the caches cold. */
void evict_caches(void);

#endif /* _BENCH_METHODS_H */
