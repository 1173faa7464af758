/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Says that a census takes long, on stderr where that is a terminal, and erases the
 * line when the census is done.
 *
 * The module reports no progress before the end of a scan, so this says what is
 * being done, and for how long.
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
