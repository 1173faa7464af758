/* SPDX-License-Identifier: GPL-2.0 */
/* What grows by descriptors alone: memory that no mapping of a process shows. */
#ifndef READER_LEAK_DESCRIPTORS_H
#define READER_LEAK_DESCRIPTORS_H

#include "os/open-files.h"
#include "report/report.h"
#include "tools/leak/tracks.h"

/**
 * struct leak_descriptor - what a process has of a kind
 * @track: the process, @pid, which began at @start
 * @first, @last: bytes at the first and the last reading
 */
struct leak_descriptor {
	const struct track *track;
	uint32_t pid;
	uint64_t start;
	enum open_kind kind;
	uint64_t first;
	uint64_t last;
};

/**
 * struct leak_descriptors - of all tracks
 * @v: @n of them; owned
 * @left: descriptors that may still be read
 */
struct leak_descriptors {
	struct leak_descriptor *v;
	size_t n;
	uint64_t left;
};

/* Reads what the processes of @tracks have now, the first time or the last. */
void leak_descriptors_read(struct leak_descriptors *descriptors, const struct tracks *tracks,
			   bool first);
void leak_descriptors_free(struct leak_descriptors *descriptors);

/* Shows those that grew, in a table: JSON has none. */
void leak_descriptors_show(const struct leak_descriptors *descriptors, struct report *report);

#endif /* READER_LEAK_DESCRIPTORS_H */
