/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints the findings of leak.
 */
#ifndef READER_LEAK_SHOW_H
#define READER_LEAK_SHOW_H

#include "analysis/leak-judge.h"
#include "cli/session.h"

/* As a table or JSON. */
void leak_show(const struct leak_report *report, const struct session *session);

#endif /* READER_LEAK_SHOW_H */
