/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The most that a process and all its descendants had together, by censuses at an interval, of a
 * command that it runs (options.program) or of the process of --tree.
 */
#ifndef READER_WATCH_PEAK_H
#define READER_WATCH_PEAK_H

#include "cli/session.h"

extern const struct row_type peak_rows;
extern const struct row_type peak_holder_rows;
extern const struct row_type peak_run_rows;

/* Time between two censuses without --interval, ns. */
#define PEAK_INTERVAL	(NSEC_PER_SEC / 10)

/*
 * @budget: share of a processor that the censuses may use; 0: any.  @record: file that gets them;
 * NULL: none.  @waits: of a command: also what it leaves behind, until that has ended.
 */
int peak_run(struct session *session, double budget, const char *record, bool waits,
	     struct failure *why);

#endif /* READER_WATCH_PEAK_H */
