/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits of cgroups of the default hierarchy on this machine.
 */
#ifndef READER_LEAK_CGROUP_LIMITS_H
#define READER_LEAK_CGROUP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Writes the directory of cgroup @id to @dir of @size bytes.  Returns the length
 * of its first part, the mount point; 0 if it has no directory.
 */
size_t cgroup_directory(uint64_t id, char *dir, size_t size);

/*
 * Reads the number in @file of the directory @dir, or after @name there unless it is NULL;
 * false if there is none, or "max".
 */
bool cgroup_number(const char *dir, const char *file, const char *name, uint64_t *number);

#endif /* READER_LEAK_CGROUP_LIMITS_H */
