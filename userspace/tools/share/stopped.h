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

/*
 * Shows what ends with the processes of @session->options, together, and what stays.  @each: enum
 * memcensus_group_by, each group alone: those of --cgroup only, if there are any, or those that are
 * containers or pods, @called.  Returns 0, or -1 and @why.
 */
int stopped_run(struct session *session, uint8_t each, enum called_by called,
		struct failure *why);

#endif /* READER_SHARE_STOPPED_H */
