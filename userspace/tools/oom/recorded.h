/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OOM kills, of a record and of the kernel's log, and the censuses around them.
 */
#ifndef READER_RECORDED_KILLS_H
#define READER_RECORDED_KILLS_H

#include "model/kill.h"
#include "record/record-file.h"
#include "record/selection.h"

/**
 * struct recorded_kill - an OOM kill
 * @kill: it; owned by struct recorded_kills
 * @offset: in the record: its lines were recorded with the first census after it
 */
struct recorded_kill {
	struct kill *kill;
	uint64_t offset;
};

/**
 * struct recorded_kills - OOM kills
 * @file: the record; open if @recorded
 * @recorded: there is one
 * @read: its recorders read the log, or this program did
 * @lines: of the record; @live: of the log
 * @known: places in @v by number and stamp, a tree for tsearch()
 * @v: each once, after recorded_kills_sort() the newest first; owned
 * @entries: complete censuses of the record in order; owned
 * @bytes: of lines that were kept, of the record
 */
struct recorded_kills {
	struct record_file file;
	bool recorded;
	bool read;
	struct kills lines;
	struct kills live;
	void *known;
	struct recorded_kill *v;
	size_t n;
	struct record_entry *entries;
	size_t n_entries;
	size_t bytes;
};

/*
 * Reads the kills in the censuses of @window of the record @path, which the caller owns;
 * @entries are of this window too.  0, or -1 and @why; recorded_kills_free() in both cases.
 */
int recorded_kills_read(struct recorded_kills *kills, const char *path,
			const struct window *window, struct failure *why);

/* Adds those of the kernel's log; false if this user may not read it. */
bool recorded_kills_live(struct recorded_kills *kills);

/* When all have been added. */
void recorded_kills_sort(struct recorded_kills *kills);

void recorded_kills_free(struct recorded_kills *kills);

#endif /* READER_RECORDED_KILLS_H */
