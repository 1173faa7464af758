/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Gathers the facts of 'brief', model/brief.h, from a census by cgroup and, of this machine, from
 * /proc and /sys; of a record, also from its first census.
 */
#ifndef READER_BRIEF_GATHER_H
#define READER_BRIEF_GATHER_H

#include "model/brief.h"
#include "model/snapshot.h"

/* Files of /proc beyond the census that are read, but with --all. */
#define BRIEF_FILES	2000

/**
 * struct brief_ask - what is gathered
 * @live: of this machine, right after the census; else of a record: of the census alone
 * @all: without a bound on files
 * @quick: no file of a process, and not the kernel's log: for a caller that asks again and again
 * @first: the first census of the record; NULL: none
 * @left: files of /proc that may still be read
 */
struct brief_ask {
	bool live;
	bool all;
	bool quick;
	const struct snapshot *first;
	uint64_t left;
};

/* Adds to @brief all facts.  Adds to @snap, if live, the texts of limits_read(). */
void brief_gather(struct brief *brief, struct snapshot *snap, struct brief_ask *ask);

#endif /* READER_BRIEF_GATHER_H */
