/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What 'brief' adds to the columns of the model.
 */
#ifndef READER_TOOLS_BRIEF_H
#define READER_TOOLS_BRIEF_H

#include "model/columns.h"

/* A row that stands out, and what was looked at. */
extern const struct row_type brief_shown_rows;
extern const struct row_type brief_seen_rows;

#endif /* READER_TOOLS_BRIEF_H */
