/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'map --smaps': mappings in the form of /proc/PID/smaps.
 */
#ifndef READER_SMAPS_COMMAND_H
#define READER_SMAPS_COMMAND_H

#include "cli/command.h"

/* Every figure of the mappings in @snap, as in smaps. */
void smaps_show(const struct snapshot *snap, FILE *out);

#endif /* READER_SMAPS_COMMAND_H */
