/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole system by areas, as in smem -w.
 */
#ifndef READER_AREAS_COMMAND_H
#define READER_AREAS_COMMAND_H

#include "cli/command.h"

/* Prints the table of one census with totals and zones. */
void areas_show(const struct view *view, const struct options *options, FILE *out);

#endif /* READER_AREAS_COMMAND_H */
