/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of a census alone: processes, and the parts of MemTotal. */
#ifndef READER_BRIEF_CENSUS_H
#define READER_BRIEF_CENSUS_H

#include "brief/gather.h"

void facts_of_processes(struct brief *brief, const struct snapshot *snap);
void facts_of_system(struct brief *brief, const struct snapshot *snap);

#endif /* READER_BRIEF_CENSUS_H */
