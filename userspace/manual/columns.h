/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The section COLUMNS of the manual page, made from the columns when the page is built.
 */
#ifndef READER_MANUAL_COLUMNS_H
#define READER_MANUAL_COLUMNS_H

#include <stdio.h>

#include "model/columns.h"

/* The types of the rows that -c and -s of a command choose columns of; ended by NULL. */
extern const struct row_type *const manual_types[];

/* Writes in the language of scdoc what the figures of all types are, then the rest of each. */
void manual_columns(FILE *out);

#endif /* READER_MANUAL_COLUMNS_H */
