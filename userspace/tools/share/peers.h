/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'share PID...' and 'share --by': what processes, or groups, have in common.
 */
#ifndef READER_SHARE_PEERS_H
#define READER_SHARE_PEERS_H

#include <stdbool.h>

#include "cli/session.h"

/**
 * struct peers_ask - what is shown
 * @by: enum memcensus_group_by of the groups that are compared; 0: processes
 * @called: of those by cgroup, containers or pods alone
 * @charged: also who is charged for what cgroups map
 * @by_file: with @charged: and for which files that only others map
 */
struct peers_ask {
	uint8_t by;
	enum called_by called;
	bool charged;
	bool by_file;
};

/*
 * Shows with whom the processes of @session->options share, or groups of all processes with
 * each other.  Returns 0, or -1 and @why.
 */
int peers_run(struct session *session, const struct peers_ask *ask, struct failure *why);

#endif /* READER_SHARE_PEERS_H */
