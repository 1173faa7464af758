/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Serves metrics over HTTP to Prometheus.
 *
 * A request takes a census if the last one is older than 5 s; all requests share it.  The only
 * page is GET /metrics; a client that accepts OpenMetrics gets it, any other the Prometheus
 * text format.
 */
#ifndef READER_EXPORT_LISTEN_H
#define READER_EXPORT_LISTEN_H

#include "cli/options.h"
#include "tools/export/census.h"

/*
 * Checks the syntax of the option's @address: PORT, ADDRESS:PORT or [ADDRESS]:PORT.
 * Returns 0, or -1 and @why.
 */
int export_set_listen(struct options *options, const char *address, struct failure *why);

/* Serves until a signal requests a stop.  Returns 0, or -1 and @why. */
int export_listen(const char *address, struct export *export, struct failure *why);

#endif /* READER_EXPORT_LISTEN_H */
