/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which limits processes that grow will meet, and when.
 */
#ifndef READER_LEAK_AHEAD_H
#define READER_LEAK_AHEAD_H

#include "tools/leak/judge.h"

/*
 * Collects all limits that matter to the suspects of @report into it, and how fast each is used up
 * by all of them.  leak_judge() comes first.
 */
void leak_find_limits(struct leak_report *report);

/*
 * The limits that @suspect meets first, none of a region.  False if others may come before, because
 * those of cgroups are unknown.
 */
bool leak_ahead(const struct leak_report *report, const struct suspect *suspect,
		struct limit_ahead ahead[2]);

/* Whether a process that grows takes more and more of what @use is about. */
bool leak_takes(const struct leak_report *report, enum limit_use use);

#endif /* READER_LEAK_AHEAD_H */
