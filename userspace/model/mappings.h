/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mappings of many processes, summed by name or by process.
 *
 * A page in two mappings of one name counts twice in the RSS of that name, and
 * twice one half in its PSS.  USS counts pages exclusive to one process.
 */
#ifndef READER_MAPPINGS_H
#define READER_MAPPINGS_H

#include "lib/filter.h"
#include "model/snapshot.h"

/* Keeps only the mappings whose name matches. */
void mappings_select(struct snapshot *snap, const struct filter *match);

/* Fills @snap->mappings from @snap->vmas. */
void mappings_sum(struct snapshot *snap);

/*
 * Replaces each task's figures by the sums over its mappings in @snap->vmas, and
 * drops tasks that have none there.  Figures that mappings lack become unknown.
 */
void mappings_narrow_tasks(struct snapshot *snap);

#endif /* READER_MAPPINGS_H */
