// SPDX-License-Identifier: GPL-2.0
/* What a record has about OOM events. */
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/oom.h"
#include "os/proc-texts.h"
#include "record/recorded-names.h"
#include "tools/oom/recorded.h"
#include "wire/decode.h"

/**
 * struct reading - of the answers that were recorded with one census
 * @v: answers, each with a request; owned
 * @census: number of the census
 * @offset: of the first of their chunks
 * @bytes: of memory, of these answers and those in @ooms
 * @kept: those in @ooms
 * @events: their struct event, a tree for tsearch()
 */
struct reading {
	struct recorded_ooms *ooms;
	struct snapshot **v;
	size_t n;
	uint64_t census;
	uint64_t offset;
	size_t bytes;
	size_t kept;
	void *events;
};

/* An event is found by its number and time; it is that @at. */
struct event {
	uint64_t number;
	uint64_t realtime;
	size_t at;
};

static int compare_events(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return COMPARE(x->number, y->number) ?: COMPARE(x->realtime, y->realtime);
}

/*
 * An answer names the events that the module knows.  A later recorder asks about all of them: one
 * that it recorded first is not newer than one that the record already had.
 */
static uint64_t place_of(const struct reading *reading, const struct snapshot *snap,
			 const struct oom *oom)
{
	uint64_t offset = reading->offset;
	struct event event, **found;
	size_t i;

	for (i = 0; i < snap->n_ooms; i++) {
		if (snap->ooms[i].number <= oom->number)
			continue;
		event = (struct event){ snap->ooms[i].number, snap->ooms[i].realtime, 0 };
		found = tfind(&event, &reading->events, compare_events);
		if (found && reading->ooms->v[(*found)->at].offset < offset)
			offset = reading->ooms->v[(*found)->at].offset;
	}
	return offset;
}

/* A later answer about the same event knows more: what came back. */
static void add_recorded_oom(struct reading *reading, struct snapshot *snap)
{
	struct recorded_oom new = { snap, oom_subject(snap), reading->census, 0 };
	struct recorded_ooms *ooms = reading->ooms;
	struct event *event, **found;
	struct recorded_oom *old;

	ooms->asked = true;
	if (!new.oom) {
		snapshot_free(snap);
		return;
	}
	new.offset = place_of(reading, snap, new.oom);
	event = xcalloc(1, sizeof(*event));
	*event = (struct event){ new.oom->number, new.oom->realtime, ooms->n };
	found = tsearch(event, &reading->events, compare_events);
	if (!found)
		memory_failed();
	reading->kept += snapshot_bytes(snap);
	if (*found == event) {
		ooms->v = array_grow(ooms->v, ooms->n, sizeof(*ooms->v));
		ooms->v[ooms->n++] = new;
		return;
	}
	free(event);
	old = &ooms->v[(*found)->at];
	reading->kept -= snapshot_bytes(old->snap);
	snapshot_free(old->snap);
	old->snap = new.snap;
	old->oom = new.oom;
}

/* Ends the answers of a census; one that is not complete counts as damaged and is dropped. */
static void flush(struct reading *reading)
{
	struct failure why;
	size_t i;

	for (i = 0; i < reading->n; i++) {
		if (decode_finish(reading->v[i], MEMCENSUS_CMD_OOM, &why) ||
		    !reading->v[i]->has_ooms) {
			snapshot_free(reading->v[i]);
			continue;
		}
		names_read(reading->v[i]);
		add_recorded_oom(reading, reading->v[i]);
	}
	reading->n = 0;
	reading->bytes = reading->kept;
}

static bool begins_with_request(const struct chunk *chunk)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)chunk->data;

	return chunk->len >= sizeof(*nlh) && nlh->nlmsg_flags & NLM_F_REQUEST;
}

/* Names of users and cgroups, which follow the answers. */
static bool is_names(const struct chunk *chunk)
{
	const char *name = (const char *)chunk->data;

	return chunk->len && memchr(name, '\0', chunk->len) &&
	       (!strcmp(name, PROC_TEXTS_USERS) || !strcmp(name, PROC_TEXTS_CGROUPS));
}

/* All answers together may take as much memory as one census. */
static bool is_full(const struct reading *reading)
{
	return reading->bytes > reading->ooms->file.most;
}

static int feed_answer(struct reading *reading, struct snapshot *snap, const struct chunk *chunk,
		       struct failure *why)
{
	const size_t before = snapshot_bytes(snap);
	const int ret = chunk->head.kind == CHUNK_TEXT ? record_feed_text(snap, chunk, why) :
			record_feed_messages(snap, chunk, why);

	reading->bytes += snapshot_bytes(snap) - before;
	return ret;
}

static int feed_plain(struct reading *reading, const struct chunk *chunk, struct failure *why)
{
	struct snapshot *snap;
	size_t i;

	if (chunk->head.kind == CHUNK_TEXT) {
		for (i = 0; is_names(chunk) && i < reading->n && !is_full(reading); i++)
			feed_answer(reading, reading->v[i], chunk, why);
		return 0;
	}
	if (!reading->n)
		reading->offset = chunk->offset;
	if (begins_with_request(chunk) || !reading->n) {
		reading->v = array_grow(reading->v, reading->n, sizeof(*reading->v));
		snap = snapshot_new();
		snap->most = reading->ooms->file.most;
		reading->bytes += snapshot_bytes(snap);
		reading->v[reading->n++] = snap;
	}
	reading->census = chunk->head.census;
	return feed_answer(reading, reading->v[reading->n - 1], chunk, why);
}

static int feed(struct reading *reading, struct chunk *chunk, struct failure *why)
{
	struct record_file *file = &reading->ooms->file;
	const size_t before = reading->bytes;
	int ret;

	if (record_file_plain(file, chunk, why))
		return -1;
	ret = feed_plain(reading, chunk, why);
	record_file_gave(file, chunk, reading->bytes - before);
	return ret;
}

/* Whether the data of a chunk must be read. */
static bool is_wanted(const struct reading *reading, const struct chunk_head *head,
		      const struct window *window)
{
	return chunk_is_known(head) &&
	       (head->kind == CHUNK_OOM || (head->kind == CHUNK_TEXT && reading->n)) &&
	       window_has(window, head->census, head->time);
}

/* Reads all answers; most of the file is skipped. */
static int read_answers(struct recorded_ooms *ooms, const struct window *window,
			struct failure *why)
{
	struct reading reading = { .ooms = ooms };
	struct chunk_reader *from = &ooms->file.reader;
	struct failure what;
	struct chunk chunk;
	int ret;

	ret = chunk_reader_seek(from, 0, why) ? -1 : 1;
	while (ret > 0 && (ret = chunk_reader_next(from, &chunk, true, why)) > 0) {
		if (reading.n && chunk.head.census != reading.census)
			flush(&reading);
		if (!is_wanted(&reading, &chunk.head, window))
			continue;
		if (!chunk.data)
			ret = chunk_reader_seek(from, chunk.offset, why) ? -1 :
			      chunk_reader_next(from, &chunk, false, why);
		if (ret > 0 && is_wanted(&reading, &chunk.head, window) &&
		    feed(&reading, &chunk, &what) && what.kind == FAIL_VERSION)
			ret = fail(why, FAIL_VERSION, "'%.200s': census %" PRIu64 " has %.200s",
				   ooms->file.path, chunk.head.census, what.text);
		else if (ret > 0 && is_full(&reading))
			ret = fail(why, FAIL_LOST,
				   "'%.200s': its OOM events take more than %llu MiB, an eighth of the memory of this machine: use '--from' and '--to'",
				   ooms->file.path, (unsigned long long)ooms->file.most >> 20);
	}
	flush(&reading);
	tdestroy(reading.events, free);
	free(reading.v);
	return ret;
}

/* Leaves only the censuses of @window. */
static void narrow(struct recorded_ooms *ooms, struct window *window)
{
	const struct record_entry *v = ooms->entries;
	const size_t n = ooms->n_entries;
	size_t i, kept = 0;

	if (!n)
		return;
	window->from = selection_in(window->from, v[0].number, v[n - 1].number, v[n - 1].time);
	window->to = selection_in(window->to, v[0].number, v[n - 1].number, v[n - 1].time);
	for (i = 0; i < n; i++)
		if (window_has(window, v[i].number, v[i].time))
			ooms->entries[kept++] = v[i];
	ooms->n_entries = kept;
}

/* By their order in the record: the clock may have been set between two. */
static int newest_first(const void *a, const void *b)
{
	const struct recorded_oom *x = a, *y = b;

	return COMPARE(y->offset, x->offset) ?: COMPARE(y->oom->number, x->oom->number);
}

int recorded_ooms_read(struct recorded_ooms *ooms, const char *path, const struct window *window,
		       struct failure *why)
{
	struct window part = *window;

	memset(ooms, 0, sizeof(*ooms));
	if (record_file_open(&ooms->file, path, why))
		return -1;
	if (!ooms->file.reader.seekable)
		return fail(why, FAIL_USAGE,
			    "'oom' looks for the censuses before a kill: it needs a file, not a pipe");
	if (record_file_entries(&ooms->file, &ooms->entries, &ooms->n_entries, why))
		return -1;
	if (!ooms->file.reader.found)
		return fail(why, FAIL_LOST, "'%.200s' is not a record", path);
	narrow(ooms, &part);
	if (read_answers(ooms, &part, why))
		return -1;
	if (ooms->n)
		qsort(ooms->v, ooms->n, sizeof(*ooms->v), newest_first);
	return 0;
}

void recorded_ooms_free(struct recorded_ooms *ooms)
{
	size_t i;

	for (i = 0; i < ooms->n; i++)
		snapshot_free(ooms->v[i].snap);
	free(ooms->v);
	free(ooms->entries);
	record_file_close(&ooms->file);
}
