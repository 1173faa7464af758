/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Serves metrics over HTTP to Prometheus, and the limits of cgroups as metrics.
 *
 * A request gets a census that starts after its arrival.  All requests that arrive
 * during a census share the next one.  The only page is GET /metrics; a client that
 * accepts OpenMetrics gets it, any other the Prometheus text format.
 */
#ifndef READER_EXPORT_H
#define READER_EXPORT_H

#include "lib/failure.h"
#include "lib/openmetrics.h"
#include "model/snapshot.h"

/**
 * struct exporter - callbacks that produce documents
 * @take: takes a census, called by one thread at a time; returns 0, or -1 and @why
 * @write: writes the last census of @take; older: in the Prometheus text format;
 *	returns 0, or -1 and @why
 * @context: argument of both
 */
struct exporter {
	int (*take)(void *context, struct failure *why);
	int (*write)(void *context, bool older, FILE *out, struct failure *why);
	void *context;
};

/*
 * Checks the syntax of @address: PORT, ADDRESS:PORT or [ADDRESS]:PORT.  Returns 0,
 * or -1 and @why.
 */
int export_listen_check(const char *address, struct failure *why);

/* Serves until a signal requests a stop.  Returns 0, or -1 and @why. */
int export_listen(const char *address, const struct exporter *exporter,
		  struct failure *why);

/*
 * For each cgroup of this machine that is a group of @snap, or above one, and has a
 * memory.max: that limit, and memory.current.  0, or -1 and @why if out of memory.
 */
int export_limits(struct openmetrics *om, const struct snapshot *snap, struct failure *why);

#endif /* READER_EXPORT_H */
