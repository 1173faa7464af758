/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'share --of': who maps a file, and how much of it is in memory.
 */
#ifndef READER_SHARE_FILE_H
#define READER_SHARE_FILE_H

#include "cli/command.h"
#include "cli/session.h"
#include "os/held-files.h"

/* A file, and a process that maps it. */
extern const struct row_type mapped_file_rows;
extern const struct row_type file_mapper_rows;

/*
 * Opens the file, which @session->request is then limited to until the program ends.  Returns 0,
 * or -1 and @why.
 */
int file_open(struct session *session, const char *path, struct failure *why);

/* Shows the file that was opened, and who maps it.  Returns 0, or -1 and @why. */
int file_run(struct session *session, struct failure *why);

#endif /* READER_SHARE_FILE_H */
