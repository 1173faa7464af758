/* SPDX-License-Identifier: GPL-2.0 */
/* The cgroup whose limit was reached. */
#ifndef READER_OOM_LIMITED_H
#define READER_OOM_LIMITED_H

#include "model/oom.h"
#include "report/report.h"

/* The path of the cgroup, as @view names it; NULL: it is not known whose limit was reached. */
const char *limited_path(const struct view *view, const struct oom *oom);

/*
 * Shows what was charged to it at the kill of @oom and, unless it was recorded, what is now, and
 * whether @victim, which may be NULL, fits again.
 */
void limited_report(struct report *report, const struct oom *oom,
		    const struct oom_victim *victim);

#endif /* READER_OOM_LIMITED_H */
