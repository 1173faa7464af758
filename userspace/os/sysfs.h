/* SPDX-License-Identifier: GPL-2.0 */
/* Files in /sys. */
#ifndef READER_SYSFS_H
#define READER_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the first line of /sys/@path, without its end; false if there is none. */
bool sysfs_line(const char *path, char *line, size_t size);

/* The number in /sys/@path; false if there is none. */
bool sysfs_number(const char *path, uint64_t *number);

/* The last name of what the link /sys/@path leads to; false if there is none. */
bool sysfs_link(const char *path, char *name, size_t size);

/* Replaces /sys by another directory, for tests. */
void sysfs_root(const char *dir);

#endif /* READER_SYSFS_H */
