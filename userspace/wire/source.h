/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a census comes from.  What asks for one does not know whether the
 * kernel answers or a record of what it once answered.
 */
#ifndef READER_SOURCE_H
#define READER_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"
#include "model/snapshot.h"

/* The module's default, where a request names no parts. */
#define REQUEST_DEFAULT_PARTS	(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES |	\
				 MEMCENSUS_PART_NODES | MEMCENSUS_PART_SYSTEM)

/**
 * struct request - what is asked for
 * @basis: enum memcensus_basis, or 0 for the module's default
 * @parts: MEMCENSUS_PART_*, or 0 for the module's default
 * @pids: processes, or NULL for all; the asker keeps them
 * @n_pids: at most MEMCENSUS_PIDS_MAX
 * @group_by: enum memcensus_group_by, or 0 for no groups
 * @proc_texts: enum proc_texts_bit, of texts beside the census; that of the system's
 *	totals always comes
 * @cmdlines: command lines are to be read beside it, of the processes of this machine
 * @any_basis: a record may be of another basis than @basis
 */
struct request {
	uint8_t basis;
	bool any_basis;
	bool cmdlines;
	uint8_t proc_texts;
	uint32_t parts;
	const uint32_t *pids;
	size_t n_pids;
	uint8_t group_by;
};

struct source;

/**
 * enum taken - how the taking of a census ended
 * @TAKE_FAILED: failed, see why
 * @TAKE_DONE: the snapshot holds one
 * @TAKE_END: a record has no more
 */
enum taken {
	TAKE_FAILED = -1,
	TAKE_DONE = 0,
	TAKE_END = 1,
};

/**
 * struct source_ops - a kind of source
 * @live: a census is of the moment when it is taken; else it was recorded,
 *	and nobody has to wait for the next
 * @take: fills the empty @snap with the next census.  Where it is not
 *	TAKE_DONE, @snap may hold a part, and is only good to be freed.
 * @close: frees the source and what it holds
 */
struct source_ops {
	bool live;
	enum taken (*take)(struct source *source, const struct request *request,
			   struct snapshot *snap, struct failure *why);
	void (*close)(struct source *source);
};

/**
 * struct tap - what sees the messages of a census go by
 * @see: the @len bytes of whole messages at @messages: first the request, then
 *	what answers it, in the order it comes
 */
struct tap {
	void (*see)(struct tap *tap, const void *messages, size_t len);
};

/**
 * struct source - the head of each kind of source
 * @ops: its kind
 * @tap: sees what comes from the kernel; NULL: nobody does
 * @damaged: something that should have come was left out, and was told
 */
struct source {
	const struct source_ops *ops;
	struct tap *tap;
	bool damaged;
};

/* Opens a source; NULL and @why where it cannot be had. */
typedef struct source *source_open_fn(struct failure *why);

/* The kernel of this machine. */
source_open_fn source_open_netlink;

#endif /* READER_SOURCE_H */
