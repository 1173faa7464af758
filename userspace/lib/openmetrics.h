/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes metrics for Prometheus and other readers of its formats.
 *
 * OpenMetrics 1.0, or the older text format of Prometheus, which node_exporter's
 * textfile collector and promtool read.  The older format ends the name of a
 * counter's metric in _total; it has neither units nor an end mark.
 *
 * A metric is opened once; all its samples follow.  A metric without samples is
 * not written, so an unknown value is absent.
 */
#ifndef READER_OPENMETRICS_H
#define READER_OPENMETRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct label - a dimension of a sample
 * @name: letters, digits and underscores
 * @value: any bytes; different values stay different
 */
struct label {
	const char *name;
	const char *value;
};

/**
 * struct metric - what samples have in common
 * @name: without unit and without _total
 * @unit: "bytes", "seconds", "ratio", or NULL; the suffix of the full name
 * @counter: it never decreases until the next boot; else it is a gauge
 * @help: one line
 */
struct metric {
	const char *name;
	const char *unit;
	bool counter;
	const char *help;
};

/**
 * struct openmetrics - a document under construction
 * @older: write the Prometheus text format
 * @metric: the open metric; the caller owns it
 * @begun: its first sample is written
 */
struct openmetrics {
	FILE *out;
	bool older;
	const struct metric *metric;
	bool begun;
};

/* Opens @metric for the next samples; it must stay valid until the next call. */
void openmetrics_metric(struct openmetrics *om, const struct metric *metric);

void openmetrics_unsigned(struct openmetrics *om, const struct label *labels,
			  size_t n, uint64_t value);
void openmetrics_signed(struct openmetrics *om, const struct label *labels,
			size_t n, int64_t value);
/* Writes as many digits as a reader needs to get the same value; @value is finite. */
void openmetrics_real(struct openmetrics *om, const struct label *labels,
		      size_t n, double value);

/* At most so many bytes does @text take as the value of a label. */
size_t openmetrics_length(const char *text);

/* Writes the end mark.  The caller checks the stream for errors. */
void openmetrics_end(struct openmetrics *om);

#endif /* READER_OPENMETRICS_H */
