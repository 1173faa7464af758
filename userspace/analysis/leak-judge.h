/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the tracked processes, and their regions, that grow.
 */
#ifndef READER_LEAK_JUDGE_H
#define READER_LEAK_JUDGE_H

#include "analysis/headroom.h"
#include "analysis/tracks.h"

/* Growth by less bytes than this counts as none. */
#define LEAK_LEAST	(64UL << 10)

/**
 * struct suspect - a process or one of its regions
 * @track: the process
 * @region: NULL: the whole process
 * @finding: verdict on its series
 */
struct suspect {
	const struct track *track;
	const struct region *region;
	struct slope_finding finding;
};

/**
 * struct leak_report - the result
 * @tracks: the measurements
 * @v: suspects that grow, each process followed by its regions; owned
 * @n: how many
 * @others: processes requested by PID that do not grow; owned
 * @n_others: how many
 * @counts: number of processes by enum verdict
 * @ended: number of processes that ended during the measurement
 * @headroom: headroom of the system
 * @live: limits of processes can be read
 */
struct leak_report {
	const struct tracks *tracks;
	struct suspect *v;
	size_t n;
	struct suspect *others;
	size_t n_others;
	size_t counts[VERDICT_GROWS + 1];
	size_t ended;
	struct headroom headroom;
	bool live;
};

/* Judges all series; @named: fills @report->others.  0, or -1 and @why. */
int leak_judge(struct leak_report *report, bool named, struct failure *why);
void leak_free(struct leak_report *report);

/* Seconds until growth by @slope bytes per second uses up @headroom; false if unknown. */
bool leak_seconds_left(const struct headroom *headroom, double slope, double *seconds);

#endif /* READER_LEAK_JUDGE_H */
