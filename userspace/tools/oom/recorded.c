// SPDX-License-Identifier: GPL-2.0
/* OOM kills of a record and of the kernel's log. */
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "os/kernel-log.h"
#include "tools/oom/recorded.h"

/* A kill, that is @at. */
struct known {
	uint64_t number;
	uint64_t stamp;
	size_t at;
};

static int compare_known(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return COMPARE(x->number, y->number) ?: COMPARE(x->stamp, y->stamp);
}

/* Where it is; a new one would be behind the last one. */
static size_t place_of(struct recorded_kills *kills, const struct kill *kill)
{
	struct known *known = xcalloc(1, sizeof(*known)), **found;

	*known = (struct known){ kill->number, kill->stamp, kills->n };
	found = tsearch(known, &kills->known, compare_known);
	if (!found)
		memory_failed();
	if (*found != known)
		free(known);
	return (*found)->at;
}

/*
 * Adds those from @first on of @from, lines of one log.  A recorder that starts reads all of the
 * log: one that it recorded first is not newer than one behind it that the record already had.
 */
static void add_kills(struct recorded_kills *kills, const struct kills *from, size_t first,
		      uint64_t offset)
{
	size_t i, at;

	for (i = from->n; i-- > first;) {
		at = place_of(kills, from->v[i]);
		if (at < kills->n) {
			if (kills->v[at].offset < offset)
				offset = kills->v[at].offset;
			continue;
		}
		kills->v = array_grow(kills->v, kills->n, sizeof(*kills->v));
		kills->v[kills->n++] = (struct recorded_kill){ from->v[i], offset };
	}
}

/* By their order in the record: the clock may have been set between two. */
static int newest_first(const void *a, const void *b)
{
	const struct recorded_kill *x = a, *y = b;

	return COMPARE(y->offset, x->offset) ?: COMPARE(y->kill->number, x->kill->number);
}

/* The lines of @text, "SEQUENCE STAMP REALTIME BOOTTIME TEXT"; others are left out. */
static void read_lines(struct kills *kills, char *text)
{
	struct kernel_line line;
	char *end;
	int n;

	for (; *text; text = end) {
		end = strchrnul(text, '\n');
		if (*end)
			*end++ = '\0';
		n = 0;
		if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %n",
			   &line.sequence, &line.stamp, &line.realtime, &line.boottime, &n) == 4 &&
		    n) {
			line.text = text + n;
			kills_line(kills, &line);
		}
	}
}

static int feed(struct recorded_kills *kills, struct chunk *chunk, struct failure *why)
{
	const size_t before = kills->lines.n;
	char *text;

	if (record_file_plain(&kills->file, chunk, why))
		return -1;
	text = xcalloc(chunk->len + 1, 1);
	memcpy(text, chunk->data, chunk->len);
	read_lines(&kills->lines, text);
	free(text);
	kills->read = true;
	add_kills(kills, &kills->lines, before, chunk->offset);
	if (kills->lines.n > before)
		record_file_gave(&kills->file, chunk, chunk->len);
	kills->bytes += (kills->lines.n - before) * sizeof(struct kill) + chunk->len;
	if (kills->bytes <= kills->file.most)
		return 0;
	return fail(why, FAIL_LOST,
		    "'%.200s': its OOM kills take more than %llu MiB, an eighth of the memory of this machine: use '--from' and '--to'",
		    kills->file.path, (unsigned long long)kills->file.most >> 20);
}

static bool is_wanted(const struct chunk_head *head, const struct window *window)
{
	return chunk_is_known(head) && head->kind == CHUNK_KILLS &&
	       window_has(window, head->census, head->time);
}

/* Reads all lines; most of the file is skipped.  What is damaged was said with the censuses. */
static int read_chunks(struct recorded_kills *kills, const struct window *window,
		       struct failure *why)
{
	struct chunk_reader *from = &kills->file.reader;
	struct failure what;
	struct chunk chunk;
	int ret;

	ret = chunk_reader_seek(from, 0, why) ? -1 : 1;
	while (ret > 0 && (ret = chunk_reader_next(from, &chunk, true, why)) > 0) {
		if (!is_wanted(&chunk.head, window))
			continue;
		if (!chunk.data)
			ret = chunk_reader_seek(from, chunk.offset, why) ? -1 :
			      chunk_reader_next(from, &chunk, false, why);
		if (ret > 0 && is_wanted(&chunk.head, window) && feed(kills, &chunk, &what) &&
		    what.kind != FAIL_MALFORMED) {
			*why = what;
			ret = -1;
		}
	}
	return ret;
}

/* Leaves only the censuses of @window. */
static void narrow(struct recorded_kills *kills, struct window *window)
{
	const struct record_entry *v = kills->entries;
	const size_t n = kills->n_entries;
	size_t i, kept = 0;

	if (!n)
		return;
	window->from = selection_in(window->from, v[0].number, v[n - 1].number, v[n - 1].time);
	window->to = selection_in(window->to, v[0].number, v[n - 1].number, v[n - 1].time);
	for (i = 0; i < n; i++)
		if (window_has(window, v[i].number, v[i].time))
			kills->entries[kept++] = v[i];
	kills->n_entries = kept;
}

int recorded_kills_read(struct recorded_kills *kills, const char *path,
			const struct window *window, struct failure *why)
{
	struct window part = *window;

	memset(kills, 0, sizeof(*kills));
	kills->recorded = true;
	if (record_file_open(&kills->file, path, why))
		return -1;
	if (!kills->file.reader.seekable)
		return fail(why, FAIL_USAGE,
			    "'oom' looks for the censuses before a kill: it needs a file, not a pipe");
	if (record_file_entries(&kills->file, &kills->entries, &kills->n_entries, why))
		return -1;
	if (!kills->file.reader.found)
		return fail(why, FAIL_LOST, "'%.200s' is not a record", path);
	narrow(kills, &part);
	if (read_chunks(kills, &part, why))
		return -1;
	return 0;
}

static void read_live(void *kills, const struct kernel_line *line)
{
	kills_line(kills, line);
}

bool recorded_kills_live(struct recorded_kills *kills)
{
	if (!kernel_log_each(read_live, &kills->live))
		return false;
	kills->read = true;
	add_kills(kills, &kills->live, 0, UINT64_MAX);
	return true;
}

void recorded_kills_sort(struct recorded_kills *kills)
{
	if (kills->n)
		qsort(kills->v, kills->n, sizeof(*kills->v), newest_first);
}

void recorded_kills_free(struct recorded_kills *kills)
{
	kills_free(&kills->lines);
	kills_free(&kills->live);
	tdestroy(kills->known, free);
	free(kills->v);
	free(kills->entries);
	if (kills->recorded)
		record_file_close(&kills->file);
}
