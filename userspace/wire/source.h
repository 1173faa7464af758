/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a census comes from.  The caller does not know whether the kernel or a
 * record answers.
 */
#ifndef READER_SOURCE_H
#define READER_SOURCE_H

#include "lib/failure.h"
#include "model/snapshot.h"

/* The module's default if a request names no parts. */
#define REQUEST_DEFAULT_PARTS	(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES |	\
				 MEMCENSUS_PART_NODES)

struct source;

/* Result of taking a census. */
enum taken {
	TAKE_FAILED = -1,
	TAKE_DONE = 0,
	TAKE_END = 1,		/* a record has no more, or a stop is requested */
};

/**
 * struct source_ops - a kind of source
 * @live: a census shows the present; else it was recorded, and the next one
 *	is available without waiting
 * @take: fills the empty @snap with the next census.  If the result is not
 *	TAKE_DONE, @snap may hold a part; the caller may only free it.
 * @close: frees the source
 */
struct source_ops {
	bool live;
	enum taken (*take)(struct source *source, const struct request *request,
			   struct snapshot *snap, struct failure *why);
	void (*close)(struct source *source);
};

/**
 * struct tap - observer of the messages of a census
 * @see: gets the @len bytes of complete messages at @messages: first the request,
 *	then the answers in the order of arrival
 */
struct tap {
	void (*see)(struct tap *tap, const void *messages, size_t len);
};

/**
 * struct source - common head of all kinds of source
 * @ops: its kind
 * @tap: observer of the messages of the kernel, or NULL
 * @damaged: damaged data was skipped, and stderr said so
 * @shared: a census may have begun before its request, and be the last one again
 */
struct source {
	const struct source_ops *ops;
	struct tap *tap;
	bool damaged;
	bool shared;
};

/* Opens a source; NULL and @why if it is unavailable. */
typedef struct source *source_open_fn(struct failure *why);

#endif /* READER_SOURCE_H */
