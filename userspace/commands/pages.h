/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'map --pages': where the pages of a process are.
 */
#ifndef READER_PAGES_SHOW_H
#define READER_PAGES_SHOW_H

#include <stdio.h>

#include "cli/options.h"
#include "lib/part.h"
#include "model/listing.h"

/*
 * A row for each mapping in the range of @options, with a picture of its pages.
 * 0, or -1 and @why.
 */
int pages_show(const struct view *view, const struct options *options, FILE *out,
	       struct failure *why) MAY_BE_LEFT_OUT;

/* Parses START-END, hexadecimal as in maps. 0, or -1 and @why. */
int pages_range(struct options *options, const char *value,
		struct failure *why) MAY_BE_LEFT_OUT;

#endif /* READER_PAGES_SHOW_H */
