/* SPDX-License-Identifier: GPL-2.0 */
/* memcensus held --files: files and segments that need no process. */
#ifndef READER_HELD_MEMORY_FILES_H
#define READER_HELD_MEMORY_FILES_H

#include "model/columns.h"

struct failure;
struct session;

/* A file or segment, and a file system in memory. */
extern const struct row_type memory_file_rows;
extern const struct row_type memory_system_rows;

/* Shows them, @most files; sets @session->partial if not all were looked at. */
void held_files_show(struct session *session, size_t most);

#endif /* READER_HELD_MEMORY_FILES_H */
