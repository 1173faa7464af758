/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fills the table of limits, model/limits.h.  A command that shows limits calls limits_read() after
 * each census of this machine, a recorder too; then all others take what they need from the census,
 * so that they work of a record.
 */
#ifndef READER_OS_LIMITS_H
#define READER_OS_LIMITS_H

#include "model/limits.h"

/*
 * Adds texts of this machine to @snap: /proc/sys/vm, hugetlb pools, sizes of tmpfs.  The rest is in
 * the census itself, in its meminfo, and in the charges of a census by cgroup.
 */
void limits_read(struct snapshot *snap);

/* Adds those of the machine: memory, zones, CommitLimit, hugetlb pools, each tmpfs. */
void limits_of_machine(struct limits *limits, const struct snapshot *snap);

/* Adds those of all cgroups, of a census by cgroup; of another one they are unknown. */
void limits_of_groups(struct limits *limits, const struct snapshot *snap);

/*
 * Adds those of the cgroup @path of this machine and of all above it, unless @limits has them.
 * @snap: the last census, with its texts.
 */
void limits_of_cgroup(struct limits *limits, const struct snapshot *snap, const char *path);

#endif /* READER_OS_LIMITS_H */
