/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows each census: by the command's tables, or as JSON.
 */
#ifndef READER_PRESENT_H
#define READER_PRESENT_H

#include "cli/session.h"

/* The MEMCENSUS_PART_* to request for @options; 0: the module's default. */
uint32_t present_parts(const struct options *options);

/*
 * Takes the censuses of @session, shows each by the command's show() or as JSON,
 * and prints its warnings on stderr.  Sets @partial if something could not be
 * counted.  Returns 0, or -1 and @why.
 */
int present_censuses(struct session *session, bool *partial, struct failure *why);

#endif /* READER_PRESENT_H */
