/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes what flame found.
 */
#ifndef READER_FLAME_PRINT_H
#define READER_FLAME_PRINT_H

#include "tools/flame/run.h"

/* Writes the lines or the table, and a summary on stderr. */
void flame_print(const struct flame *flame);

#endif /* READER_FLAME_PRINT_H */
