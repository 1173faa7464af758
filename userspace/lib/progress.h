/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Says that a census takes long, on stderr where that is a terminal, and wipes
 * it away when it is there.
 *
 * How far a scan is the module does not tell before its end; so it is said
 * what is being done, and for how long.
 */
#ifndef READER_PROGRESS_H
#define READER_PROGRESS_H

#include "lib/part.h"

struct progress;

/* NULL where nothing is to be said, which progress_end() takes. */
MAY_BE_LEFT_OUT
struct progress *progress_begin(void);
void progress_end(struct progress *progress) MAY_BE_LEFT_OUT;

#endif /* READER_PROGRESS_H */
