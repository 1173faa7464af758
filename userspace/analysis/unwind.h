/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unwinds copies of stacks by the DWARF tables of the code, with libdw.
 *
 * Children without privileges do that, one for each process: tables are hostile input.
 */
#ifndef READER_UNWIND_H
#define READER_UNWIND_H

#include "analysis/fault-record.h"

/* Makes @unwinder ready. 0, or -1 and @why. */
int unwind_begin(struct unwinder *unwinder, struct failure *why);
void unwind_end(struct unwinder *unwinder);

#endif /* READER_UNWIND_H */
