/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of limits, of a census and its texts; of this machine, also of files of processes. */
#ifndef READER_BRIEF_LIMITS_H
#define READER_BRIEF_LIMITS_H

#include "brief/gather.h"

void facts_of_limits(struct brief *brief, const struct snapshot *snap, struct brief_ask *ask);
void facts_of_hugepages(struct brief *brief, const struct snapshot *snap);

#endif /* READER_BRIEF_LIMITS_H */
