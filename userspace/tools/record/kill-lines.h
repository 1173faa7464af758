/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's lines of OOM kills, for a record. */
#ifndef READER_RECORD_KILL_LINES_H
#define READER_RECORD_KILL_LINES_H

#include "model/kill.h"

/**
 * struct kill_lines - lines of the log that are not in the record yet
 * @fd: of the log; -1: this user may not read it
 * @report: of kills_need()
 * @text: as CHUNK_KILLS has them, @len bytes; owned
 * @empty: when nothing was left in the log the last time, ns since boot; 0: never yet
 * @latest: what is read now was there by then, ns since boot
 * @killed: a kill was among the lines that kill_lines_read() reads now
 * @said: it was said that lines were left out
 */
struct kill_lines {
	int fd;
	bool report;
	char *text;
	size_t len;
	uint64_t empty;
	uint64_t latest;
	bool killed;
	bool said;
};

/* All that the log has comes first: an earlier recorder may have missed it. */
void kill_lines_open(struct kill_lines *lines);
void kill_lines_close(struct kill_lines *lines);

/* Records of the log in one turn, as programs write there too; and before a census is recorded. */
#define KILL_LINES_TURN	1000
#define KILL_LINES_ALL	100000

/*
 * Reads what is new in the log, @most records; true if there is a kill in it, other than in what
 * was there at first.  @taken: a census that was just taken, NULL: none: a kill during it, or
 * right after it, was not after it.
 */
bool kill_lines_read(struct kill_lines *lines, unsigned int most, const struct scan *taken);

/* The lines are in the record. */
void kill_lines_drop(struct kill_lines *lines);

#endif /* READER_RECORD_KILL_LINES_H */
