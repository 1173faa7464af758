/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What changed from one census to another: processes, cgroups and totals of the system.
 */
#ifndef READER_CHANGES_H
#define READER_CHANGES_H

#include "report/report.h"

/* The change of a process; by PSS if it is in both censuses. */
enum diff_change {
	DIFF_UNKNOWN,
	DIFF_SAME,
	DIFF_NEW,
	DIFF_GONE,
	DIFF_GROWN,
	DIFF_SHRUNK,
	DIFF_CHANGED,		/* PSS is the same, another figure is not */
	DIFF_MOVED,		/* in one, it is outside of the cgroup that was selected */
};

/**
 * struct change - a process
 * @before, @after: its rows in the two censuses; NULL where it is missing
 * @outside: its row where it is outside of the cgroup that was selected, and so missing; or NULL
 * @snap: the later census that has it; it provides the names
 */
struct change {
	const struct task *before;
	const struct task *after;
	const struct task *outside;
	const struct snapshot *snap;
};

/* The later row of a process that is in one census at least. */
const struct task *change_task(const struct change *row);

/* Whether @row, a struct change, changed by a KiB: tables of KiB show no less. */
bool change_tells(const void *unused, const void *row);

/* Whether @row, a struct change, is shown with the @within of @changes, a struct changes. */
bool change_is_within(const void *changes, const void *row);

/* The columns of such a row. */
extern const struct row_type change_rows;

/**
 * struct changes - between two censuses
 * @before, @after: owned by the caller
 * @any_order: the later one may be @before, and is by the clock
 * @within: only cgroups at and below this path are shown, and not the system; NULL: all
 * @two_boots: of two boots, so that no process is in both; set by changes_find()
 * @rows, @n_rows: changed processes; owned
 */
struct changes {
	const struct snapshot *before;
	const struct snapshot *after;
	bool any_order;
	const char *within;
	bool two_boots;
	struct change *rows;
	size_t n_rows;
};

/* Fills @rows by the two censuses. */
void changes_find(struct changes *changes);
void changes_free(struct changes *changes);

/*
 * Shows the cgroups and the figures of the system that changed; in JSON, all, as "cgroups" and
 * "system".  @most: only so many cgroups; 0: all.
 */
void changes_report(const struct changes *changes, size_t most, struct report *report);

/**
 * struct cgroup_change - a cgroup, without those below it
 * @id: its number
 * @snap: the later census that has it; it has its path
 * @path: of two boots: by which it is found in both; else, or if it has none, NULL
 * @was: it is in the first census
 * @rebooted: of two boots: it is found in the second one alone, if it has no path
 * @before, @after: sum of PSS and swap of its processes
 * @charged_before, @charged_after: what is charged to it and to those below it
 * @growth, @charged_growth: the changes of these
 */
struct cgroup_change {
	uint64_t id;
	const struct snapshot *snap;
	const char *path;
	bool was;
	bool rebooted;
	struct amount before;
	struct amount after;
	struct amount growth;
	struct amount charged_before;
	struct amount charged_after;
	struct amount charged_growth;
};

/* The columns of such a row. */
extern const struct row_type cgroup_change_rows;

/*
 * Whether @snap is of the boot of a moment, ns since 1970 and since boot, if the clock was not set
 * by more than a minute.  One that is later by the clock and sooner after its boot is of another.
 */
bool changes_in_boot(const struct snapshot *snap, uint64_t realtime, uint64_t boottime);

/* Whether @a and @b, the later one, are of one boot: the same, or they have a process in common. */
bool changes_one_boot(const struct snapshot *a, const struct snapshot *b);

#endif /* READER_CHANGES_H */
