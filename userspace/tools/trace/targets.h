/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /proc says about what is traced.
 */
#ifndef READER_TRACE_TARGETS_H
#define READER_TRACE_TARGETS_H

#include "os/process.h"
#include "tools/trace/event.h"

/* The process of thread @tid, and its name in TRACE_COMM bytes; false: it is gone. */
bool trace_who(uint32_t tid, uint32_t *pid, char *comm);

/*
 * The end of the heap of @pid, in whole pages; 0: unknown.  The kernel takes the mmap
 * lock of the process for it: a process that holds its own for long gives no answer.
 */
uint64_t trace_break(uint32_t pid);

/* Bytes of a huge page where mmap() says no size; 0: unknown. */
uint64_t trace_huge_page(void);

#endif /* READER_TRACE_TARGETS_H */
