/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Command lines: not part of the census, read from /proc of this machine after it.
 *
 * The kernel takes the mmap_lock of the process to read one, so reading that of a
 * stuck process blocks.  Separate threads read them; a thread that does not answer
 * in time is abandoned.
 */
#ifndef READER_CMDLINES_H
#define READER_CMDLINES_H

#include "model/snapshot.h"

/* Longer command lines are truncated to this many bytes. */
#define CMDLINE_MAX	(128UL << 10)

/*
 * Reads the command lines of all tasks in @snap that were not busy into @snap.
 * Returns how many timed out.
 */
size_t cmdlines_add(struct snapshot *snap);

/* Sets how many times 50 ms to wait for one, for tests; the default is 10. */
void cmdlines_patience(unsigned int times);

#endif /* READER_CMDLINES_H */
