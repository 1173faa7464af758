/* SPDX-License-Identifier: GPL-2.0 */
/* Who is at the other end of a local socket. */
#ifndef SERVE_PEER_H
#define SERVE_PEER_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct peer - the process that connected, as it was then
 * @uid: effective user ID
 * @gid: effective group ID
 * @sees_all: it is in the group whose members see all processes
 */
struct peer {
	uid_t uid;
	gid_t gid;
	bool sees_all;
};

/*
 * Fills @peer for the socket @fd.  @group: the group whose members see all; NULL: none.  Returns
 * NULL, or why the peer gets no answer.
 */
const char *peer_get(int fd, const gid_t *group, struct peer *peer);

#endif /* SERVE_PEER_H */
