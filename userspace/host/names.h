/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users and cgroups: of this machine, or of the one where a record
 * was made.
 */
#ifndef READER_NAMES_H
#define READER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/failure.h"
#include "model/snapshot.h"

/*
 * The name of user @uid, or its number in decimal where @numeric or where it
 * has none.  Each is looked up once; the text lives until names_forget().
 */
const char *user_name(uint64_t uid, bool numeric);

/* Gives @snap the names of this machine, which live until names_forget(). */
void names_live(struct snapshot *snap);

/* Frees them: programs that run for long would keep those of removed cgroups. */
void names_forget(void);

/*
 * Adds to @snap, as texts beside it, the names that this machine has for the
 * users and cgroups in it.  0, or -1 and @why without memory.
 */
int names_write(struct snapshot *snap, struct failure *why);

/* Gives @snap the names in these texts, of a record. 0, or -1 and @why without memory. */
int names_read(struct snapshot *snap, struct failure *why);

#endif /* READER_NAMES_H */
