/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints the findings of leak.
 */
#ifndef READER_LEAK_SHOW_H
#define READER_LEAK_SHOW_H

#include "cli/session.h"
#include "tools/leak/judge.h"

/* As a table or JSON. */
void leak_show(const struct leak_report *report, const struct session *session);

#endif /* READER_LEAK_SHOW_H */
