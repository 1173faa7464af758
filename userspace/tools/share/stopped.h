/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'share --if-stopped': what the system gets back if processes end.
 */
#ifndef READER_SHARE_STOPPED_H
#define READER_SHARE_STOPPED_H

#include "cli/command.h"
#include "cli/session.h"

/* What ends and what stays, of a group, and a file of the processes that end. */
extern const struct row_type stopped_sum_rows;
extern const struct row_type stopped_each_rows;
extern const struct row_type stopped_file_rows;

/**
 * struct stopped_ask - what ends
 * @each: enum memcensus_group_by: each group alone; 0: the processes and cgroups together
 * @cgroups: @n_cgroups words of the command line: paths with a comma between two; they point into
 *	argv.  With @each, only these have a row
 */
struct stopped_ask {
	uint8_t each;
	char **cgroups;
	size_t n_cgroups;
};

/*
 * Shows what ends with the processes of @session->options and of the cgroups, and what stays.
 * Returns 0, or -1 and @why.
 */
int stopped_run(struct session *session, const struct stopped_ask *ask, struct failure *why);

#endif /* READER_SHARE_STOPPED_H */
