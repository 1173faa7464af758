/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows what a command has computed: a list of sections, as tables, raw or as JSON.
 *
 * A section is a table, a member of the document, or both; text and JSON have the sections in
 * the order of the list.  Each row is written when it is reached.
 */
#ifndef READER_REPORT_H
#define READER_REPORT_H

#include "cli/command.h"
#include "lib/json.h"
#include "model/amount.h"
#include "report/listing.h"
#include "report/table.h"

/* Grows if a member of JSON is renamed, removed, or changes its meaning or unit. */
#define DOCUMENT_VERSION	1

/* What a section is in JSON. */
enum section_shape {
	SECTION_ARRAY,		/* an array of objects */
	SECTION_OBJECT,		/* an object, of one row */
	SECTION_MEMBERS,	/* members of what is open, of one row; @name is not used */
	SECTION_KEYED,		/* an object: each row by its first member */
	SECTION_FIGURES,	/* an object of all figures of @type; the row: struct figures */
	SECTION_NUMBER,		/* @number, or null */
	SECTION_TEXT,		/* @text, or null */
	SECTION_OPEN,		/* the following sections are members of an object ... */
	SECTION_CLOSE,		/* ... up to this one */
	SECTION_TOTALS,		/* the totals of rows that are @chosen */
	SECTION_NULL,
	SECTION_SCAN,		/* how the census of the report was made, as "scan" and "module" */
};

/*
 * A row of another type that rows point to: @at is the offset of the pointer, which may be
 * NULL.  SELF(): the row itself has further columns.
 */
struct section_join {
	const struct row_type *type;
	size_t at;
};

#define JOIN(type_, of, member)		{ &(type_), offsetof(struct of, member) }
#define SELF(type_)			{ &(type_), SIZE_MAX }

struct report;

/**
 * struct section - a part of a report
 * @name: its member in JSON; NULL: JSON does not have it, except CLOSE
 * @shape: in JSON
 * @title: over its table; "": an empty line; NULL: none
 * @type: of its rows
 * @joins: at most two, of what the rows point to: where a column is searched that
 *	@type does not have
 * @own_names: each row begins with a pointer to the snapshot that has its names
 * @columns: of its table; NULL: it has none
 * @members: in JSON; NULL: all of the first of @joins or, without, of @type
 * @chosen: columns and order are those of command_rows(), as chosen by options; no @type
 * @totals: a row of totals below the table, also without --totals; with @chosen
 * @described: of one row, a line for each column of @type, with its meaning; JSON has them all
 * @falling: largest first if no column to sort by is named; with @chosen
 * @rows: of no size: those in the snapshot, of @type or of command_rows()
 * @filter: whether a row is shown; NULL: all are
 * @about: the argument of @filter
 * @sort: column of @type that orders the rows; NULL: they keep their order
 * @most: only so many, the last ones; 0: all
 * @backwards: the last one first
 * @sum: a row below the table that neither raw output nor JSON has; NULL: none
 * @parts: writes the sections of a row of JSON, behind its members
 * @number, @text: of NUMBER and TEXT; a @number of an OBJECT is that of its census, "seq"
 * @note: below the table or alone; raw output and JSON have none
 *
 * @columns and @members are names with a blank between two: "[~][?][>]NAME[|ELSE][:WIDTH][=OTHER]".
 * '~': not in raw output; '?': left out if a terminal is too narrow; '>': right-aligned text; ELSE:
 * the column of a table where NAME is unknown; WIDTH: as wide at least; OTHER: heading or name
 * instead of its own.  In a table, free blocks and indexes have a column for each order.
 */
struct section {
	const char *name;
	enum section_shape shape;
	const char *title;
	const struct row_type *type;
	struct section_join joins[3];
	bool own_names;
	const char *columns;
	const char *members;
	bool chosen;
	bool totals;
	bool described;
	bool falling;
	struct row_array rows;
	bool (*filter)(const void *about, const void *row);
	const void *about;
	const char *sort;
	size_t most;
	bool backwards;
	const void *sum;
	void (*parts)(struct report *report, const void *row);
	struct amount number;
	const char *text;
	const char *note;
};

/**
 * struct report - what is shown
 * @view: of all rows that have no snapshot of their own
 * @no_header: tables have none
 * @stamp: the first column of tables, a time; NULL: they have no such column
 * @kept: of the tables before; NULL: there are none
 * @rows: how many tables have shown, without sums
 * @json: the document, with options.json
 * @texts: from report_text(); owned
 */
struct report {
	const struct options *options;
	struct view view;
	FILE *out;
	bool no_header;
	const char *stamp;
	struct table_kept *kept;
	uint64_t rows;
	struct json json;
	char **texts;
	size_t n_texts;
};

/* Begins a report on @snap, NULL: on none, and its document.  @line: that is on one line. */
void report_begin(struct report *report, const struct options *options,
		  const struct snapshot *snap, FILE *out);
void report_begin_line(struct report *report, const struct options *options,
		       const struct snapshot *snap, FILE *out, bool line);
void report_end(struct report *report);

/* Shows @n sections; REPORT(): those of its list of initializers. */
void report_sections(struct report *report, const struct section *sections, size_t n);

#define REPORT(report, ...)						\
	report_sections(report, (const struct section[]){ __VA_ARGS__ },	\
			ARRAY_SIZE(((const struct section[]){ __VA_ARGS__ })))

/**
 * struct document_point - a point in time; what is 0 is unknown
 * @seq: number of the census that began then
 * @number: its number in its record
 * @realtime: ns since 1970
 * @boottime: ns since boot
 */
struct document_point {
	uint64_t seq;
	uint64_t number;
	uint64_t realtime;
	uint64_t boottime;
};

/* When the census @snap began; nowhen if it is NULL. */
struct document_point document_point_of(const struct snapshot *snap);

/*
 * Writes the window of a document: what changed or was seen between two points in time.  It stays
 * open for more members.  @from NULL: since boot.
 */
void document_window(struct json *json, const struct document_point *from,
		     const struct document_point *to);

/*
 * Writes the window of JSON: from one census or point in time to another, or since boot if @from
 * is NULL.
 */
void report_points(struct report *report, const struct document_point *from,
		   const struct document_point *to);
void report_window(struct report *report, const struct snapshot *from, const struct snapshot *to);

/* How tables of @report write amounts. */
struct units report_units(const struct report *report);

/* An amount in a sentence, with its unit, as the amounts of the tables. */
const char *report_amount(struct report *report, int64_t bytes);

/* Text that lives as long as @report, for titles and notes. */
const char *report_text(struct report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A name that others chose, for such a text: as a terminal may print it; NULL: "-". */
const char *report_name(struct report *report, const char *name);

/* An array as rows, or one row. */
#define ROWS(array, n)		rows_of(array, n, sizeof(*(array)))
#define ONE_ROW(row)		ROWS(row, 1)

#endif /* READER_REPORT_H */
