/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the system gets back when a process ends, as far as a census knows it: the table in
 * Documentation/leak.rst.  Memory that it gets back anyway (page cache, MADV_FREE) is no part.
 */
#ifndef READER_RETURNED_H
#define READER_RETURNED_H

#include "model/amount.h"

/*
 * Of a mapping or a process, without kernel stacks.  Unknown if it was not walked, or if it has
 * swap and whose that is was unknown.
 */
struct amount returned_memory(const struct figures *figures);

/* Kernel stacks of @task, of @stack bytes each; 0 if either is unknown. */
struct amount returned_stacks(const struct task *task, struct amount stack);

#endif /* READER_RETURNED_H */
