// SPDX-License-Identifier: GPL-2.0
/* What grew before an OOM kill, by the censuses of a record. */
#include "lib/signals.h"
#include "tools/oom/growth.h"

/* Reads the first intact census from @at on, by @step; NULL: there is none, or @why. */
static struct snapshot *take_census(struct recorded_kills *kills, size_t *at, int step,
				    size_t end, struct failure *why)
{
	struct snapshot *snap;
	int ret;

	why->kind = FAIL_NONE;
	for (; *at != end; *at += step) {
		snap = snapshot_new();
		ret = record_file_read(&kills->file, &kills->entries[*at], snap, why);
		if (ret > 0 && snap->has_scan)
			return snap;
		snapshot_free(snap);
		if (ret < 0)
			return NULL;
	}
	return NULL;
}

static bool is_in_boot(const struct snapshot *snap, const struct kill *kill)
{
	return changes_in_boot(snap, kill->realtime, kill->boottime);
}

/* One during which the process was killed has a part of what came after. */
static bool ends_before(const struct snapshot *snap, const struct kill *kill)
{
	const uint64_t wall = KNOWN(&snap->scan, MEMCENSUS_SCAN_WALL_NS) ? snap->scan.wall : 0;

	return kill_after(kill, &snap->scan) >= (int64_t)wall;
}

/*
 * Finds the last census before the kill, from the one with which the kill was recorded, which is of
 * its boot, back; @at: its place.
 */
static void find_after(struct oom_growth *growth, struct recorded_kills *kills, size_t *at,
		       struct failure *why)
{
	const struct recorded_kill *kill = growth->kill;
	const struct record_entry *v = kills->entries;
	struct snapshot *snap, *later = NULL;
	size_t own;

	while (*at && v[*at - 1].offset > kill->offset)
		--*at;
	own = kill->offset == UINT64_MAX ? SIZE_MAX : *at - 1;
	while (*at && !growth->rebooted) {
		--*at;
		snap = take_census(kills, at, -1, (size_t)-1, why);
		if (!snap)
			break;
		growth->rebooted = later ? !changes_one_boot(snap, later) :
			*at != own && !is_in_boot(snap, kill->kill);
		snapshot_free(later);
		later = snap;
		if (!growth->rebooted && ends_before(snap, kill->kill)) {
			growth->after = snap;
			return;
		}
	}
	snapshot_free(later);
}

/* What came back is known when the victim has gone. */
#define GONE_AFTER	NSEC_PER_SEC
/* Censuses behind a kill that are read for that. */
#define NEXT_MOST	100

/* Finds the one after the kill, from @at on. */
static void find_next(struct oom_growth *growth, struct recorded_kills *kills, size_t at,
		      struct failure *why)
{
	const size_t end = kills->n_entries - at < NEXT_MOST ? kills->n_entries : at + NEXT_MOST;
	const struct kill *kill = growth->kill->kill;
	struct snapshot *snap;
	int64_t since;

	for (; at < end && (snap = take_census(kills, &at, 1, end, why)); at++) {
		since = -kill_after(kill, &snap->scan);
		if (since <= 0) {
			snapshot_free(snap);
			continue;
		}
		if (!(growth->after ? changes_one_boot(growth->after, snap) :
				      is_in_boot(snap, kill))) {
			snapshot_free(snap);
			return;
		}
		snapshot_free(growth->next);
		growth->next = snap;
		if (since >= (int64_t)GONE_AFTER)
			return;
	}
}

int oom_growth_find(struct oom_growth *growth, struct recorded_kills *kills,
		    const struct recorded_kill *kill, uint64_t span, struct failure *why)
{
	const struct record_entry *v = kills->entries;
	size_t first = 0, last = kills->n_entries;
	uint64_t moment;

	*growth = (struct oom_growth){ .kill = kill };
	why->kind = FAIL_NONE;
	find_after(growth, kills, &last, why);
	if (why->kind == FAIL_NONE)
		find_next(growth, kills, last, why);
	if (!growth->after || why->kind != FAIL_NONE)
		return why->kind == FAIL_NONE ? 0 : -1;
	growth->last = v[last].number;
	/* By the clock of the last census. */
	moment = v[last].time + (uint64_t)kill_after(kill->kill, &growth->after->scan);
	while (first < last && v[first].time + span < moment)
		first++;
	/* If all are earlier, that clock may have been set. */
	first -= first && first == last;
	for (; first < last; first++) {
		growth->before = take_census(kills, &first, 1, last, why);
		if (!growth->before)
			return why->kind == FAIL_NONE ? 0 : -1;
		if (changes_one_boot(growth->before, growth->after) &&
		    growth->before->scan.boottime < growth->after->scan.boottime &&
		    kill_after(kill->kill, &growth->before->scan) <= (int64_t)span)
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
	snapshot_free(growth->next);
}

const char *growth_age(struct report *report, int64_t ns)
{
	const double seconds = (double)ns / 1e9;

	return report_text(report, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
}

static const char *age_of(struct report *report, const struct oom_growth *growth,
			  const struct snapshot *snap)
{
	return growth_age(report, kill_after(growth->kill->kill, &snap->scan));
}

void oom_growth_report(const struct oom_growth *growth, const char *within, struct report *report)
{
	struct changes changes = growth->changes;
	const bool all = report->options->all || report->options->json;

	if (!growth->before) {
		REPORT(report, { .name = "growth", .shape = SECTION_NULL });
		return;
	}
	changes.within = all ? NULL : within;
	REPORT(report, { .name = "growth", .shape = SECTION_OPEN });
	report_window(report, growth->before, growth->after);
	REPORT(report,
	       { "tasks", .type = &change_rows,
		 .title = report_text(report,
				      "What changed from census %llu of the record, %s before the kill, to census %llu, %s before it%s",
				      (unsigned long long)growth->first,
				      age_of(report, growth, growth->before),
				      (unsigned long long)growth->last,
				      age_of(report, growth, growth->after),
				      all ? "" : ", the 10 largest changes"),
		 .columns = "pid user change swap uss pss rss comm cgroup_name",
		 .rows = ROWS(changes.rows, changes.n_rows), .sort = "size",
		 .filter = changes.within ? change_is_within : NULL, .about = &changes,
		 .most = all ? 0 : OOM_SHOWN });
	changes_report(&changes, all ? 0 : OOM_SHOWN, report);
	REPORT(report, { .shape = SECTION_CLOSE });
}
