/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The private memory of processes over many censuses.
 */
#ifndef READER_TRACKS_H
#define READER_TRACKS_H

#include "analysis/regions.h"
#include "model/snapshot.h"

#define TRACK_BUCKETS	4096

/**
 * struct track - one process over time
 * @next: next in its bucket
 * @pid, @start: identify the process; @start 0: unknown
 * @comm: its name; owned
 * @has_uid, @uid: effective user
 * @user: its name on the machine of the census; owned, NULL: unknown
 * @has_cgroup, @cgroup: ID of its cgroup
 * @has_vss, @vss: bytes, in its last census
 * @private_now: bytes of private memory in the last census that gave them
 * @seen: number of its last census, as in tracks.censuses
 * @series: private memory in bytes, over seconds
 * @regions: its mappings, if the censuses had them
 */
struct track {
	struct track *next;
	uint32_t pid;
	uint64_t start;
	char *comm;
	bool has_uid;
	uint64_t uid;
	char *user;
	bool has_cgroup;
	uint64_t cgroup;
	bool has_vss;
	uint64_t vss;
	uint64_t private_now;
	uint64_t seen;
	struct series series;
	struct regions regions;
};

/**
 * struct tracks - all tracks
 * @v, @n: in order of appearance; array and tracks are owned
 * @censuses: how many censuses were added
 * @whole: number of the last census of all processes of interest
 * @first, @last: time of the first and the last census, ns since 1970
 * @skipped: censuses skipped: without a time, or not later than the last
 * @zero, @boottime: time of the first and the last census, ns since boot
 * @buckets: by PID
 */
struct tracks {
	struct track **v;
	size_t n;
	uint64_t censuses;
	uint64_t whole;
	uint64_t first;
	uint64_t last;
	uint64_t skipped;
	uint64_t zero;
	uint64_t boottime;
	struct track *buckets[TRACK_BUCKETS];
};

/**
 * struct tracks_request - content of a census
 * @pids, @n: the processes of interest; NULL: all
 * @whole: processes that are not in the census have ended
 */
struct tracks_request {
	const uint32_t *pids;
	size_t n;
	bool whole;
};

void tracks_add(struct tracks *tracks, const struct snapshot *snap,
		const struct tracks_request *request);

/* Whether @track was in the last census with tracks_request.whole, or later. */
bool track_lives(const struct tracks *tracks, const struct track *track);

void tracks_free(struct tracks *tracks);

#endif /* READER_TRACKS_H */
