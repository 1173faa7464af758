// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/kernel-log.h"
#include "tools/record/kill-lines.h"

/* Bytes of lines in one census: a report has about 4 KiB, and the smallest ring 64 KiB. */
#define TEXT_MAX	(64UL << 10)

/* Drops the oldest lines, so that @more bytes fit. */
static void make_room(struct kill_lines *lines, size_t more)
{
	const char *end;
	size_t n;

	if (lines->len + more <= TEXT_MAX)
		return;
	end = memchr(lines->text + lines->len + more - TEXT_MAX - 1, '\n',
		     TEXT_MAX - more + 1);
	n = end ? (size_t)(end + 1 - lines->text) : lines->len;
	memmove(lines->text, lines->text + n, lines->len - n);
	lines->len -= n;
	if (!lines->said)
		fprintf(stderr,
			"memcensus: more OOM kills than fit into one census: the oldest are not recorded\n");
	lines->said = true;
}

/*
 * The log's clock is not corrected as others are, and after weeks may be seconds off.  What was
 * read now was not there when the log was last read to its end.
 */
static void note(void *untyped, const struct kernel_line *line)
{
	struct kill_lines *lines = untyped;
	uint64_t at = line->boottime;
	char *text;
	size_t len;

	if (!kills_need(line->text, &lines->report))
		return;
	lines->killed |= kills_end(line->text);
	at = at < lines->empty ? lines->empty : at;
	at = at > lines->latest ? lines->latest : at;
	text = xasprintf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n", line->sequence,
			 line->stamp, line->realtime + at - line->boottime, at, line->text);
	len = strlen(text);
	if (len <= TEXT_MAX) {
		make_room(lines, len);
		lines->text = lines->text ?: xcalloc(1, TEXT_MAX);
		memcpy(lines->text + lines->len, text, len);
		lines->len += len;
	}
	free(text);
}

void kill_lines_open(struct kill_lines *lines)
{
	*lines = (struct kill_lines){ .fd = kernel_log_follow() };
}

void kill_lines_close(struct kill_lines *lines)
{
	if (lines->fd >= 0)
		close(lines->fd);
	free(lines->text);
}

bool kill_lines_read(struct kill_lines *lines, unsigned int most, const struct scan *taken)
{
	const bool first = !lines->empty;

	lines->killed = false;
	lines->latest = kernel_log_now();
	if (taken && !first && KNOWN(taken, MEMCENSUS_SCAN_WALL_NS))
		lines->latest = taken->boottime + taken->wall - 1;
	if (lines->fd >= 0 && kernel_log_next(lines->fd, most, note, lines))
		lines->empty = kernel_log_now();
	return lines->killed && !first;
}

void kill_lines_drop(struct kill_lines *lines)
{
	lines->len = 0;
}
