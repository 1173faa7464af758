/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of two censuses of one machine: what grew from the first to the last. */
#ifndef READER_BRIEF_GROWTH_H
#define READER_BRIEF_GROWTH_H

#include "brief/gather.h"

void facts_of_growth(struct brief *brief, const struct snapshot *first,
		     const struct snapshot *last);

/* The record that memcensus-record.service keeps on this machine; NULL: there is none to read. */
const char *growth_record(void);

#endif /* READER_BRIEF_GROWTH_H */
