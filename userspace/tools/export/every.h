/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Metrics in a file that is replaced at an interval, by one process.
 *
 * A collector reads a whole file at any time, and never one that another process writes too: a
 * lock beside the file keeps a second one out.  The file has what the process itself costs.
 */
#ifndef READER_EXPORT_EVERY_H
#define READER_EXPORT_EVERY_H

#include <stdint.h>

#include "tools/export/census.h"

/*
 * Replaces the -o file each @interval, ns, until a signal requests a stop: 0.  -1 and @why if a
 * census or a file fails; the file is then the last one that was whole.
 */
int export_every(struct export *export, uint64_t interval, struct failure *why);

#endif /* READER_EXPORT_EVERY_H */
