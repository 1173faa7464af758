/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The private memory of processes over many censuses: what the system gets back when they end.
 *
 * Points are allocated as they come: a census of a record may have any number of processes.
 * When more processes come than can be followed, those that have ended make room.
 */
#ifndef READER_TRACKS_H
#define READER_TRACKS_H

#include "model/amount.h"
#include "model/snapshot.h"
#include "tools/leak/regions.h"
#include "tools/leak/uses.h"

/* Processes that can be followed: so many times those of the first census, and some. */
#define TRACKS_FACTOR	2
#define TRACKS_MORE	64

/**
 * struct track - one process over time
 * @pid, @start: identify the process; @start 0: unknown
 * @comm: its name; owned, NULL: unknown
 * @last: its last census, without texts and lists, which are gone
 * @user: its user's name on the machine of the census; owned, NULL: unknown
 * @private_now: bytes of private memory in the last census that gave them
 * @lazy: bytes that MADV_FREE gave back, by the last census that said it, if @lazy_known
 * @seen: number of its last census, as in tracks.censuses
 * @swap_unknown: censuses without a point of it for that alone: whose its swap is, was unknown
 * @series: private memory in bytes, over seconds
 * @uses: what it takes of each kind of limit, over seconds
 * @regions: its mappings, if the censuses had them
 */
struct track {
	uint32_t pid;
	uint64_t start;
	char *comm;
	struct task last;
	char *user;
	uint64_t private_now;
	uint64_t lazy;
	bool lazy_known;
	uint64_t seen;
	size_t swap_unknown;
	struct series series;
	struct uses uses;
	struct regions regions;
};

/**
 * struct tracks - all tracks
 * @own: PID of the program that takes the next census, which is left out, set by the caller; 0:
 *	none.  Any process may have its name
 * @stack: bytes of a kernel stack, set by the caller; unknown: they are not counted
 * @v, @n: in order of appearance; array and tracks are owned
 * @most: maximum of @n; 0: there was no census yet
 * @regions_room: number of further regions that can be followed, of all
 * @by_process: all tracks, a tree for tsearch()
 * @spare: @n_spare tracks of processes that had ended when census @spare_at needed one, that which
 *	ended first in front; @used of them have been taken; owned
 * @ended: number of processes that have ended and made room
 * @readers: most processes in a census that were @own
 * @dropped: most processes or mappings in a census that could not be followed
 * @whole: number of the last census of all processes of interest
 * @first, @last: time of the first and the last census, ns since 1970
 * @skipped: censuses skipped: without a time, or not later than the last
 * @zero, @boottime: time of the first and the last census, ns since boot
 */
struct tracks {
	uint64_t own;
	struct amount stack;
	struct track **v;
	size_t n;
	size_t most;
	size_t regions_room;
	size_t ended;
	size_t readers;
	size_t dropped;
	uint64_t censuses;
	uint64_t whole;
	uint64_t first;
	uint64_t last;
	uint64_t skipped;
	uint64_t zero;
	uint64_t boottime;
	void *by_process;
	struct track **spare;
	size_t n_spare;
	size_t used;
	uint64_t spare_at;
};

/*
 * Adds the processes @pids of a census; NULL: all.  @whole: those that are not in it have
 * ended.
 */
void tracks_add(struct tracks *tracks, const struct snapshot *snap, const uint64_t *pids,
		size_t n, bool whole);

/* Adds the mappings of a census whose processes give no points. */
void tracks_add_mappings(struct tracks *tracks, const struct snapshot *snap);

/* Whether @track was in the last whole census, or later. */
bool track_lives(const struct tracks *tracks, const struct track *track);

void tracks_free(struct tracks *tracks);

/* Drops all censuses so far: the next one is the first. */
void tracks_restart(struct tracks *tracks);

#endif /* READER_TRACKS_H */
