/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of the descriptors of processes of this machine. */
#ifndef READER_BRIEF_DESCRIPTORS_H
#define READER_BRIEF_DESCRIPTORS_H

#include "brief/gather.h"

void facts_of_descriptors(struct brief *brief, const struct snapshot *snap,
			  struct brief_ask *ask);

#endif /* READER_BRIEF_DESCRIPTORS_H */
