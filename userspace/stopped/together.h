/* SPDX-License-Identifier: GPL-2.0 */
/* What ends with some processes together, and with the cgroups that they are of. */
#ifndef READER_TOGETHER_H
#define READER_TOGETHER_H

#include "stopped/stopping.h"

/*
 * Adds up what ends with @s->pids and @s->cgroups, as the one group of @s->sums.  0, or -1 and
 * @why.
 */
int together_add(struct stopping *s, struct failure *why);

#endif /* READER_TOGETHER_H */
