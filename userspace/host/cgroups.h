/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of cgroups of the default hierarchy.
 */
#ifndef READER_CGROUPS_H
#define READER_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/part.h"

/*
 * The path of cgroup @id from the root of the hierarchy, which is "/".  Its number
 * in decimal if @numeric, or if it has no directory: it was removed, or lies outside
 * of this cgroup namespace.  Reads the tree when a path is first missing, and again
 * after cgroups_renew().  The text is valid until cgroups_forget().
 */
MAY_BE_LEFT_OUT const char *cgroup_path(uint64_t id, bool numeric);

/* A new census may have new cgroups: the next missing path reads the tree again. */
MAY_BE_LEFT_OUT void cgroups_renew(void);

/* Frees all paths; see names_forget(). */
MAY_BE_LEFT_OUT void cgroups_forget(void);

/*
 * Writes the directory of cgroup @id to @dir of @size bytes.  Returns the length
 * of its first part, the mount point; 0 if it has no directory.
 */
size_t cgroup_directory(uint64_t id, char *dir, size_t size);

/* Reads the number in @file of the directory @dir; false if there is none, or "max". */
bool cgroup_number(const char *dir, const char *file, uint64_t *number);

/* Reads the number after @name in @file of the directory @dir; false if there is none. */
MAY_BE_LEFT_OUT bool cgroup_field(const char *dir, const char *file, const char *name,
				  uint64_t *number);

/* Sets the mount point, for tests; call it before the first cgroup_path(). */
MAY_BE_LEFT_OUT void cgroups_root(const char *dir);

#endif /* READER_CGROUPS_H */
