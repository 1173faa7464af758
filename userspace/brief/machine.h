/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of files of /proc and /sys that are about this machine as a whole. */
#ifndef READER_BRIEF_MACHINE_H
#define READER_BRIEF_MACHINE_H

#include "brief/gather.h"

void facts_of_machine(struct brief *brief, const struct snapshot *snap, struct brief_ask *ask);

#endif /* READER_BRIEF_MACHINE_H */
