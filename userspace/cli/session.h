/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run of a command: from where its censuses come, how many, and when.
 */
#ifndef READER_SESSION_H
#define READER_SESSION_H

#include <stdio.h>

#include "cli/basis.h"
#include "cli/options.h"
#include "host/pids.h"
#include "wire/source.h"

/**
 * struct session - what a command's run() works with
 * @options: what the command line said
 * @request: what each census is asked for; run() may change it between two
 * @source: the kernel or a record; owned
 * @out: where results go
 * @basis: why the request has the basis it has
 * @pids: processes that @request names, where the program chose them; owned
 * @taken: censuses so far
 * @held: of them, taken before their turn by session_is_series(); owned
 * @n_held: how many
 * @missed: command lines that were not available in time, since this was last 0
 * @may_end: a census in which all that @request names have ended is no failure
 * @due: when the next is to be taken, ns of CLOCK_MONOTONIC; 0: at once.  Of
 *	a record, ns since 1970
 */
struct session {
	const struct options *options;
	struct request request;
	struct source *source;
	FILE *out;
	const struct basis *basis;
	struct pids pids;
	uint64_t taken;
	struct snapshot *held[2];
	size_t n_held;
	size_t missed;
	bool may_end;
	uint64_t due;
};

/*
 * The next census into @snap, which the caller frees: TAKE_DONE.  TAKE_END
 * where @options->count of them were taken, a record has no more, or a stop
 * was asked for; one alone where no interval was given.
 *
 * From the second on it waits until the interval is over.  Times are on a grid
 * from the first on: the duration of a census causes no drift, and times that
 * were missed are left out.  A record is gone through without waiting,
 * and an interval leaves out those that come too early.
 */
enum taken session_next(struct session *session, struct snapshot **snap,
			struct failure *why);

/*
 * Whether rows are to be shown, in @series: at an interval, or of a record that has
 * more than one census, which is looked at for it.  @parts: what rows are made of;
 * a census that has no more is shown as one.  0, or -1 and @why.
 */
int session_is_series(struct session *session, uint32_t parts, bool *series,
		      struct failure *why);

/*
 * The same at once, whatever interval and count say, for who keeps the time
 * itself.  TAKE_END only from a record, or at a stop.
 */
enum taken session_take(struct session *session, struct snapshot **snap,
			struct failure *why);

/* What it owns, but for its source. */
void session_free(struct session *session);

#endif /* READER_SESSION_H */
