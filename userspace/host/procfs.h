/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files under /proc, and what they say of a process of this machine beside the
 * census: whether it still exists, and which limits it has.
 */
#ifndef READER_PROCFS_H
#define READER_PROCFS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
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

/**
 * struct process_state - of /proc/PID/stat
 * @letter: as ps shows it; 0 where there is no such process
 * @start: when it was started, in ticks of sysconf(_SC_CLK_TCK) since boot; 0: not
 *	known
 * @has_status: @status is known
 * @status: as wait(2) has it, of a zombie
 */
struct process_state {
	char letter;
	uint64_t start;
	bool has_status;
	int status;
};

struct process_state process_state(uint32_t pid);

/*
 * The beginning of /proc/@pid/@name into @text of @size, with a NUL; false where it
 * is gone or empty.
 */
bool process_read(uint32_t pid, const char *name, char *text, size_t size);

/*
 * This process, by its number in the PID namespace that /proc is of; 0 where that
 * is not known.
 */
uint32_t process_own(void);

/* The process that thread @tid belongs to; @tid itself where that is not known. */
uint32_t process_of(uint32_t tid);

/* Its parent; 0 where it has none here, or is gone. */
uint32_t process_parent(uint32_t pid);

/* Its effective user; false where it is gone. */
bool process_user(uint32_t pid, uint32_t *uid);

/* Whether it has ended, reaped or not. */
bool process_is_gone(uint32_t pid);

/*
 * The soft limit of its address space in bytes, RLIMIT_AS; false where there is
 * none, or it is not known.
 */
bool process_address_limit(uint32_t pid, uint64_t *limit);

#endif /* READER_PROCFS_H */
