/* SPDX-License-Identifier: GPL-2.0 */
/* What the memory of the machine, or of its nodes, was used for around a kill. */
#ifndef READER_OOM_MEMORY_H
#define READER_OOM_MEMORY_H

#include "model/kill.h"
#include "report/report.h"

/*
 * Shows the parts of it, which add up: at the kill, and of the machine in the censuses @before and
 * @after it, which may be NULL.  A row has what no counter says.
 */
void oom_memory_report(struct report *report, const struct kill *kill,
		       const struct snapshot *before, const struct snapshot *after);

#endif /* READER_OOM_MEMORY_H */
