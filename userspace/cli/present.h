/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is shown of each census: a command's tables, or JSON.
 */
#ifndef READER_PRESENT_H
#define READER_PRESENT_H

#include "cli/session.h"

/* MEMCENSUS_PART_* that @options ask the module for; 0: its default. */
uint32_t present_parts(const struct options *options);

/*
 * Takes the censuses of @session and shows each by the command's show(), or as
 * JSON, and its warnings on stderr.  @partial is set where
 * something could not be counted.  0, or -1 and @why.
 */
int present_censuses(struct session *session, bool *partial, struct failure *why);

#endif /* READER_PRESENT_H */
