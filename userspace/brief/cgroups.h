/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of the cgroups of a census by cgroup; if @live, also of files of these. */
#ifndef READER_BRIEF_CGROUPS_H
#define READER_BRIEF_CGROUPS_H

#include "brief/gather.h"

void facts_of_cgroups(struct brief *brief, const struct snapshot *snap, bool live);

/*
 * What each group of @snap is charged for, without those below it: CHARGE_TOTAL, CHARGE_SWAP and
 * the kinds that these consist of.  The caller frees it.
 */
struct charges *cgroups_own(const struct snapshot *snap);

#endif /* READER_BRIEF_CGROUPS_H */
