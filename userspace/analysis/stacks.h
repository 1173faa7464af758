/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stacks, each kept once: a stack is a list of frames, a frame is a place in the code.
 *
 * Memory is bounded: what does not fit becomes STACK_DROPPED.
 */
#ifndef READER_STACKS_H
#define READER_STACKS_H

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
 * @n: number of frames
 * @faults: how often it was added
 */
struct stack {
	uint32_t *frames;
	size_t n;
	uint64_t faults;
};

/**
 * struct stack_table - an open hash table of numbers
 * @slots: number of an entry plus 1, 0: free; owned
 * @size: number of slots, a power of two
 */
struct stack_table {
	uint32_t *slots;
	size_t size;
};

/**
 * struct stacks - all stacks
 * @frames: each frame once; owned
 * @n_frames: their number
 * @v: each stack once; the index is its number; owned
 * @n: their number
 * @depths: frames of all stacks
 * @by_frame, @by_stack: find them again
 * @dropped: faults whose stack did not fit
 */
struct stacks {
	struct frame *frames;
	size_t n_frames;
	struct stack *v;
	size_t n;
	size_t depths;
	struct stack_table by_frame;
	struct stack_table by_stack;
	uint64_t dropped;
};

/*
 * Adds a fault with @n @frames, innermost first, and returns the number of its stack;
 * STACK_DROPPED if the stack is new and does not fit.
 */
uint32_t stacks_add(struct stacks *stacks, const struct frame *frames, size_t n);

void stacks_free(struct stacks *stacks);

#endif /* READER_STACKS_H */
