/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'share PID...' and 'share --by': what processes, or groups, have in common.
 */
#ifndef READER_SHARE_PEERS_H
#define READER_SHARE_PEERS_H

#include "cli/session.h"

/*
 * Shows with whom the processes of @session->options share, or the groups by @by of all
 * processes, enum memcensus_group_by, with each other.  @charged: and who is charged for what
 * cgroups map.  Returns 0, or -1 and @why.
 */
int peers_run(struct session *session, uint8_t by, bool charged, struct failure *why);

#endif /* READER_SHARE_PEERS_H */
