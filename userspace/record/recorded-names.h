/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users and cgroups on the machine where a record was made.
 */
#ifndef READER_RECORDED_NAMES_H
#define READER_RECORDED_NAMES_H

#include "lib/failure.h"
#include "model/snapshot.h"

/*
 * Adds the names of the users and cgroups in @snap to @snap->proc_texts, as known
 * on this machine.  0, or -1 and @why if out of memory.
 */
int names_write(struct snapshot *snap, struct failure *why);

/* Gives @snap the recorded names in these texts. 0, or -1 and @why if out of memory. */
int names_read(struct snapshot *snap, struct failure *why);

#endif /* READER_RECORDED_NAMES_H */
