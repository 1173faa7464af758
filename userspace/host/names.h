/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users and cgroups: of this machine, or of the one where a record
 * was made.
 */
#ifndef READER_NAMES_H
#define READER_NAMES_H

#include "lib/failure.h"
#include "model/columns.h"

/*
 * The name of the user @uid and the path of the cgroup @id, or the number in
 * decimal where @view is numeric or where there is no name.  The text lives as
 * long as the census and the program.
 */
const char *name_of_user(const struct view *view, uint64_t uid);
const char *name_of_cgroup(const struct view *view, uint64_t id);

/*
 * Adds to @snap, as texts beside it, the names that this machine has for the
 * users and cgroups in it.  0, or -1 and @why without memory.
 */
int names_write(struct snapshot *snap, struct failure *why);

/* Reads these texts, of a record. 0, or -1 and @why without memory. */
int names_read(struct snapshot *snap, struct failure *why);

#endif /* READER_NAMES_H */
