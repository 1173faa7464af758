/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The most that a command and all it started can have had at any time, also between censuses: the
 * kernel reports each process that exits (taskstats), with the largest RSS that it had and how
 * long it ran.
 */
#ifndef READER_WATCH_EXITS_H
#define READER_WATCH_EXITS_H

#include "model/amount.h"
#include "model/snapshot.h"

/* Most processes that are kept: 32 MiB.  Those of the whole machine are, until a census. */
#define EXITS_MAX	1048576U

struct exits;

/* Starts to listen.  NULL: the kernel does not report exits, or not to this caller. */
struct exits *exits_listen(void);
void exits_free(struct exits *exits);

/* Readable when a process has exited; -1 without @exits. */
int exits_fd(const struct exits *exits);

/*
 * Reads what has arrived.  A process is taken to have ended between two calls: the sooner one
 * comes, the lower is the bound.
 */
void exits_read(struct exits *exits);

/*
 * Forgets what does not descend from @root, this program, of those that have exited until @snap,
 * a census of all processes.
 */
void exits_narrow(struct exits *exits, const struct snapshot *snap, uint64_t root);

/* How many processes of the tree have exited. */
uint64_t exits_count(const struct exits *exits);

/*
 * The largest sum of VmHWM of processes that may have run at the same time, with @running, the sum
 * of those that still run.  Unknown if messages were lost, or more exited than are kept.
 */
struct amount exits_bound(const struct exits *exits, struct amount running);

#endif /* READER_WATCH_EXITS_H */
