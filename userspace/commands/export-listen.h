/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Serving metrics by HTTP, for Prometheus to scrape.
 *
 * A request gets a census that starts after it came.  All requests that come while
 * one is taken share the next one.  GET /metrics is all there is; a client that accepts
 * OpenMetrics gets it, any other the text format of Prometheus.
 */
#ifndef READER_EXPORT_LISTEN_H
#define READER_EXPORT_LISTEN_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/failure.h"

/**
 * struct exporter - what makes documents
 * @take: takes a census, in one thread at a time; 0, or -1 and @why
 * @write: writes the census that @take took last, in the older format or not;
 *	0, or -1 and @why
 * @context: of both
 */
struct exporter {
	int (*take)(void *context, struct failure *why);
	int (*write)(void *context, bool older, FILE *out, struct failure *why);
	void *context;
};

/*
 * Whether @address can be listened to: PORT, ADDRESS:PORT or [ADDRESS]:PORT.  0, or
 * -1 and @why.
 */
int export_listen_check(const char *address, struct failure *why);

/* Serves until a signal asks for the end.  0, or -1 and @why. */
int export_listen(const char *address, const struct exporter *exporter,
		  struct failure *why);

#endif /* READER_EXPORT_LISTEN_H */
