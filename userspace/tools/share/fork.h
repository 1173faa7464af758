/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'share --fork': what a process and its descendants still share by fork, and what it can cost.
 */
#ifndef READER_SHARE_FORK_H
#define READER_SHARE_FORK_H

#include "cli/command.h"
#include "cli/session.h"

/* A process with its descendants, and one of them. */
extern const struct row_type relatives_rows;
extern const struct row_type relative_rows;

/*
 * Shows the relatives of the only process of @session->options, from two censuses with the
 * interval between them.  Returns 0, or -1 and @why.
 */
int fork_run(struct session *session, struct failure *why);

#endif /* READER_SHARE_FORK_H */
