/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What charts are drawn of: rows of amounts, the largest apart, the others
 * together.
 */
#ifndef READER_CHART_H
#define READER_CHART_H

#include "analysis/series.h"
#include "cli/session.h"
#include "lib/gnuplot.h"
#include "model/columns.h"

enum chart_kind {
	CHART_BAR = 1,
	CHART_PIE,
	CHART_TIME,
};

/**
 * struct chart_row - a process, a group, or a part of the system
 * @pid, @start: which process; @id: which user or cgroup; @name: which command
 * @name: its label; owned
 * @parts: bytes, of the last census: as many as chart.parts says
 * @series: the first part over time; sums of the others in its place
 * @seen: number of its last census
 * @known: @parts were known once
 */
struct chart_row {
	uint64_t pid;
	uint64_t start;
	char *name;
	double parts[3];
	struct series series;
	uint64_t seen;
	bool known;
};

/**
 * struct chart - all that is drawn
 * @kind: what it is
 * @session: options, and what is read
 * @column: the figure that is drawn, or sorted by
 * @parts: of a row: 1, or USS, the share of what is shared, and swap
 * @system: rows are what MemTotal is made of
 * @rows: owned; after chart_arrange() the largest first
 * @n: how many
 * @others: how many the last row sums; 0: it is one row like the others
 * @times: of the censuses
 * @censuses: how many there were
 * @unknown: unavailable values
 * @title: machine and time; owned
 * @first, @last: times, ns since 1970
 * @zero: ns since boot, of the first
 */
struct chart {
	enum chart_kind kind;
	struct session *session;
	const struct column *column;
	unsigned int parts;
	bool system;
	struct chart_row *rows;
	size_t n;
	size_t others;
	struct series times;
	uint64_t censuses;
	uint64_t unknown;
	char *title;
	uint64_t first;
	uint64_t last;
	uint64_t zero;
};

/* Takes the rows of a census.  0, or -1 and @why. */
int chart_add(struct chart *chart, const struct snapshot *snap, struct failure *why);

/* Sorts the rows and puts all but the largest @top together; 0: none. */
int chart_arrange(struct chart *chart, size_t top, struct failure *why);
void chart_free(struct chart *chart);

/* Draws it into @plot.  0, or -1 and @why. */
int chart_draw(const struct chart *chart, struct plot *plot, struct failure *why);

/* The amount of a row that is sorted by. */
double chart_amount(const struct chart *chart, const struct chart_row *row);

#endif /* READER_CHART_H */
