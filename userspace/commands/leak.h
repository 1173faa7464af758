/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints the findings of leak.
 */
#ifndef READER_LEAK_H
#define READER_LEAK_H

#include "analysis/leak-judge.h"
#include "cli/session.h"

/* Returns 0, or -1 and @why. */
int leak_show(const struct leak_report *report, const struct session *session,
	      struct failure *why);
void leak_json(const struct leak_report *report, FILE *out);

#endif /* READER_LEAK_H */
