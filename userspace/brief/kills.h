/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of the log of this machine: OOM kills. */
#ifndef READER_BRIEF_KILLS_H
#define READER_BRIEF_KILLS_H

#include "brief/gather.h"

void facts_of_kills(struct brief *brief, const struct snapshot *snap);

#endif /* READER_BRIEF_KILLS_H */
