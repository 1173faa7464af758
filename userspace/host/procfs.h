/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files under /proc that are shown beside a census.
 */
#ifndef READER_PROCFS_H
#define READER_PROCFS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>

#include "lib/failure.h"

/* Opens /proc/@path; NULL and @why, which names it. */
FILE *procfs_open(const char *path, struct failure *why);

/* Opens the directory /proc/@path, "." being /proc itself; NULL and @why. */
DIR *procfs_open_dir(const char *path, struct failure *why);

/* Reads what the link /proc/@path says, whole; false where there is none. */
bool procfs_link(const char *path, char *says, size_t size);

/* Another directory in the place of /proc, for tests. */
void procfs_root(const char *dir);

#endif /* READER_PROCFS_H */
