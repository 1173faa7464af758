/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A census as metrics, written once or for each request.
 */
#ifndef READER_EXPORT_H
#define READER_EXPORT_H

#include "cli/command.h"

/* The censuses of one export. */
struct export;

/*
 * Takes new censuses, in one thread at a time; of a record, which does not change, keeps
 * the old one.  Returns 0, or -1 and @why.
 */
int export_take(struct export *export, struct failure *why);

/* Writes them; @older: in the Prometheus text format. */
void export_write(const struct export *export, bool older, FILE *out);

extern const struct command export_command;

#endif /* READER_EXPORT_H */
