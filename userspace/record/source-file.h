/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A record as a source.
 */
#ifndef READER_SOURCE_FILE_H
#define READER_SOURCE_FILE_H

#include "lib/part.h"
#include "record/selection.h"
#include "wire/source.h"

/*
 * Opens the record @path, "-" for stdin; the caller owns @path.  Damaged
 * censuses are skipped, reported on stderr and noted in source.damaged.  NULL
 * and @why if it cannot be opened.
 */
struct source *source_open_file(const char *path, struct selection selection,
				struct failure *why) MAY_BE_LEFT_OUT;

#endif /* READER_SOURCE_FILE_H */
