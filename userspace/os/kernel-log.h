/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel itself writes to its log, for root. */
#ifndef READER_KERNEL_LOG_H
#define READER_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The log from now on; -1 if this user may not read it. */
int kernel_log_open(void);

/*
 * Closes the log @fd, or -1.  True if the kernel has written a line that begins with @name and a
 * colon since it was opened: @line has the rest of the last one.
 */
bool kernel_log_close(int fd, const char *name, char *line, size_t size);

/*
 * Calls @each for each line that the kernel itself has written and that the log still has: when, in
 * ns of CLOCK_MONOTONIC, and the text.  False if this user may not read it.
 */
bool kernel_log_each(void (*each)(void *context, uint64_t when, const char *text), void *context);

/* Replaces /dev/kmsg by another file, for tests: of lines as its records. */
void kernel_log_file(const char *name);

#endif /* READER_KERNEL_LOG_H */
