/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing metrics for Prometheus and others that read its formats.
 *
 * OpenMetrics 1.0, or the older text format of Prometheus, which node_exporter's
 * textfile collector and promtool read.  They differ in three ways: the name of a
 * counter's family ends in _total in the older one, which has neither units nor
 * an end mark.
 *
 * A family is opened once, and all its samples follow.  A family without a sample is
 * not written, so a value that is unknown is absent.
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
 * @value: any bytes; two that differ stay different
 */
struct label {
	const char *name;
	const char *value;
};

/**
 * struct family - a metric
 * @name: without unit and without _total
 * @unit: "bytes", "seconds", "ratio", or NULL; the end of the full name
 * @counter: it only grows, until the next boot; else it is a gauge
 * @help: one line
 */
struct family {
	const char *name;
	const char *unit;
	bool counter;
	const char *help;
};

/**
 * struct openmetrics - a document being written
 * @out: where to
 * @older: the text format of Prometheus
 * @family: the one that is open, of the caller
 * @begun: its first sample was written
 */
struct openmetrics {
	FILE *out;
	bool older;
	const struct family *family;
	bool begun;
};

/* Samples that follow belong to @family, which stays valid until the next one. */
void openmetrics_family(struct openmetrics *om, const struct family *family);

void openmetrics_unsigned(struct openmetrics *om, const struct label *labels,
			  size_t n, uint64_t value);
void openmetrics_signed(struct openmetrics *om, const struct label *labels,
			size_t n, int64_t value);
/* With as many digits as it takes to read the same value back; finite. */
void openmetrics_real(struct openmetrics *om, const struct label *labels,
		      size_t n, double value);

/* The end mark.  The caller looks for errors of the stream. */
void openmetrics_end(struct openmetrics *om);

#endif /* READER_OPENMETRICS_H */
