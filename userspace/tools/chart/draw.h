/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rows of a chart, the largest one by one, the others as one; gnuplot draws them, as a
 * child process.
 */
#ifndef READER_CHART_DRAW_H
#define READER_CHART_DRAW_H

#include "cli/session.h"
#include "lib/series.h"
#include "model/columns.h"

enum chart_kind {
	CHART_BAR = 1,
	CHART_PIE,
	CHART_TIME,
};

/**
 * struct chart_row - a process, a group, or a part of the system
 * @pid, @start: the process; 0 for other rows
 * @user: 1 + the UID of a row of a user; 0 for other rows, which @name identifies
 * @name: its label; owned
 * @parts: bytes in the last census, as many as chart.parts
 * @series: the first part over time; in the row of others, their sum
 * @seen: number of the last census that has it
 * @known: @parts were known at least once
 */
struct chart_row {
	uint64_t pid;
	uint64_t start;
	uint64_t user;
	char *name;
	double parts[3];
	struct series series;
	uint64_t seen;
	bool known;
};

/**
 * struct chart - all data of a chart
 * @column: the figure to draw and sort by
 * @parts: values per row: 1, or 3 for USS, PSS - USS, and swap
 * @system: the rows are the breakdown of MemTotal
 * @rows, @n: owned; after chart_arrange() the largest first
 * @cursor: row to try first: the one after the last match, as the order seldom changes
 * @others: number of rows summed in the last row; 0: it is a normal row
 * @ended: sum of @n_ended processes that have ended and were not among the largest
 * @most: rows from which on such processes are added to @ended
 * @what, @title: kind of amounts; machine and time; owned
 * @first, @last: times, ns since 1970
 * @elapsed: ns from the first to the last census
 */
struct chart {
	enum chart_kind kind;
	struct session *session;
	const struct column *column;
	unsigned int parts;
	bool system;
	struct chart_row *rows;
	size_t n;
	size_t cursor;
	size_t others;
	struct chart_row ended;
	size_t n_ended;
	size_t most;
	struct series times;
	uint64_t censuses;
	uint64_t unknown;
	char *what;
	char *title;
	uint64_t first;
	uint64_t last;
	uint64_t elapsed;
};

/* Whether the suffix of @path names a format of pictures; @svg: it is SVG, else PNG. */
bool chart_draws(const char *path, bool *svg);

/*
 * Writes the picture of an arranged chart to @out.  @path: its name; @keep: keeps script and
 * data beside it, as PATH.gp and PATH.dat.  Returns 0, or -1 and @why.
 */
int chart_draw(const struct chart *chart, const char *path, bool keep, FILE *out,
	       struct failure *why);

/* The amount by which a row is sorted. */
double chart_amount(const struct chart *chart, const struct chart_row *row);

#endif /* READER_CHART_DRAW_H */
