/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of users and cgroups in a record.
 */
#ifndef READER_RECORDED_NAMES_H
#define READER_RECORDED_NAMES_H

#include "model/snapshot.h"

/* Gives @snap the recorded names, and command lines, in these texts. */
void names_read(struct snapshot *snap);

#endif /* READER_RECORDED_NAMES_H */
