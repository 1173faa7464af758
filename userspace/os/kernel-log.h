/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel itself writes to its log, for root. */
#ifndef READER_KERNEL_LOG_H
#define READER_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/kill.h"

/* The log from now on; -1 if this user may not read it. */
int kernel_log_open(void);

/*
 * Closes the log @fd, or -1.  True if the kernel has written a line that begins with @name and a
 * colon since it was opened: @line has the rest of the last one.
 */
bool kernel_log_close(int fd, const char *name, char *line, size_t size);

/*
 * The log from the oldest line on, which poll() says to have new ones; -1 if this user may not read
 * it.
 */
int kernel_log_follow(void);

/*
 * Calls @each for each line that the kernel itself has written since the last call, after at most
 * @most records, those of programs too.  True if there is none left.
 */
bool kernel_log_next(int fd, unsigned int most,
		     void (*each)(void *context, const struct kernel_line *line), void *context);

/*
 * Calls @each for each line that the kernel itself has written and that the log still has.  False
 * if this user may not read it.
 */
bool kernel_log_each(void (*each)(void *context, const struct kernel_line *line), void *context);

/*
 * Replaces /dev/kmsg by another file, for tests: of lines as its records.  @boot: when that machine
 * began, ns since 1970; 0: its clocks are those of this machine.
 */
void kernel_log_file(const char *name, uint64_t boot);

/* What @boottime of a line that is written now would be. */
uint64_t kernel_log_now(void);

#endif /* READER_KERNEL_LOG_H */
