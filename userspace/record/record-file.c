// SPDX-License-Identifier: GPL-2.0
/* Censuses of a record: joins chunks, skips damage and reports it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/memory.h"
#include "model/cgroup-tree.h"
#include "os/charges.h"
#include "os/proc-texts.h"
#include "record/record-file.h"
#include "record/recorded-names.h"
#include "wire/attrs.h"
#include "wire/decode.h"

/* Maximum lines about damage; further ones are only counted. */
#define SAY_MAX	8

/* Bytes that are read of censuses that turn out to be damaged, beside those of the file. */
#define UNREADABLE_MAX	(64 * CHUNK_MAX)

/*
 * Bytes of plain data that may give nothing, beside IDLE_EACH for each byte of the file: zlib makes
 * a thousand zeros of a byte, and about twenty bytes of what recorders write.
 */
#define IDLE_MAX	(4 * CHUNK_MAX)
#define IDLE_EACH	16

/* How many bytes of plain data a byte in memory stands for: messages have heads and padding. */
#define PLAIN_EACH	4

__attribute__((format(printf, 2, 3)))
static void say(struct record_file *file, const char *format, ...)
{
	struct failure line;
	va_list args;
	char text[512];

	if (++file->said > SAY_MAX)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* fail() replaces unprintable characters of the path. */
	fail(&line, FAIL_LOST, "'%.200s': %s", file->path, text);
	fprintf(stderr, "memcensus: %s\n", line.text);
}

/* 0: by the memory of this machine. */
static uint64_t bound;

void record_file_bound(uint64_t most)
{
	bound = most;
}

int record_file_open(struct record_file *file, const char *path,
		     struct failure *why)
{
	const bool is_stdin = !strcmp(path, "-");
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	memset(file, 0, sizeof(*file));
	file->path = is_stdin ? "stdin" : path;
	file->reader.fd = fd;
	/* Up to three censuses are in memory at a time, and arrays are copied when they grow. */
	file->most = bound ?:
		     (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 8;
	if (fd < 0)
		return fail(why, FAIL_SYSTEM, "cannot open '%.200s': %s", path,
			    strerror(errno));
	chunk_reader_init(&file->reader, fd);
	return 0;
}

void record_file_close(struct record_file *file)
{
	if (file->said > SAY_MAX)
		fprintf(stderr, "memcensus: %u more places are damaged\n",
			file->said - SAY_MAX);
	chunk_reader_free(&file->reader);
	if (file->reader.fd > STDIN_FILENO)
		close(file->reader.fd);
}

/* Bytes of a file, or those of a pipe that were read. */
static uint64_t size_of(const struct record_file *file)
{
	struct stat st;

	return file->reader.seekable && !fstat(file->reader.fd, &st) ? (uint64_t)st.st_size :
	       file->reader.at + file->reader.end;
}

int record_file_plain(struct record_file *file, struct chunk *chunk, struct failure *why)
{
	file->idle += chunk_plain_len(&chunk->head);
	if (file->idle > IDLE_MAX + IDLE_EACH * size_of(file))
		return fail(why, FAIL_VERSION,
			    "too much data that is malformed or unknown: use a newer reader, if there is one");
	return chunk_reader_plain(&file->reader, chunk, why);
}

void record_file_gave(struct record_file *file, const struct chunk *chunk, size_t bytes)
{
	const uint64_t len = chunk_plain_len(&chunk->head);

	file->idle -= bytes < len / PLAIN_EACH ? PLAIN_EACH * bytes : len;
}

/* Reports the censuses between @file->last and @number, which are incomplete. */
static void tell_missing(struct record_file *file, uint64_t number,
			 const char *how)
{
	const uint64_t first = file->last + 1;

	if (first + 1 < number)
		say(file, "censuses %" PRIu64 " to %" PRIu64 " are %s and skipped",
		    first, number - 1, how);
	else if (first < number)
		say(file, "census %" PRIu64 " is %s and skipped", first, how);
	else if (file->lost)
		say(file, "%" PRIu64 " bytes before offset %" PRIu64 " are damaged",
		    file->lost, file->lost_at);
	file->lost = 0;
	if (number)
		file->last = number - 1;
}

/* A census may not take all memory of this machine. */
static int check_room(const struct snapshot *snap, const struct chunk *chunk, struct failure *why)
{
	return !snapshot_is_full(snap) ? 0 :
	       fail(why, FAIL_LOST, "at offset %" PRIu64
		    " it has more than %zu MiB, an eighth of the memory of this machine",
		    chunk->offset, snap->most >> 20);
}

int record_feed_messages(struct snapshot *snap, const struct chunk *chunk, struct failure *why)
{
	struct attrs messages = attrs_of(chunk->data, chunk->len);
	const struct nlmsghdr *nlh;

	if (chunk->head.order != CHUNK_NATIVE)
		return fail(why, FAIL_VERSION,
			    "the byte order of another machine: read it on one of that byte order");
	while (!messages.broken && (nlh = attrs_next_message(&messages))) {
		if (nlh->nlmsg_type == NLMSG_DONE && nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			snap->torn = true;
		if ((nlh->nlmsg_type >= NLMSG_MIN_TYPE && decode_message(snap, nlh, why)) ||
		    check_room(snap, chunk, why))
			return -1;
	}
	return messages.broken ? fail(why, FAIL_MALFORMED, "a message is truncated") : 0;
}

int record_feed_text(struct snapshot *snap, const struct chunk *chunk, struct failure *why)
{
	const char *name = (const char *)chunk->data;
	const size_t len = strnlen(name, chunk->len);
	const char *text = name + len + 1;
	size_t text_len;

	if (len == chunk->len)
		return fail(why, FAIL_MALFORMED, "a text has no name");
	text_len = strnlen(text, chunk->len - len - 1);
	if (len + 1 + text_len + CHUNK_ALIGN <= chunk->len)
		return fail(why, FAIL_MALFORMED, "a text has NULs behind its end");
	proc_texts_add(snap, name, text, text_len);
	return check_room(snap, chunk, why);
}

/* Adds the data of @chunk to @snap, by @feed. */
static int feed_data(struct record_file *file, struct snapshot *snap, struct chunk *chunk,
		     int (*feed)(struct snapshot *snap, const struct chunk *chunk,
				 struct failure *why), struct failure *why)
{
	const size_t before = snapshot_bytes(snap);
	int ret;

	if (record_file_plain(file, chunk, why))
		return -1;
	ret = feed(snap, chunk, why);
	record_file_gave(file, chunk, snapshot_bytes(snap) - before);
	return ret;
}

/* Adds one chunk of a census to @snap, which may be NULL. */
static int feed_chunk(struct record_file *file, struct snapshot *snap, struct chunk *chunk,
		      struct failure *why)
{
	if (!snap)
		return 0;
	if (!chunk->head.part) {
		snapshot_reset(snap);
		snap->most = file->most;
	}
	switch (chunk->head.kind) {
	case CHUNK_MESSAGES:
		return feed_data(file, snap, chunk, record_feed_messages, why);
	case CHUNK_TEXT:
		return feed_data(file, snap, chunk, record_feed_text, why);
	case CHUNK_END:
		if (decode_finish(snap, MEMCENSUS_CMD_SNAPSHOT, why))
			return -1;
		proc_texts_apply(snap);
		charges_apply(snap);
		names_read(snap);
		cgroup_tree_link(snap);
		return check_room(snap, chunk, why);
	default:
		return 0;
	}
}

/* Reports a census that the end of the file cuts off. */
static int end_of_census(struct record_file *file, bool begun, uint64_t number)
{
	/* The caller says that it is no record. */
	if (!file->reader.found)
		return 0;
	if (begun && number > file->last)
		tell_missing(file, number + 1, "incomplete");
	else if (file->lost)
		say(file, "its last %" PRIu64 " bytes are an incomplete census", file->lost);
	file->lost = 0;
	return 0;
}

/*
 * As record_file_next().  @only: if this census is damaged, none of those behind it, of which a
 * record may have as many as it has bytes.
 */
static int next_census(struct record_file *file, const struct record_entry *only,
		       struct snapshot *snap, struct record_entry *entry, struct failure *why)
{
	uint64_t number = 0, reported = 0;
	struct failure what;
	struct chunk chunk;
	uint32_t part = 0;
	bool good = false;
	int ret;

	while ((ret = chunk_reader_next(&file->reader, &chunk, !snap, why)) >= 0) {
		if (chunk.lost) {
			file->lost += chunk.lost;
			file->lost_at = chunk.offset;
		}
		if (!ret)
			return end_of_census(file, number != reported, number);
		if (!chunk_is_known(&chunk.head)) {
			file->newer = chunk.head.version;
			continue;
		}
		if (chunk.head.kind == CHUNK_MACHINE) {
			/* Of a ring, the censuses before it have gone. */
			if (!file->last && !chunk.offset && chunk.head.census)
				file->last = chunk.head.census - 1;
			continue;
		}
		if (!chunk.head.part) {
			*entry = (struct record_entry){ chunk.offset, chunk.head.census,
						 chunk.head.time };
			good = true;
			part = 0;
		}
		number = chunk.head.census;
		good &= chunk.head.part == part++ && number == entry->number;
		if (only && (!good || entry->offset != only->offset)) {
			tell_missing(file, only->number + 1, "damaged");
			return 0;
		}
		if (!good || number == reported)
			continue;
		if (feed_chunk(file, snap, &chunk, why)) {
			if (snap)
				snapshot_reset(snap);
			/* So has the rest of the record. */
			if (why->kind == FAIL_VERSION) {
				what = *why;
				return fail(why, FAIL_VERSION,
					    "'%.200s': census %" PRIu64 " has %.200s",
					    file->path, number, what.text);
			}
			tell_missing(file, number, "damaged");
			say(file, "census %" PRIu64 " is skipped: %s", number, why->text);
			file->last = number;
			if (only)
				return 0;
			reported = number;
			good = false;
		} else if (chunk.head.kind == CHUNK_END) {
			tell_missing(file, number, "damaged");
			file->last = number;
			return 1;
		}
	}
	if (why->kind == FAIL_SYSTEM) {
		what = *why;
		fail(why, FAIL_SYSTEM, "'%.200s': %.200s", file->path, what.text);
	}
	return -1;
}

int record_file_next(struct record_file *file, struct snapshot *snap,
		     struct record_entry *entry, struct failure *why)
{
	return next_census(file, NULL, snap, entry, why);
}

int record_file_read(struct record_file *file, const struct record_entry *wanted,
		     struct snapshot *snap, struct failure *why)
{
	struct record_entry entry = { .number = 0 };
	struct stat st;
	int ret;

	file->last = wanted->number - 1;
	file->lost = 0;
	if (chunk_reader_seek(&file->reader, wanted->offset, why))
		return -1;
	ret = next_census(file, wanted, snap, &entry, why);
	if (ret)
		return ret;
	file->unreadable += file->reader.at + file->reader.end - wanted->offset;
	if (fstat(file->reader.fd, &st) || file->unreadable > UNREADABLE_MAX + 4 * st.st_size)
		return fail(why, FAIL_LOST, "'%.200s': too many censuses are damaged",
			    file->path);
	/* It was said. */
	why->kind = FAIL_NONE;
	return 0;
}

int record_file_entries(struct record_file *file, struct record_entry **entries, size_t *n,
			struct failure *why)
{
	struct record_entry entry;
	int ret;

	while ((ret = record_file_next(file, NULL, &entry, why)) > 0) {
		*entries = array_grow(*entries, *n, sizeof(entry));
		(*entries)[(*n)++] = entry;
	}
	return ret;
}
