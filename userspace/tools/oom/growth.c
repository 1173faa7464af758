// SPDX-License-Identifier: GPL-2.0
/* What grew before an OOM kill, by the censuses of a record. */
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

static double seconds_before(const struct oom_growth *growth, const struct snapshot *snap)
{
	return (double)oom_after(growth->oom->oom, &snap->scan) / 1e9;
}

void oom_growth_report(const struct oom_growth *growth, const char *within, struct report *report)
{
	struct changes changes = growth->changes;
	const bool all = report->options->all || report->options->json;

	if (!growth->before) {
		REPORT(report, { "growth", SECTION_NULL, .note =
			report_text(report,
				    "\nThe record has %s before the kill: what grew is unknown.\n",
				    growth->after ? "one census" : growth->rebooted ?
				    "no census of this boot" : "no census") });
		return;
	}
	changes.within = all ? NULL : within;
	REPORT(report, { .name = "growth", .shape = SECTION_OPEN });
	report_window(report, growth->before, growth->after);
	REPORT(report,
	       { "tasks", .type = &change_rows,
		 .title = report_text(report,
				      "What changed from census %llu of the record, %.1f s before the kill, to census %llu, %.1f s before it%s",
				      (unsigned long long)growth->first,
				      seconds_before(growth, growth->before),
				      (unsigned long long)growth->last,
				      seconds_before(growth, growth->after),
				      all ? "" : ", the 10 largest changes"),
		 .columns = "pid user change swap uss pss rss comm cgroup_path",
		 .rows = ROWS(changes.rows, changes.n_rows), .sort = "size",
		 .filter = changes.within ? change_is_within : NULL, .about = &changes,
		 .most = all ? 0 : OOM_SHOWN });
	changes_report(&changes, all ? 0 : OOM_SHOWN, report);
	REPORT(report, { .shape = SECTION_CLOSE });
}
