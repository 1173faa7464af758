/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files in /proc.
 */
#ifndef READER_PROCFS_H
#define READER_PROCFS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "lib/failure.h"

/* In a chroot it may not be: then nothing that is not found there is known to be gone. */
bool procfs_is_mounted(void);

/*
 * Names of files that were read in a mount of /proc of our own, because something is mounted on
 * them, or that could not be read for that reason; NULL: none.
 */
const char *procfs_covered(void);

/* Opens /proc/@path; NULL and @why, which names the file. */
FILE *procfs_open(const char *path, struct failure *why);

/* The contents of /proc/@path, which the caller frees, and unless NULL its @len; NULL and @why. */
char *procfs_read(const char *path, size_t *len, struct failure *why);

/* The same into @text of @size bytes, truncated and NUL-terminated.  Returns the length. */
size_t procfs_read_into(const char *path, char *text, size_t size);

/* Opens the directory /proc/@path, where "." is /proc itself; NULL and @why. */
DIR *procfs_open_dir(const char *path, struct failure *why);

/* Reads the target of the link /proc/@path; false if there is none or it is too long. */
bool procfs_link(const char *path, char *says, size_t size);

/*
 * Reads the status of what the link /proc/@path leads to, as this machine knows it: no
 * file server is asked.  False if there is none.
 */
bool procfs_stat(const char *path, struct statx *stat);

/* The mode of the link /proc/@path itself: how the descriptor was opened.  0: there is none. */
unsigned int procfs_link_mode(const char *path);

/*
 * Opens for reading, without waiting, what the O_PATH descriptor @place is of, and closes that;
 * -1 if it is -1, or of no regular file: opening a device may have effects.  @stat: its status.
 */
int procfs_reopen(int place, struct statx *stat);

/* Opens what the link /proc/@path leads to, a regular file, for reading; -1 if it cannot. */
int procfs_open_file(const char *path);

/*
 * The same of a pipe, for @end, O_RDONLY or O_WRONLY.  A process may have put another file in its
 * place since the link was read.
 */
int procfs_open_pipe(const char *path, int end);

/*
 * The protocol of the socket that the link /proc/@path leads to; false if that is no socket (any
 * more): of a file, this would ask its file system.
 */
bool procfs_socket_protocol(const char *path, char *protocol, size_t size);

/* The name of the file /proc/@path, which the caller frees. */
char *procfs_path(const char *path);

/*
 * From now on reads in a mount of its own, that only this program has: with it goes what the
 * kernel keeps of each file and link that was read.  Again: in a new one.  False: in /proc
 * itself, without the privilege to mount.
 */
bool procfs_renew(void);

/* Whether it is not replaced: its PIDs are those that system calls know. */
bool procfs_is_real(void);

/* Replaces /proc by another directory, for tests. */
void procfs_root(const char *dir);

#endif /* READER_PROCFS_H */
