/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the tracked processes, and their regions, that grow.
 */
#ifndef READER_LEAK_JUDGE_H
#define READER_LEAK_JUDGE_H

#include "model/limits.h"
#include "tools/leak/limit-series.h"
#include "tools/leak/tracks.h"

/* Growth by less bytes than this counts as none. */
#define LEAK_LEAST	(64UL << 10)

/**
 * struct suspect - a process or one of its regions
 * @region: NULL: the whole process
 */
struct suspect {
	const struct track *track;
	const struct region *region;
	struct slope_finding finding;
};

/**
 * struct leak_report - the result
 * @v: suspects that grow, each process followed by its regions; owned
 * @others: processes requested by PID that do not grow; owned
 * @counts: number of processes by enum verdict
 * @in_swap: number of those with too few samples only since whose their swap is was unknown
 * @ended: number of processes that ended during the measurement
 * @live: the processes run on this machine: their limits can be read
 * @last: the last census with totals of the system; NULL: there is none
 * @series: what was left of limits over time
 * @descriptors: what the processes have by descriptors alone
 * @within: the tracks are the processes of this cgroup; NULL: of none, or not of one
 * @limits: by leak_find_limits(): those that matter
 * @rates: how fast each of them is used up, in a second, by all; owned
 */
struct leak_report {
	const struct tracks *tracks;
	struct suspect *v;
	size_t n;
	struct suspect *others;
	size_t n_others;
	size_t counts[VERDICT_GROWS + 1];
	size_t in_swap;
	size_t ended;
	bool live;
	const struct snapshot *last;
	const struct limit_series *series;
	const struct leak_descriptors *descriptors;
	const char *within;
	struct limits limits;
	double *rates;
};

/* Judges all series; @named: fills @report->others. */
void leak_judge(struct leak_report *report, bool named);
void leak_free(struct leak_report *report);

#endif /* READER_LEAK_JUDGE_H */
