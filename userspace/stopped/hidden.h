/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared memory that no descriptor and no mapping shows: files of a tmpfs that goes with a mount
 * namespace, and files whose descriptors wait in a socket.  A pass over the frames says how much.
 */
#ifndef READER_HIDDEN_H
#define READER_HIDDEN_H

#include "stopped/stopping.h"

/*
 * Finds them, of the @n processes @pids: after all files.  @groups: of these, or GROUP_NONE; NULL:
 * those of s->pids are of group 0, and the others of none.
 */
void hidden_find(struct stopping *s, const uint64_t *pids, const size_t *groups, size_t n);

#endif /* READER_HIDDEN_H */
