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

#include "cli/options.h"
#include "lib/failure.h"
#include "lib/openmetrics.h"
#include "model/snapshot.h"

/* The censuses of one export. */
struct export;

/*
 * Takes new censuses, in one thread at a time; of a record, which does not change, keeps
 * the old one.  Returns 0, or -1 and @why.
 */
int export_take(struct export *export, struct failure *why);

/* Writes them; @older: in the Prometheus text format. */
void export_write(const struct export *export, bool older, FILE *out);

/*
 * Checks the syntax of the option's @address: PORT, ADDRESS:PORT or [ADDRESS]:PORT.
 * Returns 0, or -1 and @why.
 */
int export_set_listen(struct options *options, const char *address, struct failure *why);

/* Serves until a signal requests a stop.  Returns 0, or -1 and @why. */
int export_listen(const char *address, struct export *export, struct failure *why);

/*
 * For each cgroup of this machine that is a group of @snap, or above one, and has a
 * memory.max: that limit, and memory.current.
 */
void export_limits(struct openmetrics *om, const struct snapshot *snap);

#endif /* READER_EXPORT_H */
