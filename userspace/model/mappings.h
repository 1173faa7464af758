/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mappings of many processes, put together by name or by process.
 *
 * What is put together are sums: a page that two mappings of one name hold is
 * in RSS twice, and in PSS by halves; USS is what one process alone holds.
 */
#ifndef READER_MAPPINGS_H
#define READER_MAPPINGS_H

#include "lib/filter.h"
#include "model/snapshot.h"

/* What a mapping without a name is called. */
#define MAPPING_UNNAMED	"[ anon ]"

const char *mapping_name(const struct vma *vma);

/* Leaves the mappings whose name matches. */
void mappings_select(struct snapshot *snap, const struct filter *match);

/* Fills @snap->mappings out of @snap->vmas. 0, or -1 without memory. */
int mappings_sum(struct snapshot *snap);

/*
 * Has each task hold what its mappings in @snap->vmas hold, and leaves out
 * those that have none.  Figures that mappings have not are not known.  0, or -1
 * without memory.
 */
int mappings_narrow_tasks(struct snapshot *snap);

#endif /* READER_MAPPINGS_H */
