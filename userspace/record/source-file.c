// SPDX-License-Identifier: GPL-2.0
/* A record as a source: selects a census, and checks that it answers the request. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "model/columns.h"
#include "model/format.h"
#include "record/record-file.h"
#include "record/source-file.h"
#include "wire/source.h"

/**
 * struct file - a record
 * @narrow: it reads only the censuses of @window
 * @entries: places of all of them, @n, if some are selected and the file is seekable;
 *	owned
 * @next: number of @entries passed
 * @first, @last: the first and the last that was passed to select one
 * @taken: censuses returned so far
 */
struct file {
	struct source source;
	struct record_file record;
	struct selection selection;
	bool narrow;
	struct window window;
	struct record_entry *entries;
	size_t n;
	size_t next;
	struct record_entry first;
	struct record_entry last;
	uint64_t taken;
};

/* Fails with the range of censuses that the record has. */
static int no_such(const struct file *file, struct failure *why)
{
	char from[TIME_SIZE], to[TIME_SIZE];

	if (!file->last.number && file->record.newer)
		return fail(why, FAIL_VERSION,
			    "'%.200s' has record format %u, this reader reads %d: use a newer reader",
			    file->record.path, file->record.newer, CHUNK_VERSION);
	if (!file->last.number)
		return fail(why, FAIL_LOST, file->record.reader.found ?
			    "'%.200s' has no complete census" : "'%.200s' is not a record",
			    file->record.path);
	time_text(from, file->first.time, true);
	time_text(to, file->last.time, true);
	return fail(why, FAIL_USAGE,
		    "'%.200s' has no such census: it has %" PRIu64 " to %" PRIu64 ", %s to %s",
		    file->record.path, file->first.number, file->last.number, from, to);
}

static bool is_wanted(struct selection selection, const struct record_entry *entry)
{
	switch (selection.kind) {
	case SELECTION_NUMBER:
		return entry->number == selection.value;
	case SELECTION_TIME:
		return entry->time <= selection.value;
	default:
		return true;
	}
}

static void pass_entry(struct file *file, const struct record_entry *entry)
{
	if (!file->first.number)
		file->first = *entry;
	file->last = *entry;
}

/* One end of a window, by number or time. */
static struct selection numbered(struct selection selection, const struct file *file)
{
	return selection_in(selection, file->first.number, file->last.number, file->last.time);
}

/* Reads where the censuses of a file are; 0, or -1 and @why. */
static int read_entries(struct file *file, struct failure *why)
{
	const int ret = record_file_entries(&file->record, &file->entries, &file->n, why);
	struct selection to;
	uint64_t begin;

	if (file->n) {
		file->first = file->entries[0];
		file->last = file->entries[file->n - 1];
	}
	file->selection = selection_at(file->selection, file->last.time);
	if (selection_is_later(file->selection, file->last.time))
		file->next = file->n;
	file->window.from = numbered(file->window.from, file);
	to = numbered(file->window.to, file);
	/* A window may end later than the record. */
	begin = file->window.from.kind == SELECTION_TIME ?
		file->window.from.value - file->window.from.span : file->first.time;
	file->window.to = to.kind == SELECTION_TIME && to.value < begin ?
			  selection_on_day(file->window.to, file->last.time) : to;
	return ret;
}

/*
 * Whether the census is in the window by the time that tables print, which is later than that
 * of @entry.
 */
static bool is_inside(const struct file *file, const struct record_entry *entry,
		      const struct snapshot *snap)
{
	return window_has(&file->window, entry->number,
			  KNOWN(&snap->scan, MEMCENSUS_SCAN_REALTIME_NS) ?
			  snap->scan.realtime : entry->time);
}

/* Whether the census at @entry may be one that is selected. */
static bool may_fit(const struct file *file, const struct record_entry *entry)
{
	if (!file->narrow)
		return is_wanted(file->selection, entry);
	return window_has(&file->window, entry->number, entry->time) ||
	       window_has(&file->window, entry->number, entry->time + SELECTION_CENSUS_MAX);
}

/*
 * Takes the next selected census of a file: 1, or 0 if there is none.  If one is damaged, tries
 * the next one that fits: the one before it for the last.
 */
static int feed_seeking(struct file *file, struct snapshot *snap,
			struct record_entry *entry, struct failure *why)
{
	const bool backwards = !file->narrow && file->selection.kind != SELECTION_FIRST;
	int ret = file->entries ? 0 : read_entries(file, why);

	while (!ret && file->next < file->n) {
		*entry = file->entries[backwards ? file->n - 1 - file->next : file->next];
		file->next++;
		if (!may_fit(file, entry))
			continue;
		ret = record_file_read(&file->record, entry, snap, why);
		if (ret > 0 && file->narrow && !is_inside(file, entry, snap))
			ret = 0;
	}
	return ret;
}

/* The next census of the window from a pipe, by numbers or times only. */
static int feed_window_passing(struct file *file, struct snapshot *snap,
			       struct record_entry *entry, struct failure *why)
{
	int ret;

	while ((ret = record_file_next(&file->record, snap, entry, why)) > 0) {
		pass_entry(file, entry);
		if (file->window.to.kind == SELECTION_FIRST)
			file->window.to = numbered(file->window.to, file);
		if (is_inside(file, entry, snap))
			break;
	}
	return ret;
}

/**
 * struct kept - a census that a pipe has passed
 * @snap: NULL: none yet
 * @before: of one that is the last before a time of the day: that time
 */
struct kept {
	struct snapshot *snap;
	struct record_entry entry;
	uint64_t before;
};

static void swap_snapshots(struct snapshot *a, struct snapshot *b)
{
	const struct snapshot other = *a;

	*a = *b;
	*b = other;
}

/* Keeps @snap as @kept; what was kept is in @snap. */
static void keep(struct kept *kept, struct snapshot *snap, const struct record_entry *entry)
{
	if (!kept->snap)
		kept->snap = snapshot_new();
	swap_snapshots(kept->snap, snap);
	kept->entry = *entry;
}

/*
 * A time of the day that is still to come when a census passes is meant only if the record reaches
 * it.
 */
static void choose_by_clock(struct selection clock, struct kept *best, struct kept *ahead,
			    struct snapshot *snap, const struct record_entry *entry)
{
	const struct selection today = selection_on_day(clock, entry->time);

	if (ahead->before && entry->time > ahead->before) {
		keep(best, ahead->snap, &ahead->entry);
		ahead->before = 0;
	}
	if (selection_is_later(today, entry->time)) {
		keep(ahead, snap, entry);
		ahead->before = today.value;
	} else if (is_wanted(today, entry)) {
		keep(best, snap, entry);
		ahead->before = 0;
	}
}

/* From a pipe: reads all censuses, and keeps the best so far. */
static int feed_passing(struct file *file, struct snapshot *snap,
			struct record_entry *entry, struct failure *why)
{
	const enum selection_kind kind = file->selection.kind;
	struct kept best = { .snap = NULL }, ahead = { .snap = NULL };
	struct snapshot *other = snapshot_new();
	struct record_entry next;
	bool found;
	int ret;

	while ((ret = record_file_next(&file->record, other, &next, why)) > 0) {
		pass_entry(file, &next);
		if (kind == SELECTION_CLOCK)
			choose_by_clock(file->selection, &best, &ahead, other, &next);
		else if (is_wanted(selection_at(file->selection, next.time), &next))
			keep(&best, other, &next);
		if (best.snap && (kind == SELECTION_FIRST || kind == SELECTION_NUMBER))
			break;
	}
	found = best.snap && !selection_is_later(file->selection, file->last.time);
	if (found) {
		swap_snapshots(snap, best.snap);
		*entry = best.entry;
	}
	snapshot_free(other);
	if (best.snap)
		snapshot_free(best.snap);
	if (ahead.snap)
		snapshot_free(ahead.snap);
	return ret < 0 ? -1 : found;
}

static const struct part {
	uint32_t bit;
	const char *what;
	const char *how;
} parts[] = {
	{ MEMCENSUS_PART_TASKS, "processes", "" },
	{ MEMCENSUS_PART_VMAS, "mappings", " --vmas --pid PID,..." },
	{ MEMCENSUS_PART_ZONES, "zones", "" },
	{ MEMCENSUS_PART_NODES, "nodes", "" },
};

static int check_parts(const struct snapshot *snap,
		       const struct request *request, struct failure *why)
{
	const uint32_t had = snap->asked.parts ?: REQUEST_DEFAULT_PARTS;
	const uint32_t wanted = request->parts ?: REQUEST_DEFAULT_PARTS;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (wanted & ~had & parts[i].bit)
			return fail(why, FAIL_REFUSED,
				    "the record has no %s: record again with 'memcensus record FILE%s'",
				    parts[i].what, parts[i].how);
	return 0;
}

static const struct by {
	const char *what;
	const char *how;
} groups[] = {
	[MEMCENSUS_BY_UID] = { "users", "-u" },
	[MEMCENSUS_BY_CGROUP] = { "cgroups", "-g" },
	[MEMCENSUS_BY_COMM] = { "commands", "--by command" },
	[MEMCENSUS_BY_PIDS] = { "these processes together",
				"--by all --pid PID,..." },
	[MEMCENSUS_BY_TREE] = { "trees", "--by tree" },
	[MEMCENSUS_BY_SESSION] = { "sessions", "--by session" },
};
_Static_assert(sizeof(groups) / sizeof(groups[0]) == MEMCENSUS_BY_MAX + 1,
	       "a kind of group has no name");

static bool same_pids(const struct numbers *asked, const struct request *request)
{
	size_t i, k;

	for (i = 0; i < asked->n; i++) {
		for (k = 0; k < request->pids.n && request->pids.v[k] != asked->v[i]; k++)
			;
		if (k == request->pids.n)
			return false;
	}
	return asked->n == request->pids.n;
}

/* Figures of groups cannot be computed from those of processes. */
static int check_groups(const struct snapshot *snap,
			const struct request *request, struct failure *why)
{
	if (!request->group_by)
		return 0;
	if (snap->asked.group_by == request->group_by &&
	    ((!request->pids.n && request->group_by != MEMCENSUS_BY_PIDS) ||
	     same_pids(&snap->asked.pids, request)))
		return 0;
	return fail(why, FAIL_REFUSED,
		    "the record has no figures of %s: record again with 'memcensus record FILE %s'",
		    groups[request->group_by].what, groups[request->group_by].how);
}

static bool find_pid(const struct snapshot *snap, uint64_t pid)
{
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		if (task_is_of(&snap->tasks[i], &pid, 1))
			return true;
	return false;
}

/* Drops processes and mappings that were not requested. */
static int answer_pids(struct snapshot *snap, const struct request *request,
		       struct failure *why)
{
	const size_t n = request->pids.n;
	size_t i;

	for (i = 0; i < n; i++)
		if (!find_pid(snap, request->pids.v[i]))
			return fail(why, FAIL_NO_PROCESS,
				    "the record has no process %" PRIu64 "%s", request->pids.v[i],
				    snap->asked.pids.n ?
				    ": it was recorded with '--pid' of other processes" :
				    ": it lists processes, not their threads");
	snapshot_keep_tasks(snap, request->pids.v, n);
	snapshot_drop_vmas(snap);
	return 0;
}

/*
 * Reduces @snap to what the kernel would answer to @request.  0, or -1 and @why, which
 * names what is missing and the options of 'record' that add it.
 */
static int answer_from_file(struct snapshot *snap, const struct request *request,
			    struct failure *why)
{
	if (check_parts(snap, request, why) || check_groups(snap, request, why))
		return -1;
	snap->named = snap->asked.pids.n;
	if (request->pids.n && answer_pids(snap, request, why))
		return -1;
	if (!request->group_by && !request->any_groups)
		snap->n_groups = 0;
	return 0;
}

static enum taken file_take(struct source *source,
			    const struct request *request,
			    struct snapshot *snap, struct failure *why)
{
	struct file *file = (struct file *)source;
	struct record_entry entry;
	char when[TIME_SIZE];
	int ret;

	if (!file->narrow && file->selection.kind == SELECTION_ALL)
		ret = record_file_next(&file->record, snap, &entry, why);
	else if (!file->narrow && file->taken)
		ret = 0;
	else if (file->record.reader.seekable)
		ret = feed_seeking(file, snap, &entry, why);
	else if (file->narrow)
		ret = feed_window_passing(file, snap, &entry, why);
	else
		ret = feed_passing(file, snap, &entry, why);
	if (!ret && !file->taken)
		ret = no_such(file, why);
	source->damaged = file->record.said;
	if (ret <= 0)
		return ret ? TAKE_FAILED : TAKE_END;
	file->taken++;
	snap->number = entry.number;
	if (file->selection.kind == SELECTION_TIME) {
		/* It may be of an earlier time. */
		time_text(when, entry.time, true);
		fprintf(stderr, "memcensus: census %" PRIu64 ", of %s\n", entry.number, when);
	}
	return answer_from_file(snap, request, why) ? TAKE_FAILED : TAKE_DONE;
}

static void file_close(struct source *source)
{
	struct file *file = (struct file *)source;

	record_file_close(&file->record);
	free(file->entries);
	free(file);
}

static const struct source_ops file_ops = {
	.take = file_take,
	.close = file_close,
};

struct source *source_open_file(const char *path, struct selection selection,
				struct failure *why)
{
	struct file *file = xcalloc(1, sizeof(*file));

	file->source.ops = &file_ops;
	file->selection = selection;
	if (!record_file_open(&file->record, path, why))
		return &file->source;
	file_close(&file->source);
	return NULL;
}

int source_file_narrow(struct source *source, const struct window *window, struct failure *why)
{
	struct file *file = (struct file *)source;
	const struct selection *ends[] = { &window->from, &window->to };
	size_t i;

	for (i = 0; !file->record.reader.seekable && i < 2; i++)
		if (selection_needs_end(*ends[i]) || ends[i]->kind == SELECTION_LAST)
			return fail(why, FAIL_USAGE,
				    "'--%s' counts from the end of the record: it needs a file, not a pipe",
				    i ? "to" : "from");
	file->narrow = true;
	file->window = *window;
	return 0;
}
