/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stacks, each kept once: a stack is a list of frames, a frame is a place in the code.
 *
 * Memory is bounded: what does not fit becomes STACK_DROPPED.
 *
 * For each page of a process the stack of its last fault.  A fork copies the map; both
 * share it until one of them changes.  Memory is bounded: 4 bytes for a page in blocks of
 * 512 pages, PAGE_STACKS_BYTES for all maps together.  Faults that do not fit are counted.
 */
#ifndef READER_STACKS_H
#define READER_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers of stacks that are none. */
enum {
	STACK_NONE = 0,
	STACK_DROPPED = 1,
	STACK_FIRST = 2,
};

/* Maximum number of frames of a stack; further ones are cut off. */
#define STACKS_DEPTH		256
/* Maximum number of frames and stacks, and of the frames in all stacks. */
#define STACKS_FRAMES_MAX	0x100000U
#define STACKS_MAX		0x100000U
#define STACKS_DEPTHS_MAX	0x2000000U

/**
 * struct frame - a place in the code
 * @object: number of the file or of the process whose code it is
 * @addr: offset in the file, or the address
 */
struct frame {
	uint64_t addr;
	uint32_t object;
};

/**
 * struct stack - a list of frames
 * @frames: numbers of its frames, innermost first; owned
 * @faults: how often it was added
 */
struct stack {
	uint32_t *frames;
	size_t n;
	uint32_t number;
	uint64_t faults;
};

/**
 * struct stacks - all stacks
 * @frames, @n_frames: each frame once; owned
 * @slots: of @frames, an open hash table: index plus 1, 0: free; owned
 * @n_slots: a power of two
 * @v, @n: each stack once, by its number; NULL below STACK_FIRST; owned
 * @depths: frames of all stacks
 * @by_frames: all stacks, as of tsearch(3)
 * @dropped: faults whose stack did not fit
 */
struct stacks {
	struct frame *frames;
	size_t n_frames;
	uint32_t *slots;
	size_t n_slots;
	struct stack **v;
	size_t n;
	size_t depths;
	void *by_frames;
	uint64_t dropped;
};

/*
 * Adds a fault with @n @frames, innermost first, and returns the number of its stack;
 * STACK_DROPPED if the stack is new and does not fit.
 */
uint32_t stacks_add(struct stacks *stacks, const struct frame *frames, size_t n);

void stacks_free(struct stacks *stacks);

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

/* Moves the stacks of @n pages, as mremap(2) does. */
void page_stacks_move(struct page_stacks *map, struct page_budget *budget,
		      uint64_t from, uint64_t to, uint64_t n);

void page_stacks_clear(struct page_stacks *map, struct page_budget *budget);

#endif /* READER_STACKS_H */
