/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole system by areas, as in smem -w.
 */
#ifndef READER_AREAS_H
#define READER_AREAS_H

#include "cli/command.h"
#include "lib/part.h"

/* Prints the table of one census with totals and zones. Returns 0, or -1 and @why. */
int areas_show(const struct view *view, const struct options *options,
	       FILE *out, struct failure *why) MAY_BE_LEFT_OUT;

#endif /* READER_AREAS_H */
