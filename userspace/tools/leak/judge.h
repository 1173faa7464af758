/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the tracked processes, and their regions, that grow, and which limit they reach.
 */
#ifndef READER_LEAK_JUDGE_H
#define READER_LEAK_JUDGE_H

#include "tools/leak/tracks.h"

/* Growth by less bytes than this counts as none. */
#define LEAK_LEAST	(64UL << 10)

/**
 * struct headroom - memory that can still be had
 * @known: @bytes and @what are valid
 * @what: name of the lowest limit, for messages; a constant string
 * @unsure: a cgroup may have a lower limit
 * @swap: bytes of free swap of the system, which is in @bytes; 0: none, or unknown
 * @limit: bytes, of a cgroup
 * @cgroup: path of it, the first @cgroup_len bytes; NULL: the limit is not of a cgroup
 */
struct headroom {
	bool known;
	uint64_t bytes;
	const char *what;
	bool unsure;
	uint64_t swap;
	uint64_t limit;
	const char *cgroup;
	size_t cgroup_len;
};

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
 * @last: the last census of a record, which may have limits; NULL: there is none
 * @within: the tracks are all processes of this cgroup; "": of the machine; NULL: only some
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
	struct headroom headroom;
	bool live;
	const struct snapshot *last;
	const char *within;
};

/* Available memory and free swap, as of @snap. */
struct headroom headroom_of_system(const struct snapshot *snap);

/* Judges all series; @named: fills @report->others. */
void leak_judge(struct leak_report *report, bool named);
void leak_free(struct leak_report *report);

/*
 * What a process that grows can still have, by the first of: the memory of the system, the limits
 * of its cgroup and of the ancestors of that, and of its address space, which a record does not
 * have.  Unknown if @suspect is a region.
 */
struct headroom leak_headroom(const struct leak_report *report, const struct suspect *suspect);

/*
 * The process that the OOM killer of the cgroup of @headroom most likely ends when @suspect has
 * grown by that; NULL: unknown.
 */
const struct track *leak_victim(const struct leak_report *report, const struct suspect *suspect,
				const struct headroom *headroom);

#endif /* READER_LEAK_JUDGE_H */
