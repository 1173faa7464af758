/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stacks, each kept once: a stack is a list of frames, a frame is a place in the code.
 *
 * Memory is bounded: what does not fit becomes STACK_DROPPED.
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

#endif /* READER_STACKS_H */
