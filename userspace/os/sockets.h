/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of sockets, by sock_diag: the only place where the kernel says it of another process's
 * sockets without taking one of them.
 */
#ifndef READER_SOCKETS_H
#define READER_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"

/* Kinds of sockets that the kernel is asked for. */
enum socket_family {
	SOCKETS_TCP,
	SOCKETS_TCP6,
	SOCKETS_UDP,
	SOCKETS_UDP6,
	SOCKETS_UNIX,
	SOCKETS_PACKET,
	SOCKETS_NETLINK,
	SOCKETS_XDP,
	SOCKETS_OTHER,		/* not asked for */
};

/* By the name of its protocol, as the kernel shows it. */
enum socket_family socket_family_of(const char *protocol);

/**
 * struct socket_memory - a socket
 * @inode: its number, as /proc/PID/fd shows it
 * @bytes: what is in its queues, with what it has reserved, and its rings
 * @most: bytes that its queues may have
 * @pins: whether it has memory of a process, the @pinned bytes that were registered with it
 */
struct socket_memory {
	uint64_t inode;
	uint64_t bytes;
	uint64_t most;
	bool pins;
	uint64_t pinned;
};

/*
 * Calls @each for each socket of @family in the network namespace of @pid.  -1: the kernel has not
 * answered, or not all; FAIL_NO_MODULE: it does not for this family.
 */
typedef void socket_fn(void *context, const struct socket_memory *memory);
int sockets_each(uint32_t pid, enum socket_family family, socket_fn *each, void *context,
		 struct failure *why);

#endif /* READER_SOCKETS_H */
