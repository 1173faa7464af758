/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files in /proc, and what they say about a process of this machine in addition to
 * the census: whether it still exists, and which limits it has.
 */
#ifndef READER_PROCFS_H
#define READER_PROCFS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/failure.h"

/* Opens /proc/@path; NULL and @why, which names the file. */
FILE *procfs_open(const char *path, struct failure *why);

/* Opens the directory /proc/@path, where "." is /proc itself; NULL and @why. */
DIR *procfs_open_dir(const char *path, struct failure *why);

/* Reads the target of the link /proc/@path; false if there is none or it is too long. */
bool procfs_link(const char *path, char *says, size_t size);

/* Replaces /proc by another directory, for tests. */
void procfs_root(const char *dir);

/**
 * struct process_state - from /proc/PID/stat
 * @letter: state as ps shows it; 0 if there is no such process
 * @start: start time in ticks of sysconf(_SC_CLK_TCK) since boot; 0: unknown
 * @has_status: @status is known
 * @status: exit status of a zombie, as in wait(2)
 */
struct process_state {
	char letter;
	uint64_t start;
	bool has_status;
	int status;
};

struct process_state process_state(uint32_t pid);

/*
 * Reads /proc/@pid/@name into @text of @size bytes, truncated and NUL-terminated;
 * false if it is gone or empty.
 */
bool process_read(uint32_t pid, const char *name, char *text, size_t size);

/*
 * The PID of this process in the PID namespace of the /proc mount; 0 if that is
 * unknown.
 */
uint32_t process_own(void);

/* The process that thread @tid belongs to; @tid itself if that is unknown. */
uint32_t process_of(uint32_t tid);

/* The parent of @pid; 0 if it has none in this PID namespace, or is gone. */
uint32_t process_parent(uint32_t pid);

/* The effective user of @pid; false if it is gone. */
bool process_user(uint32_t pid, uint32_t *uid);

/* Whether @pid has ended, reaped or not. */
bool process_is_gone(uint32_t pid);

/*
 * The soft limit of its address space (RLIMIT_AS) in bytes; false if there is none
 * or it is unknown.
 */
bool process_address_limit(uint32_t pid, uint64_t *limit);

#endif /* READER_PROCFS_H */
