/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For each page of a process the stack of its last fault.  A fork copies the map; both
 * share it until one of them changes.  Memory is bounded: 4 bytes for a page in blocks of
 * 512 pages, PAGE_STACKS_BYTES for all maps together.  Faults that do not fit are counted.
 */
#ifndef READER_PAGE_STACKS_H
#define READER_PAGE_STACKS_H

#include "tools/flame/stacks.h"

/* Enough for 512 GiB of touched memory with pages of 4 KiB. */
#define PAGE_STACKS_BYTES	(512UL << 20)

/* Pages of a block: with pages of 4 KiB, those of a huge page. */
#define PAGE_STACKS_BLOCK	512

/**
 * struct page_budget - the bound of all maps
 * @bytes: allocated now
 * @most: maximum of @bytes
 * @dropped: faults that did not fit
 */
struct page_budget {
	size_t bytes;
	size_t most;
	uint64_t dropped;
};

struct page_block;

/**
 * struct page_stacks - the map of a process; all 0: empty
 * @slots: blocks, an open hash table; owned
 * @size: number of slots, a power of two
 * @n: number of blocks
 */
struct page_stacks {
	struct page_block **slots;
	size_t size;
	size_t n;
};

/* Sets the stack of page @number, an address divided by the page size. */
void page_stacks_set(struct page_stacks *map, struct page_budget *budget,
		     uint64_t number, uint32_t stack);

/* The stack of page @number; STACK_NONE: none is known. */
uint32_t page_stacks_get(const struct page_stacks *map, uint64_t number);

/* The stack of the last fault in the block of page @number; STACK_NONE: none. */
uint32_t page_stacks_last(const struct page_stacks *map, uint64_t number);

/* Makes the empty @to a copy of @from; false: it does not fit, and @to is empty. */
bool page_stacks_copy(struct page_stacks *to, const struct page_stacks *from,
		      struct page_budget *budget);

void page_stacks_clear(struct page_stacks *map, struct page_budget *budget);

#endif /* READER_PAGE_STACKS_H */
