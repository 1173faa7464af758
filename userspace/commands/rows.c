// SPDX-License-Identifier: GPL-2.0
/* Decides between rows and a single census. */
#include <string.h>

#include "commands/optional.h"

/* Whether @snap has all requested parts. */
static bool has_parts(const struct snapshot *snap, uint32_t parts)
{
	return KNOWN(&snap->scan, MEMCENSUS_SCAN_PARTS) && !(parts & ~snap->scan.parts);
}

/*
 * Sets @series if the command shows rows: at an interval, or for a record with more
 * than one census, which it reads to find out.  @parts: the parts that rows need; a
 * single census without the other requested parts is a row too.  0, or -1 and @why.
 */
static int is_series(struct session *session, uint32_t parts, bool *series,
		     struct failure *why)
{
	const uint32_t all = session->request.parts;
	struct snapshot *snaps[2];
	enum taken taken = TAKE_DONE;
	size_t n = 0;

	*series = options_series(session->options);
	if (!*series || session->options->interval)
		return 0;
	session->request.parts = parts;
	while (n < 2 && taken == TAKE_DONE) {
		taken = session_take(session, &snaps[n], why);
		if (taken == TAKE_DONE)
			n++;
	}
	session->request.parts = all;
	session->taken = 0;
	memcpy(session->held, snaps, n * sizeof(*snaps));
	session->n_held = n;
	*series = n != 1 || !has_parts(snaps[0], all);
	return taken == TAKE_FAILED ? -1 : 0;
}

int rows_run(struct session *session, rows_fn rows, uint32_t parts, struct failure *why)
{
	bool series;

	if (is_series(session, parts, &series, why))
		return -1;
	if (!series)
		return present_censuses(session, why);
	session->request.parts = parts;
	return rows(session, why);
}
