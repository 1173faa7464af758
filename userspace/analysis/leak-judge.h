/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of the tracked processes, and which regions of theirs, grow.
 */
#ifndef READER_LEAK_JUDGE_H
#define READER_LEAK_JUDGE_H

#include "analysis/headroom.h"
#include "analysis/tracks.h"

/* Growth by less than this is none, bytes. */
#define LEAK_LEAST	(64UL << 10)

/**
 * struct suspect - a process, or a region of one
 * @track: the process
 * @region: NULL: all of the process
 * @finding: what its series does
 */
struct suspect {
	const struct track *track;
	const struct region *region;
	struct slope_finding finding;
};

/**
 * struct leak_report - all that is shown
 * @tracks: what was measured
 * @v: those that grow, each process with its regions behind it; owned
 * @n: how many
 * @others: of those asked for by PID, the ones that do not; owned
 * @n_others: how many
 * @counts: processes by enum verdict
 * @ended: processes that ended meanwhile
 * @headroom: what is left of the system
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

/* Judges all series; @named: @others is wanted.  0, or -1 and @why. */
int leak_judge(struct leak_report *report, bool named, struct failure *why);
void leak_free(struct leak_report *report);

/* Seconds until @suspect has used up @headroom at @slope bytes a second. */
bool leak_seconds_left(const struct headroom *headroom, double slope, double *seconds);

#endif /* READER_LEAK_JUDGE_H */
