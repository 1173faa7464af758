/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes metrics in the text format of Prometheus, version 0.0.4, which node_exporter's textfile
 * collector, promtool and others read.
 *
 * A metric is opened once; all its samples follow.  A metric without samples is
 * not written, so an unknown value is absent.
 */
#ifndef READER_EXPOSITION_H
#define READER_EXPOSITION_H

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
 * struct exposition - a document under construction
 * @metric: the open metric; the caller owns it
 * @begun: its first sample is written
 */
struct exposition {
	FILE *out;
	const struct metric *metric;
	bool begun;
};

/* Opens @metric for the next samples; it must stay valid until the next call. */
void exposition_metric(struct exposition *om, const struct metric *metric);

void exposition_unsigned(struct exposition *om, const struct label *labels,
			 size_t n, uint64_t value);
void exposition_signed(struct exposition *om, const struct label *labels,
		       size_t n, int64_t value);
/* Writes as many digits as a reader needs to get the same value; @value is finite. */
void exposition_real(struct exposition *om, const struct label *labels,
		     size_t n, double value);

/* At most so many bytes does @text take as the value of a label. */
size_t exposition_length(const char *text);

#endif /* READER_EXPOSITION_H */
