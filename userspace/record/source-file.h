/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A record as a source.
 */
#ifndef READER_SOURCE_FILE_H
#define READER_SOURCE_FILE_H

#include "record/selection.h"

struct source;

/*
 * Opens the record @path, "-" for stdin; the caller owns @path.  Damaged
 * censuses are skipped, reported on stderr and noted in source.damaged.  NULL
 * and @why if it cannot be opened.
 */
struct source *source_open_file(const char *path, struct selection selection,
				struct failure *why);

/*
 * Reads only the censuses of @window.  0, or -1 and @why if that needs the end of the record
 * and the record is a pipe.
 */
int source_file_narrow(struct source *source, const struct window *window, struct failure *why);

#endif /* READER_SOURCE_FILE_H */
