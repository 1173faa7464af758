/* SPDX-License-Identifier: GPL-2.0 */
/* The page cache by file. */
#ifndef READER_PHYSICAL_FILES_H
#define READER_PHYSICAL_FILES_H

#include "report/report.h"

/* Files that are shown if no number is named, and at most. */
/* With the heading and what is said below, they fit on 24 lines. */
#define FILES_SHOWN	16
#define FILES_MAX	16384

/* Without and with holders */
extern const struct rows file_rows, held_file_rows;

/*
 * Checks and prepares the records of @snap: file systems by size, which have the @cached bytes of
 * all classes of the page cache, and the name of each file.  0, or -1 and @why.
 */
int files_begin(struct snapshot *snap, uint64_t cached, struct failure *why);

void file_systems_report(struct report *report);
void files_report(struct report *report);

#endif /* READER_PHYSICAL_FILES_H */
