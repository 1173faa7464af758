/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What 'system' adds to the columns of the model.
 */
#ifndef READER_SYSTEM_H
#define READER_SYSTEM_H

#include "model/columns.h"

/* A swap device. */
extern const struct row_type swap_rows;

#endif /* READER_SYSTEM_H */
