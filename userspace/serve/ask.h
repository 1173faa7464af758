/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a user without privileges may ask: a list of what is allowed, all else is refused.  Here is
 * all that reads the bytes of a user.
 */
#ifndef SERVE_ASK_H
#define SERVE_ASK_H

#include <stddef.h>
#include <stdint.h>
#include <linux/memcensus.h>
#include <linux/netlink.h>

/* Bytes of the longest request, with headers. */
#define ASK_SIZE	(256 + MEMCENSUS_PIDS_MAX * sizeof(uint32_t))

/**
 * struct ask - a request that is allowed
 * @parts: MEMCENSUS_PART_*
 * @group_by: MEMCENSUS_BY_TREE, or 0: no groups
 * @pids: the named processes, in the message
 * @n_pids: 0: all
 */
struct ask {
	uint32_t parts;
	uint32_t group_by;
	const uint32_t *pids;
	size_t n_pids;
};

/*
 * Reads the request at @nlh, which is aligned to 4 and complete.  Returns NULL, or what is wrong
 * or not allowed.
 */
const char *ask_read(const struct nlmsghdr *nlh, struct ask *ask);

#endif /* SERVE_ASK_H */
