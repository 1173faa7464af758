/* SPDX-License-Identifier: GPL-2.0 */
/* Who has the deleted files of the page cache open, or maps them. */
#ifndef READER_FILE_HOLDERS_H
#define READER_FILE_HOLDERS_H

#include "lib/failure.h"
#include "model/snapshot.h"
#include "wire/source.h"

/*
 * Names the holders of each deleted file of @snap, which all processes of this machine are searched
 * for: their descriptors, and their mappings by a census of @source.  1 if not all could be read,
 * else 0; -1 and @why.
 */
int holders_find(struct source *source, struct snapshot *snap, struct failure *why);

/* Whether all processes were searched, and none has @file. */
bool file_has_no_holder(const struct frame_file *file);

#endif /* READER_FILE_HOLDERS_H */
