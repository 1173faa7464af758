/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sockets of libmnl in a test that is the kernel itself: one without a descriptor. A test
 * defines what is sent, received and closed.
 */
#ifndef READER_FAKE_MNL_H
#define READER_FAKE_MNL_H

#include <libmnl/libmnl.h>

struct mnl_socket {
	int fd;
};

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	static struct mnl_socket one = { -1 };

	(void)bus;
	(void)flags;
	return &one;
}

int mnl_socket_bind(struct mnl_socket *socket, unsigned int groups, pid_t pid)
{
	(void)socket;
	(void)groups;
	(void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *socket, int type, void *buf, socklen_t len)
{
	(void)socket;
	(void)type;
	(void)buf;
	(void)len;
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *socket)
{
	return socket->fd;
}

#endif /* READER_FAKE_MNL_H */
