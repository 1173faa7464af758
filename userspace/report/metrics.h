/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A snapshot as metrics.
 *
 * Names come from the columns: memcensus_ZONE_FREE_bytes is column "free" of a zone.
 * A figure that is added to the columns becomes a metric too.  Units are base units:
 * bytes, seconds, ratios.  Unknown values have no sample.
 */
#ifndef READER_METRICS_H
#define READER_METRICS_H

#include "lib/exposition.h"
#include "model/called-groups.h"
#include "model/columns.h"

/*
 * The module, the census, the breakdown of MemTotal, zones, nodes, totals, and the cost of
 * the @n censuses in @snaps, of which @view->snap is the first.
 */
void metrics_system(struct exposition *om, const struct view *view,
		    struct snapshot *const *snaps, size_t n);

/*
 * The groups of @view->snap, all by one key: users, cgroups or commands, or what called_groups()
 * made of cgroups, @by.  The USS of a group counts each frame once.  Cgroups with others below them
 * are subtrees, under names of their own, so that the others add up.  At most @most of them, 0:
 * any, have samples; returns how many have none.
 */
size_t metrics_groups(struct exposition *om, const struct view *view, size_t most,
		      enum called_by by);

/* How many groups had no samples, of all kinds. */
void metrics_left_out(struct exposition *om, size_t n);

/*
 * The @n tasks with the largest PSS, labelled with their PIDs: each process that comes
 * and goes adds a series.
 */
void metrics_tasks(struct exposition *om, const struct view *view, size_t n);

#endif /* READER_METRICS_H */
