// SPDX-License-Identifier: GPL-2.0
/* A record as a source. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/timefmt.h"
#include "record/record-file.h"
#include "record/recorded.h"
#include "record/source-file.h"

/**
 * struct file - a record
 * @source: the head that others see
 * @record: its censuses
 * @pick: which of them are wanted
 * @entries: all of them, where one is wanted and the file can be gone back in;
 *	owned
 * @n_entries: how many
 * @taken: censuses given out
 */
struct file {
	struct source source;
	struct record_file record;
	struct pick pick;
	struct record_entry *entries;
	size_t n_entries;
	uint64_t taken;
};

/* What there is, for one who asked for something else. */
static int no_such(const struct file *file, const struct record_entry *first,
		   const struct record_entry *last, struct failure *why)
{
	char from[MOMENT_SIZE], to[MOMENT_SIZE];

	if (!last->number) {
		if (file->record.newer)
			return fail(why, FAIL_VERSION,
				    "'%.200s' is of format %u, this reader knows %d",
				    file->record.path, file->record.newer, CHUNK_VERSION);
		return fail(why, FAIL_LOST, "'%.200s' is no record, or has no whole census",
			    file->record.path);
	}
	moment_text(from, first->time, true);
	moment_text(to, last->time, true);
	return fail(why, FAIL_USAGE,
		    "'%.200s' has no such census; it has %" PRIu64 " to %" PRIu64 ", %s to %s",
		    file->record.path, first->number, last->number, from, to);
}

static bool is_wanted(struct pick pick, const struct record_entry *entry)
{
	switch (pick.kind) {
	case PICK_NUMBER:
		return entry->number == pick.value;
	case PICK_TIME:
		return entry->time <= pick.value;
	default:
		return true;
	}
}

/* Reads where all of them stand. */
static int read_entries(struct file *file, struct failure *why)
{
	struct record_entry entry, *entries;
	int ret;

	while ((ret = record_file_next(&file->record, NULL, &entry, why)) > 0) {
		if (!(file->n_entries & (file->n_entries - 1))) {
			entries = reallocarray(file->entries, file->n_entries ?
					       2 * file->n_entries : 1, sizeof(*entries));
			if (!entries)
				return fail_memory(why);
			file->entries = entries;
		}
		file->entries[file->n_entries++] = entry;
	}
	return ret;
}

/*
 * Takes the wanted one of @file->entries: 1, or 0 where there is none.  Where
 * it turns out to be damaged, the one before it, or after it, does instead of
 * the last or the first.
 */
static int take_entry(struct file *file, struct snapshot *snap,
		      struct record_entry *entry, struct failure *why)
{
	const size_t n = file->n_entries;
	const bool forwards = file->pick.kind == PICK_FIRST;
	const struct record_entry *wanted;
	size_t i;
	int ret;

	for (i = 0; i < n; i++) {
		wanted = &file->entries[forwards ? i : n - 1 - i];
		if (!is_wanted(file->pick, wanted))
			continue;
		if (record_file_seek(&file->record, wanted, why))
			return -1;
		ret = record_file_next(&file->record, snap, entry, why);
		if (ret < 0 || (ret && entry->offset == wanted->offset))
			return ret;
	}
	return 0;
}

/* Of a pipe: takes each, and keeps the best so far. */
static int take_passing(struct file *file, struct snapshot *snap,
			struct record_entry *entry, struct failure *why)
{
	struct record_entry next, first = { 0 }, last = { 0 };
	struct snapshot *other = snapshot_new(), best;
	bool found = false;
	int ret = -1;

	if (!other)
		return fail_memory(why);
	while ((ret = record_file_next(&file->record, other, &next, why)) > 0) {
		if (!first.number)
			first = next;
		last = next;
		if (!is_wanted(pick_on_day(file->pick, next.time), &next))
			continue;
		best = *other;
		*other = *snap;
		*snap = best;
		*entry = next;
		found = true;
		if (file->pick.kind == PICK_FIRST || file->pick.kind == PICK_NUMBER)
			break;
	}
	snapshot_free(other);
	if (ret < 0 || found)
		return ret < 0 ? -1 : 1;
	return no_such(file, &first, &last, why);
}

static int take_picked(struct file *file, struct snapshot *snap,
		       struct record_entry *entry, struct failure *why)
{
	static const struct record_entry none;
	int ret;

	if (!file->record.reader.seekable)
		return take_passing(file, snap, entry, why);
	if (read_entries(file, why))
		return -1;
	if (file->n_entries)
		file->pick = pick_on_day(file->pick, file->entries[file->n_entries - 1].time);
	ret = take_entry(file, snap, entry, why);
	if (ret)
		return ret;
	return no_such(file, file->n_entries ? &file->entries[0] : &none,
		       file->n_entries ? &file->entries[file->n_entries - 1] : &none, why);
}

static int take_next(struct file *file, struct snapshot *snap,
		     struct record_entry *entry, struct failure *why)
{
	static const struct record_entry none;
	int ret = record_file_next(&file->record, snap, entry, why);

	return ret || file->taken ? ret : no_such(file, &none, &none, why);
}

/* One that was asked for by time may be of another. */
static void tell_which(const struct record_entry *entry)
{
	char when[MOMENT_SIZE];

	moment_text(when, entry->time, true);
	fprintf(stderr, "memcensus: census %" PRIu64 ", of %s\n", entry->number, when);
}

static enum taken file_take(struct source *source,
			    const struct request *request,
			    struct snapshot *snap, struct failure *why)
{
	struct file *file = (struct file *)source;
	static const struct request usual;
	struct record_entry entry;
	int ret;

	if (file->pick.kind == PICK_ALL)
		ret = take_next(file, snap, &entry, why);
	else if (!file->taken)
		ret = take_picked(file, snap, &entry, why);
	else
		ret = 0;
	source->damaged = file->record.said;
	if (ret <= 0)
		return ret ? TAKE_FAILED : TAKE_END;
	file->taken++;
	if (file->pick.kind == PICK_TIME)
		tell_which(&entry);
	return recorded_answer(snap, file->record.has_asked ? &file->record.asked : &usual,
			       request, why) ? TAKE_FAILED : TAKE_DONE;
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

struct source *source_open_file(const char *path, struct pick pick,
				struct failure *why)
{
	struct file *file = calloc(1, sizeof(*file));

	if (!file) {
		fail_memory(why);
		return NULL;
	}
	file->source.ops = &file_ops;
	file->pick = pick;
	if (!record_file_open(&file->record, path, why))
		return &file->source;
	file_close(&file->source);
	return NULL;
}
