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

#include "lib/failure.h"
#include "lib/filter.h"
#include "model/snapshot.h"

/* Longer command lines are truncated to this many bytes. */
#define CMDLINE_MAX	(128UL << 10)

/**
 * struct cmdline_of - the process whose command line is read
 * @pid: process; 0: read none
 * @start: as in struct task; 0: unknown.  It detects that another process has
 *	the PID now
 * @chosen: it matches; the command line is not read
 */
struct cmdline_of {
	uint32_t pid;
	uint64_t start;
	bool chosen;
};

/* For @task; @pid is 0 if its PID is unknown or its mmap_lock was busy. */
struct cmdline_of cmdline_of_task(const struct task *task);

/*
 * Reads the command lines of all tasks in @snap that were not busy into @snap.
 * Returns how many timed out.
 */
size_t cmdlines_add(struct snapshot *snap);

/*
 * Chooses those of the @n processes in @of whose command line matches.  This program
 * never matches, nor does an ancestor that names it, as sudo does: these contain the
 * pattern itself.  Returns how many timed out.
 */
size_t cmdlines_match(const struct filter *filter, struct cmdline_of *of, size_t n);

/* Sets how many times 50 ms to wait for one, for tests; the default is 10. */
void cmdlines_patience(unsigned int times);

#endif /* READER_CMDLINES_H */
