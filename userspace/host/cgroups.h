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
 * removed since, or lies outside of this cgroup namespace.  The tree is read
 * once, when a path is first asked for; the text lives until the program ends.
 */
const char *cgroup_path(uint64_t id, bool numeric);

/*
 * The directory of cgroup @id into @dir of @size bytes: the length of the part
 * that all cgroups have in common, the root's; 0 where it has none.
 */
size_t cgroup_directory(uint64_t id, char *dir, size_t size);

/* Where the tree is, for tests; before the first path is asked for. */
void cgroups_root(const char *dir);

#endif /* READER_CGROUPS_H */
