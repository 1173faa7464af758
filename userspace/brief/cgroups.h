/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of the cgroups of a census by cgroup; if @live, also of files of these. */
#ifndef READER_BRIEF_CGROUPS_H
#define READER_BRIEF_CGROUPS_H

#include "brief/gather.h"

void facts_of_cgroups(struct brief *brief, const struct snapshot *snap, bool live);

#endif /* READER_BRIEF_CGROUPS_H */
