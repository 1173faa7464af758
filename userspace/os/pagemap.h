/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages of a process of this machine, by its page tables.
 */
#ifndef READER_PAGEMAP_H
#define READER_PAGEMAP_H

#include "lib/failure.h"
#include "model/snapshot.h"

/*
 * Reads the pages of the only process of @snap, in its mappings between @start and @end, from
 * /proc/PID/pagemap into @snap->pages.  A child of this process reads them.  0; or -1 and @why: the
 * process has ended or executed another program, it holds the lock of its address space for
 * seconds, or this needs root.
 */
int pagemap_read(struct snapshot *snap, uint64_t start, uint64_t end, struct failure *why);

#endif /* READER_PAGEMAP_H */
