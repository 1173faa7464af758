/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run of a command: the source, the number and the times of its censuses.
 */
#ifndef READER_SESSION_H
#define READER_SESSION_H

#include <stdio.h>

#include "cli/options.h"
#include "model/columns.h"
#include "wire/source.h"

/**
 * struct session - the context of a command's run()
 * @request: the request for each census; run() may change it between two
 * @source: the kernel or a record; NULL: @lacks says why there is none, of a command that does
 *	without; owned
 * @prepare: completes @request before each census; NULL: it is complete
 * @pids: processes in @request if the program chose them; owned
 * @taken: number of censuses so far
 * @begun: when the first one began, ns since boot; 0: unknown
 * @missed: command lines not available in time since the last reset to 0
 * @missed_nodes: processes whose numa_maps could not be read, as @missed
 * @partial: something could not be counted
 * @urgent: the command was asked to check, and something is urgent
 * @may_end: a census in which all processes of @request have ended is no failure
 * @by_subtree: each census is requested for the processes of --cgroup at that time
 * @whole: the command finds the processes of --tree itself: censuses are not narrowed to them
 * @child: exit status of the program that the command ran, for the reader's own; 0: none
 * @due: time of the next census, ns of CLOCK_MONOTONIC; 0: at once.  For
 *	a record, ns since 1970
 * @realtime: with an interval, when the last census of a record was, also a skipped one; ns
 *	since 1970
 */
struct session {
	const struct options *options;
	struct request request;
	struct source *source;
	struct failure lacks;
	FILE *out;
	int (*prepare)(struct session *session, struct failure *why);
	uint64_t *pids;
	uint64_t taken;
	uint64_t begun;
	size_t missed;
	size_t missed_nodes;
	bool partial;
	bool urgent;
	bool may_end;
	bool by_subtree;
	bool whole;
	int child;
	uint64_t due;
	uint64_t realtime;
};

/*
 * Takes the next census into @snap, which the caller frees: TAKE_DONE.  TAKE_END
 * after @options->count censuses, at the end of a record, or when a stop is
 * requested; without an interval, after one census of the kernel.
 *
 * From the second census on, it waits until the interval is over.  The times are
 * on a fixed grid, so the duration of a census causes no drift; missed times are
 * skipped.  A record is read without waiting; an interval then skips the
 * censuses that are too early.
 */
enum taken session_next(struct session *session, struct snapshot **snap,
			struct failure *why);

/*
 * Takes the next census at once and ignores interval and count, for callers with
 * their own timing.  TAKE_END only at the end of a record or at a stop.
 */
enum taken session_take(struct session *session, struct snapshot **snap,
			struct failure *why);

/* Frees what the session owns, except its source. */
void session_free(struct session *session);

#endif /* READER_SESSION_H */
