/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables and arrays of JSON of what a command takes, as its options choose them.
 */
#ifndef READER_SHOW_H
#define READER_SHOW_H

#include "cli/command.h"
#include "report/listing.h"

/* Fills @listing with @records of command_rows(), in the order of @options. */
void command_arrange(struct listing *listing, const struct view *view,
		     const struct options *options, struct records records);

/* The format of tables and amounts that @options select. */
struct table_look command_look(const struct options *options);
struct units command_units(const struct view *view,
			   const struct options *options);

/*
 * Separates two tables by an empty line and, unless raw, @title with a colon
 * and another empty line.  @title may be NULL.
 */
void command_title(const struct options *options, FILE *out, const char *title);

#endif /* READER_SHOW_H */
