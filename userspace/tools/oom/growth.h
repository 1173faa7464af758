/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What grew before an OOM kill, by the censuses of a record.
 */
#ifndef READER_OOM_GROWTH_H
#define READER_OOM_GROWTH_H

#include "report/changes.h"
#include "tools/oom/recorded.h"

/* Processes and cgroups that are shown without --all. */
#define OOM_SHOWN		10
/* How long before a kill the comparison begins, ns. */
#define OOM_GROWTH_SPAN		UINT64_C(600000000000)

/**
 * struct oom_growth - from one census of a record to the last one before a kill
 * @kill: the kill, with its victims
 * @first, @last: numbers of the two in the record
 * @before, @after: the censuses; NULL: there is none; owned
 * @next: the first one that began a second after the kill, or the last one after it; likewise
 * @rebooted: there is a census before the kill, but of an earlier boot
 * @changes: between them, if there are two
 */
struct oom_growth {
	const struct recorded_kill *kill;
	uint64_t first;
	uint64_t last;
	struct snapshot *before;
	struct snapshot *after;
	struct snapshot *next;
	bool rebooted;
	struct changes changes;
};

/*
 * Finds the last census before @kill in @kills, the first one that is at most @span ns before it,
 * and one after it; all of its boot.  0, or -1 and @why; call oom_growth_free() in both cases.
 */
int oom_growth_find(struct oom_growth *growth, struct recorded_kills *kills,
		    const struct recorded_kill *kill, uint64_t span, struct failure *why);
void oom_growth_free(struct oom_growth *growth);

/* An age in words; valid as long as @report. */
const char *growth_age(struct report *report, int64_t ns);

/*
 * Shows it; in JSON, the object "growth", or null.  @within: the path of a cgroup, to which tables
 * without --all are narrowed; NULL: none.
 */
void oom_growth_report(const struct oom_growth *growth, const char *within, struct report *report);

#endif /* READER_OOM_GROWTH_H */
