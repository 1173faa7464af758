/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages of one process, one bit each, by mapping.
 */
#ifndef READER_FLAME_PAGES_H
#define READER_FLAME_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"

/**
 * struct page_bits_block - 64 pages of a mapping; bit N is page N of them
 * @first: number of the first page: its address divided by the page size
 * @resident: mapped, as RSS counts it
 * @exclusive: part of USS
 * @huge: mapped by a huge page
 */
struct page_bits_block {
	uint64_t first;
	uint64_t resident;
	uint64_t exclusive;
	uint64_t huge;
};

/**
 * struct page_area - a mapping
 * @start, @end: its addresses, multiples of the page size
 * @name: as in /proc/PID/maps; "" if anonymous; owned
 * @file: its pages are page cache
 * @blocks, @n: those with resident pages, in the order of addresses; owned
 */
struct page_area {
	uint64_t start;
	uint64_t end;
	char *name;
	bool file;
	struct page_bits_block *blocks;
	size_t n;
};

/**
 * struct page_bits - the mappings of a process
 * @v, @n: in the order of addresses; owned
 * @page: bytes of a page
 */
struct page_bits {
	uint32_t pid;
	struct page_area *v;
	size_t n;
	uint64_t page;
};

/* Fills the empty @bits with the pages of @pid; a test has its own. 0, or -1 and @why. */
typedef int page_bits_fn(void *context, struct page_bits *bits, uint32_t pid,
			 struct failure *why);

/* From the module: @context is a struct source. */
page_bits_fn flame_pages;

void page_bits_free(struct page_bits *bits);

/* Adds a mapping without pages. */
struct page_area *page_bits_add(struct page_bits *bits, uint64_t start, uint64_t end,
				const char *name);

/* Adds a block to @area. */
struct page_bits_block *page_area_add(struct page_area *area, uint64_t first);

#endif /* READER_FLAME_PAGES_H */
