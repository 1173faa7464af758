/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How each document of JSON begins: with the version of the format, the command, and the
 * scan or the window that it is about.  Documentation/json.rst.
 */
#ifndef READER_DOCUMENT_H
#define READER_DOCUMENT_H

#include "lib/json.h"
#include "model/snapshot.h"

/* Grows if a member is renamed, removed, or changes its meaning or unit. */
#define DOCUMENT_VERSION	1

/**
 * struct document_point - a point in time; what is 0 is unknown
 * @seq: number of the census that began then
 * @realtime: ns since 1970
 * @boottime: ns since boot
 */
struct document_point {
	uint64_t seq;
	uint64_t realtime;
	uint64_t boottime;
};

/* When the census @snap began; nowhen if it is NULL. */
struct document_point document_point_of(const struct snapshot *snap);

/* Opens a document of @command, up to its scan or window. */
void document_open(struct json *json, const char *command);

/* Writes the scan that a text of /proc belongs to: @point, or null if that is no census. */
void document_scan(struct json *json, const struct document_point *point);

/*
 * Writes the window of a document: what changed or was seen between two points in time.
 * It stays open for more members: json_close().  @from NULL: since boot.
 */
void document_window(struct json *json, const struct document_point *from,
		     const struct document_point *to);

#endif /* READER_DOCUMENT_H */
