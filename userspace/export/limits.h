/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits of cgroups as metrics.
 */
#ifndef READER_EXPORT_LIMITS_H
#define READER_EXPORT_LIMITS_H

#include "lib/openmetrics.h"
#include "model/snapshot.h"

/*
 * For each cgroup of this machine that is a group of @snap, or above one, and has a
 * memory.max: that limit, and memory.current.
 */
void export_limits(struct openmetrics *om, const struct snapshot *snap);

#endif /* READER_EXPORT_LIMITS_H */
