/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Child processes that parse hostile input: symbol files and maps of other users.
 *
 * Such a child has no privileges, no user of its own, no network and no names of files.
 * Its memory and its CPU time are limited, and a filter allows it only the system calls
 * that parsing needs.  All it can do is to send an answer.
 */
#ifndef READER_SANDBOX_H
#define READER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/failure.h"

/* Maximum size of a message. */
#define SANDBOX_MESSAGE	(96UL << 10)

/* Limit of the wait for an answer, and for the child to take a message. */
#define SANDBOX_SECONDS	30

/**
 * struct sandbox - a running child
 * @pid: its PID; 0: none
 * @socket: of type SOCK_SEQPACKET
 */
struct sandbox {
	pid_t pid;
	int socket;
};

/* What the child does with its end of the socket, descriptor 0; a return ends the child. */
typedef void sandbox_fn(int socket);

/*
 * Starts a child that runs @fn without privileges, for @cpu_seconds of CPU time; 0: no
 * limit.  0, or -1 and @why.
 */
int sandbox_start(struct sandbox *sandbox, sandbox_fn *fn, unsigned int cpu_seconds,
		  struct failure *why);

/* Kills and reaps the child. */
void sandbox_end(struct sandbox *sandbox);

/*
 * Sends @size bytes and, unless it is -1, @fd; false: the other end is gone, or the child has
 * read nothing for SANDBOX_SECONDS.
 */
bool sandbox_send(int socket, const void *message, size_t size, int fd);

/*
 * Receives at most @size bytes.  With @fd, which only a child gives, also perhaps a
 * descriptor, else -1 in it.  Returns the number of bytes; -1: the other end is gone, or
 * the child is silent for SANDBOX_SECONDS.
 */
ssize_t sandbox_receive(int socket, void *message, size_t size, int *fd);

#endif /* READER_SANDBOX_H */
