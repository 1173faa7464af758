/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of cgroups of the default hierarchy.
 */
#ifndef READER_CGROUPS_H
#define READER_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The path of cgroup @id from the root of the hierarchy, which is "/", or its
 * number in decimal where @numeric or where no directory has it: it was
 * removed since, or lies outside of this cgroup namespace.  The tree is read when
 * a path is first missing, and again after cgroups_renew(); the text lives until
 * cgroups_forget().
 */
const char *cgroup_path(uint64_t id, bool numeric);

/* A new census may have new cgroups: the next path that is missing is looked for. */
void cgroups_renew(void);

/* Frees all paths; see names_forget(). */
void cgroups_forget(void);

/*
 * The directory of cgroup @id into @dir of @size bytes: the length of the part
 * that all cgroups have in common, the root's; 0 where it has none.
 */
size_t cgroup_directory(uint64_t id, char *dir, size_t size);

/* Where the tree is, for tests; before the first path is asked for. */
void cgroups_root(const char *dir);

#endif /* READER_CGROUPS_H */
