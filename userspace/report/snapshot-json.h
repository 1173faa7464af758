/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A snapshot as JSON.
 */
#ifndef READER_SNAPSHOT_JSON_H
#define READER_SNAPSHOT_JSON_H

#include <stdio.h>

#include "cli/command.h"
#include "report/listing.h"

/* Grows if a member is renamed, removed, or changes its meaning or unit. */
#define DOCUMENT_VERSION	1

/* Opens a document of @command, up to its scan or window. */
void document_open(struct json *json, const char *command);

/* Writes how @snap was made: the members "scan" and "module". */
void snapshot_json_scan(struct json *json, const struct snapshot *snap);

/*
 * Writes the rows of @listing as the array @key, with the columns of @listing
 * or, if it has none, with all of @type.
 */
void snapshot_json_listing(struct json *json, const char *key,
			   const struct record_type *type,
			   const struct listing *listing);

/* Writes the totals of @listing, of records of @type. */
void snapshot_json_totals(struct json *json, const struct listing *listing,
			  const struct record_type *type);

/* Writes the value of @column in @record as its member, or null, also if @record is NULL. */
void json_column(struct json *json, const struct column *column, const struct view *view,
		 const void *record);

/*
 * Writes the members of a @record: its ABI attributes, what was read beside them, and the names
 * of its numbers.
 */
void json_members(struct json *json, const struct record_type *type, const struct view *view,
		  const void *record);

#endif /* READER_SNAPSHOT_JSON_H */
