/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's call sites that allocate memory, and what each has not freed: /proc/allocinfo, of
 * kernels with CONFIG_MEM_ALLOC_PROFILING.
 */
#ifndef READER_CALL_SITES_H
#define READER_CALL_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"

/**
 * struct call_site - one line
 * @bytes: allocated and not freed; may be negative for a moment, as processors count for themselves
 * @calls: number of allocations
 * @file: of the source, as the kernel was built
 * @line: in it
 * @module: NULL: the kernel itself
 * @function: around it
 * @inaccurate: the kernel says that it missed some
 */
struct call_site {
	int64_t bytes;
	uint64_t calls;
	const char *file;
	uint64_t line;
	const char *module;
	const char *function;
	bool inaccurate;
};

/* Whether the kernel counts allocations. */
enum profiling {
	PROFILING_ON,
	PROFILING_OFF,		/* vm.mem_profiling is 0: what was counted before is left */
	PROFILING_ABSENT,	/* the kernel has no /proc/allocinfo */
	PROFILING_UNREADABLE,
};

/* As the module of the reader's JSON names them. */
extern const char *const profiling_words[];

/**
 * struct call_sites - all of them
 * @profiling: with PROFILING_ABSENT and PROFILING_UNREADABLE there are none
 * @why: why there are none, and what to do
 * @wrong: lines that could not be understood
 * @n: length of @v
 * @v: as in the file; owned
 * @text: what @v points into; owned
 */
struct call_sites {
	enum profiling profiling;
	struct failure why;
	size_t wrong;
	size_t n;
	struct call_site *v;
	char *text;
};

/* Reads those of this machine.  call_sites_free() frees what @sites points to. */
void call_sites_read(struct call_sites *sites);

/* Parses a copy of @text, the contents of allocinfo. */
void call_sites_parse(struct call_sites *sites, const char *text);
void call_sites_free(struct call_sites *sites);

#endif /* READER_CALL_SITES_H */
