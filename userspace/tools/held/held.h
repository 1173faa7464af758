/* SPDX-License-Identifier: GPL-2.0 */
/* memcensus held: what processes hold by their descriptors. */
#ifndef READER_HELD_H
#define READER_HELD_H

#include "model/columns.h"

/* The open files of a kind, and one of them. */
extern const struct row_type open_kind_rows;
extern const struct row_type open_file_rows;

#endif /* READER_HELD_H */
