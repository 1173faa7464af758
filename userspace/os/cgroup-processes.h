/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes of a cgroup of the default hierarchy, and its files.
 */
#ifndef READER_CGROUP_PROCESSES_H
#define READER_CGROUP_PROCESSES_H

#include "os/process.h"

/*
 * Adds the processes of the cgroup @path and of those below it.  @path is from the root of
 * the hierarchy, as the census shows it, or is its directory.  0, or -1 and @why: there is no
 * such cgroup, or it has no process.
 */
int cgroup_processes(struct ids *ids, const char *path, struct failure *why);

/* 0, or -1 and @why: there is no such cgroup.  0 too if there is no default hierarchy. */
int cgroup_check(const char *path, struct failure *why);

/* The name of @file of the cgroup, which the caller frees; NULL: there is no such cgroup. */
char *cgroup_file(const char *path, const char *file);

#endif /* READER_CGROUP_PROCESSES_H */
