/* SPDX-License-Identifier: GPL-2.0 */
/* The page cache by directory. */
#ifndef READER_PHYSICAL_DIRECTORIES_H
#define READER_PHYSICAL_DIRECTORIES_H

#include "report/report.h"

/* A row is a directory with this part of the page cache, or the root of a file system. */
#define DIRECTORY_PART	100

/* A row, and which of its columns are shown. */
extern const struct row_type directory_type_rows;
extern const struct rows directory_rows;

/*
 * Shows directories with what is in the files below them, without those of rows of their own: all
 * rows together are the page cache.  Files that the module has not named count for the root of
 * their file system.
 */
void directories_report(struct report *report);

#endif /* READER_PHYSICAL_DIRECTORIES_H */
