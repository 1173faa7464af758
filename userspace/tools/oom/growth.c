// SPDX-License-Identifier: GPL-2.0
/* What grew before an OOM kill, by the censuses of a record. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/oom.h"
#include "tools/oom/growth.h"

/* Reads the first intact census from @at on, by @step; NULL: there is none, or @why. */
static struct snapshot *take_census_before(struct recorded_ooms *ooms, size_t *at, int step,
					   size_t end, struct failure *why)
{
	struct snapshot *snap;
	int ret;

	why->kind = FAIL_NONE;
	for (; *at != end; *at += step) {
		snap = snapshot_new();
		ret = record_file_read(&ooms->file, &ooms->entries[*at], snap, why);
		if (ret > 0 && snap->has_scan)
			return snap;
		snapshot_free(snap);
		if (ret < 0)
			return NULL;
	}
	return NULL;
}

/* One during which the process was killed has a part of what came after. */
static bool ends_before(const struct snapshot *snap, const struct oom *oom)
{
	const uint64_t wall = KNOWN(&snap->scan, MEMCENSUS_SCAN_WALL_NS) ? snap->scan.wall : 0;

	return oom_after(oom, &snap->scan) >= (int64_t)wall;
}

/*
 * Finds the last census before the kill, from the one with which the kill was recorded, back;
 * @at: its place.
 */
static void find_after(struct oom_growth *growth, struct recorded_ooms *ooms, size_t *at,
		       struct failure *why)
{
	const struct recorded_oom *oom = growth->oom;
	const struct record_entry *v = ooms->entries;
	struct snapshot *snap, *later = NULL;

	while (*at && v[*at - 1].offset > oom->offset)
		--*at;
	while (*at && !growth->rebooted) {
		--*at;
		snap = take_census_before(ooms, at, -1, (size_t)-1, why);
		if (!snap)
			break;
		growth->rebooted = later ? !changes_one_boot(snap, later) :
			v[*at].number != oom->census &&
			!changes_in_boot(snap, oom->oom->realtime, oom->oom->boottime);
		snapshot_free(later);
		later = snap;
		if (!growth->rebooted && ends_before(snap, oom->oom)) {
			growth->after = snap;
			return;
		}
	}
	snapshot_free(later);
}

int oom_growth_find(struct oom_growth *growth, struct recorded_ooms *ooms,
		    const struct recorded_oom *oom, uint64_t span, struct failure *why)
{
	const struct record_entry *v = ooms->entries;
	size_t first = 0, last = ooms->n_entries;
	uint64_t kill;

	*growth = (struct oom_growth){ .oom = oom };
	why->kind = FAIL_NONE;
	find_after(growth, ooms, &last, why);
	if (!growth->after)
		return why->kind == FAIL_NONE ? 0 : -1;
	growth->last = v[last].number;
	/* By the clock of the last census. */
	kill = v[last].time + (uint64_t)oom_after(oom->oom, &growth->after->scan);
	while (first < last && v[first].time + span < kill)
		first++;
	/* If all are earlier, that clock may have been set. */
	first -= first && first == last;
	for (; first < last; first++) {
		growth->before = take_census_before(ooms, &first, 1, last, why);
		if (!growth->before)
			return why->kind == FAIL_NONE ? 0 : -1;
		if (changes_one_boot(growth->before, growth->after) &&
		    growth->before->scan.boottime < growth->after->scan.boottime &&
		    oom_after(oom->oom, &growth->before->scan) <= (int64_t)span)
			break;
		snapshot_free(growth->before);
		growth->before = NULL;
	}
	if (!growth->before)
		return 0;
	growth->first = v[first].number;
	growth->changes.before = growth->before;
	growth->changes.after = growth->after;
	changes_find(&growth->changes);
	return 0;
}

void oom_growth_free(struct oom_growth *growth)
{
	changes_free(&growth->changes);
	snapshot_free(growth->before);
	snapshot_free(growth->after);
}

/**
 * struct grown - a process that changed
 * @growth: how much it has more, PSS and swap
 * @killed: it is a victim, and was not dying before
 * @end: how it ended, if it is a victim; else NULL
 */
struct grown {
	const struct change *change;
	struct amount growth;
	uint64_t killed;
	const char *end;
};

static const struct column grown_columns[] = {
	MEMBER_AMOUNT(grown, "growth", NULL, growth, "how much it has more, PSS and swap"),
	MEMBER(grown, "killed", NULL, killed, BOOL, "whether it was killed"),
	MEMBER(grown, "end", "Killed", end, TEXT, "how it was killed"),
};

static const struct record_type grown_record = RECORDS_OF("process that grew", grown_columns);

/* The victim of @oom that @task was; NULL: it was none. */
static const struct oom_victim *victim_of(const struct recorded_oom *oom, const struct task *task)
{
	const struct oom_victim *victim = oom->snap->oom_victims;
	size_t i;

	for (i = 0; i < oom->snap->n_oom_victims; i++, victim++)
		if (victim->oom == oom->oom->number && victim->pid == task->pid &&
		    (!KNOWN(victim, MEMCENSUS_OOM_VICTIM_START_NS) || victim->start == task->start))
			return victim;
	return NULL;
}

/* A row for each of the changes; the caller frees. */
static struct grown *grown(const struct oom_growth *growth, size_t *unknown)
{
	const struct changes *changes = &growth->changes;
	struct grown *rows = xcalloc(changes->n_rows + 1, sizeof(*rows)), *row = rows;
	const struct oom_victim *victim;
	size_t i;

	*unknown = 0;
	for (i = 0; i < changes->n_rows; i++, row++) {
		row->change = &changes->rows[i];
		row->growth = change_growth(row->change);
		victim = victim_of(growth->oom, change_task(row->change));
		row->killed = victim && !victim->dying;
		row->end = victim ? oom_victim_end(victim) : NULL;
		*unknown += !row->growth.known;
	}
	return rows;
}

static bool has_grown(const void *about, const void *row)
{
	const struct amount growth = ((const struct grown *)row)->growth;

	(void)about;
	return growth.known && growth.bytes > 0;
}

static bool may_have_grown(const void *about, const void *row)
{
	(void)about;
	return cgroup_may_have_grown(row);
}

static double seconds_before(const struct oom_growth *growth, const struct snapshot *snap)
{
	return (double)oom_after(growth->oom->oom, &snap->scan) / 1e9;
}

/* Most last in tables, most first in JSON. */
static void report_rows(const struct oom_growth *growth, struct report *report)
{
	const bool json = report->options->json, all = report->options->all || json;
	size_t unknown, n_cgroups;
	struct grown *rows = grown(growth, &unknown);
	struct cgroup_change *cgroups = changes_of_cgroups(&growth->changes, &n_cgroups);

	REPORT(report,
	       { "tasks", .type = &grown_record, .joins = { JOIN(change_record, grown, change) },
		 .title = report_text(report,
				      "Processes that grew from census %llu of the record, %.1f s before the kill, to census %llu, %.1f s before it%s",
				      (unsigned long long)growth->first,
				      seconds_before(growth, growth->before),
				      (unsigned long long)growth->last,
				      seconds_before(growth, growth->after),
				      all ? "" : ", the 10 that grew most"),
		 .columns = "pid user change pss_before pss_after pss swap end comm cgroup_path",
		 .members =
			 "pid user comm cgroup_path start_ns change pss_before pss_after pss swap growth killed",
		 .rows = ROWS(rows, growth->changes.n_rows), .backwards = json,
		 .filter = has_grown, .sort = "growth", .most = all ? 0 : OOM_SHOWN,
		 .note = unknown ? report_text(report, "%zu processes could not be compared\n",
					       unknown) : NULL },
	       { "not_compared", SECTION_NUMBER, .number = { true, (int64_t)unknown } },
	       { "cgroups", .type = &cgroup_change_record, .backwards = !json,
		 .title =
			 "Cgroups that grew in this time: PSS and swap of their processes, and what is charged",
		 .columns =
			 "before after growth charged_before charged_after charged_growth cgroup_path",
		 .members = "cgroup cgroup_path before after growth charged_before charged_after",
		 .rows = ROWS(cgroups, all || n_cgroups < OOM_SHOWN ? n_cgroups : OOM_SHOWN),
		 .filter = all ? NULL : may_have_grown });
	changes_report_system(&growth->changes, "The system in this time", report);
	free(cgroups);
	free(rows);
}

void oom_growth_report(const struct oom_growth *growth, struct report *report)
{
	if (!growth->before) {
		REPORT(report, { "growth", SECTION_NULL, .note =
			report_text(report,
				    "\nThe record has %s before the kill: what grew is unknown.\n",
				    growth->after ? "one census" : growth->rebooted ?
				    "no census of this boot" : "no census") });
		return;
	}
	REPORT(report, { .name = "growth", .shape = SECTION_OPEN });
	report_window(report, growth->before, growth->after);
	report_rows(growth, report);
	REPORT(report, { .shape = SECTION_CLOSE });
}
