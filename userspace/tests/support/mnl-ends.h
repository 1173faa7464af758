/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A test that is the kernel, and tells without being asked: the reader receives what it sends to
 * ends[0].
 */
#ifndef READER_MNL_ENDS_H
#define READER_MNL_ENDS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "fake-mnl.h"

/* The kernel's end, and the reader's. */
static int ends[2];

int mnl_socket_close(struct mnl_socket *socket)
{
	(void)socket;
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *socket, const void *request, size_t len)
{
	(void)socket;
	(void)request;
	return (ssize_t)len;
}

/* False: it cannot. */
static bool connect_ends(void)
{
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends))
		return false;
	mnl_socket_open2(0, 0)->fd = ends[1];
	return true;
}

#endif /* READER_MNL_ENDS_H */
