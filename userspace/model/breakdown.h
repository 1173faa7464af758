/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of MemTotal, which add up to it.
 *
 * Each page counts once.  Frames that processes map count for the processes, so
 * page cache and shared memory count only their unmapped part.  The vmalloc row
 * leaves out kernel stacks.  Mapped memory of drivers is not of processes: it may be in vmalloc.
 * What surely is not has a row; the rest has one that is not added.  Memory that no row explains
 * has its own row, which may be negative; Documentation/accuracy.rst says what it contains.
 */
#ifndef READER_BREAKDOWN_H
#define READER_BREAKDOWN_H

#include "model/amount.h"

/**
 * struct breakdown_row - a part of MemTotal
 * @name: a word, for -J and --raw
 * @of: part of a row above, so not added again
 * @help: one line
 * @figure: enum memcensus_system_bytes, or 0
 * @line: of /proc/meminfo, or NULL
 * @rare: shown only if there is some
 */
struct breakdown_row {
	const char *name;
	bool of;
	const char *help;
	unsigned int figure;
	const char *line;
	bool rare;
};

/* The last is MemTotal. */
#define BREAKDOWN_ROWS	34
extern const struct breakdown_row breakdown_rows[BREAKDOWN_ROWS];

/* The amounts of a census, as breakdown_rows[]. */
struct breakdown {
	struct amount rows[BREAKDOWN_ROWS];
};

/*
 * Needs tasks, zones and totals.  Unavailable amounts are
 * part of the unaccounted row.
 */
struct breakdown breakdown_of(const struct snapshot *snap);

/* The row @name. */
struct amount breakdown_part(const struct breakdown *breakdown, const char *name);

/* Whether to show row @i: some kernels have no such memory. */
bool breakdown_shows(const struct breakdown *breakdown, unsigned int i);

#endif /* READER_BREAKDOWN_H */
