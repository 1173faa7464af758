/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The window that a document of JSON is about; document_open() begins the document.
 * Documentation/json.rst.
 */
#ifndef READER_DOCUMENT_H
#define READER_DOCUMENT_H

#include "report/snapshot-json.h"

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

/*
 * Writes the window of a document: what changed or was seen between two points in time.
 * It stays open for more members: json_close().  @from NULL: since boot.
 */
void document_window(struct json *json, const struct document_point *from,
		     const struct document_point *to);

/* Opens a document of @command, up to behind its window. */
void document_between(struct json *json, const char *command,
		      const struct document_point *from, const struct document_point *to);

#endif /* READER_DOCUMENT_H */
