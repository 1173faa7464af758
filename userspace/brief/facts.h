/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of brief_gather() share. */
#ifndef READER_BRIEF_FACTS_H
#define READER_BRIEF_FACTS_H

#include "brief/gather.h"

/* "PID COMM", which the caller frees. */
char *fact_process(const struct task *task);

/* The tasks of @snap by RSS, the largest first; the caller frees it. */
const struct task **facts_largest(const struct snapshot *snap);

/* Takes @n files off what is left; false: there are not so many, and nothing is taken. */
bool facts_take(struct brief_ask *ask, uint64_t n);

/* The number behind "avg10=" in the line @which of a text of pressure, in 1/100 percent. */
bool facts_pressure(const char *text, const char *which, uint64_t *hundredths);

/*
 * Takes what other facts have of memory that the kernel does not count off what is unaccounted for:
 * after all of them were gathered.
 */
void facts_known_unaccounted(struct brief *brief);

#endif /* READER_BRIEF_FACTS_H */
