/* SPDX-License-Identifier: GPL-2.0 */
/* The cgroup whose limit was reached. */
#ifndef READER_OOM_LIMITED_H
#define READER_OOM_LIMITED_H

#include "model/kill.h"
#include "report/report.h"

/*
 * Shows what was charged to it: at the kill, and in the censuses @before and @after it; NULL: there
 * is none.
 */
void limited_report(struct report *report, const struct kill *kill,
		    const struct snapshot *before, const struct snapshot *after);

#endif /* READER_OOM_LIMITED_H */
