/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sends requests and receives messages: by netlink, or of the service that answers users without
 * privileges (serve/), which relays the same messages over a local socket.
 */
#ifndef READER_CHANNEL_H
#define READER_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/netlink.h>

#include "lib/failure.h"

struct mnl_socket;

/* Where the service listens; tests choose another. */
extern const char *channel_service;

/* Type of all messages to and from the service: only netlink knows the number of the family. */
#define SERVICE_FAMILY	NLMSG_MIN_TYPE

/* The kernel fills 32 KiB at most; a single message may be longer. */
#define CHANNEL_SIZE	(64UL << 10)

/**
 * struct channel - a connection to the module
 * @socket: of netlink; owned
 * @service: socket that is connected to the service; owned; 0: none
 * @greeted: the service has said that it knows this process: it takes requests
 * @family: ID of the family
 * @seq: of the last request
 * @buf: CHANNEL_SIZE bytes: what was received; owned
 */
struct channel {
	struct mnl_socket *socket;
	int service;
	bool greeted;
	uint16_t family;
	uint32_t seq;
	void *buf;
};

/*
 * Opens @c, which is zeroed, or opens it anew: the kernel ends a dump to a socket that is closed.
 * Returns 0, or -1 and @why, as the others do.
 */
int channel_open(struct channel *c, struct failure *why);
void channel_close(struct channel *c);

/* Gets the number of the family. */
int channel_resolve(struct channel *c, struct failure *why);

/* Asks whether this process may take a census. */
int channel_permitted(struct channel *c, struct failure *why);

/* Uses the service from now on; -1: nothing listens there. */
int channel_connect(struct channel *c);

int channel_send(struct channel *c, const struct nlmsghdr *nlh, struct failure *why);

/*
 * Receives messages into @c->buf: returns their bytes, or -1 and @why.  A census is taken in this
 * call; a signal ends it.
 */
ssize_t channel_receive(struct channel *c, struct failure *why);

#endif /* READER_CHANNEL_H */
