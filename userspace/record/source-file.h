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
 * Opens the record @path, "-" being stdin; the caller keeps @path.  Censuses
 * that are damaged are left out, told on stderr and remembered in
 * source.damaged.  NULL and @why where it cannot be had or has no such census.
 */
struct source *source_open_file(const char *path, struct selection selection,
				struct failure *why) MAY_BE_LEFT_OUT;

#endif /* READER_SOURCE_FILE_H */
