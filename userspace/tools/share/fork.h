/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'share --fork': what a process and its descendants still share by fork, and what it can cost.
 */
#ifndef READER_SHARE_FORK_H
#define READER_SHARE_FORK_H

#include "cli/rows.h"
#include "cli/session.h"

/* A family, and a process of it. */
extern const struct record_type family_record;
extern const struct record_type family_member_record;

/*
 * Shows the family of the only process of @session->options, from two censuses with the
 * interval between them.  Returns 0, or -1 and @why.
 */
int fork_run(struct session *session, struct failure *why);

#endif /* READER_SHARE_FORK_H */
