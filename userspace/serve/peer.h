/* SPDX-License-Identifier: GPL-2.0 */
/* Who is at the other end of a local socket. */
#ifndef SERVE_PEER_H
#define SERVE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct ucred;

/**
 * struct peer - the process that connected, as it was then
 * @pid: PID
 * @pidfd: the process that had this PID when peer_get() was called; -1: peer_confirm() is done
 * @uid: effective user ID
 * @gid: effective group ID
 * @sees_all: it is in the group whose members see all processes
 */
struct peer {
	pid_t pid;
	int pidfd;
	uid_t uid;
	gid_t gid;
	bool sees_all;
};

/*
 * Fills @peer for the socket @fd.  @group: the group whose members see all; NULL: none.  Returns
 * NULL, or why the peer gets no answer.
 *
 * Whether it is still the same process is known after it has sent something: peer_receive()
 * receives @len bytes at most from the socket @fd, as recv(), and peer_confirm() says of the first
 * ones of them, which must have been sent after this, NULL or why the peer gets no answer.
 */
const char *peer_get(int fd, const gid_t *group, struct peer *peer);
ssize_t peer_receive(int fd, void *to, size_t len, struct ucred *sender);
const char *peer_confirm(struct peer *peer, const struct ucred *sender);

#endif /* SERVE_PEER_H */
