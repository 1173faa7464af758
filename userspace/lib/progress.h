/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows on stderr, if it is a terminal, that a census, or a pass over all frames, takes long,
 * and erases the line when it is complete.
 *
 * The module reports no progress before the end, so the line shows
 * only the activity and the elapsed time.
 */
#ifndef READER_PROGRESS_H
#define READER_PROGRESS_H

#include "lib/failure.h"

struct progress;

/*
 * @what: what takes long, a constant.  Returns NULL if there is nothing to show;
 * progress_end() accepts NULL.
 */
struct progress *progress_begin(const char *what);
void progress_end(struct progress *progress);

#endif /* READER_PROGRESS_H */
