/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users and cgroups, and command lines, in a record.
 */
#ifndef READER_RECORDED_NAMES_H
#define READER_RECORDED_NAMES_H

#include "model/snapshot.h"

/* Gives @snap the recorded names, and command lines, in these texts. */
void names_read(struct snapshot *snap);

/*
 * Adds the names of the users and cgroups in @snap to @snap->proc_texts, as known on this machine;
 * and the PID of this program.
 */
void names_write(struct snapshot *snap);

/* Adds the command lines of the tasks in @snap to @snap->proc_texts, at least one text. */
void cmdlines_write(struct snapshot *snap);

#endif /* READER_RECORDED_NAMES_H */
