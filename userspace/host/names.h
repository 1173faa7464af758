/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users and cgroups on this machine.
 */
#ifndef READER_NAMES_H
#define READER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

/*
 * The name of user @uid, or its number in decimal if @numeric or if it has no
 * name.  Each is looked up once; the text is valid until names_forget().
 */
const char *user_name(uint64_t uid, bool numeric);

/* Gives @snap the names of this machine, valid until names_forget(). */
void names_live(struct snapshot *snap);

/* Frees them: a long-running program would keep the names of removed cgroups. */
void names_forget(void);

#endif /* READER_NAMES_H */
