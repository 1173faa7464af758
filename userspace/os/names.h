/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users, and of cgroups of the default hierarchy, on this machine.
 */
#ifndef READER_NAMES_H
#define READER_NAMES_H

#include "lib/failure.h"
#include "model/snapshot.h"

/* Gives @snap the names of this machine, by name_live(). */
void names_live(struct snapshot *snap);

/* Each name is looked up once, and valid until names_forget().  Needs no snapshot. */
naming_fn name_live;

/* Frees them: a long-running program would keep the names of removed cgroups. */
void names_forget(void);

#endif /* READER_NAMES_H */
