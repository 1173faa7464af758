// SPDX-License-Identifier: GPL-2.0
/* Stacks, each kept once. */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "tools/flame/stacks.h"

#define NO_FRAME	UINT32_MAX

/* The slot of @frame, or a free one for it. */
static uint32_t *slot_of(const struct stacks *stacks, const struct frame *frame)
{
	const uint64_t hash = (frame->addr ^ frame->object) * 0x9e3779b97f4a7c15ULL;
	size_t at = hash >> 20 & (stacks->n_slots - 1);
	const struct frame *other;

	for (; stacks->slots[at]; at = (at + 1) & (stacks->n_slots - 1)) {
		other = &stacks->frames[stacks->slots[at] - 1];
		if (other->addr == frame->addr && other->object == frame->object)
			break;
	}
	return &stacks->slots[at];
}

/* Doubles the slots of frames if half of them are taken. */
static void keep_room(struct stacks *stacks)
{
	size_t i;

	if (2 * (stacks->n_frames + 1) <= stacks->n_slots)
		return;
	free(stacks->slots);
	stacks->n_slots = stacks->n_slots ? 2 * stacks->n_slots : 1024;
	stacks->slots = xcalloc(stacks->n_slots, sizeof(*stacks->slots));
	for (i = 0; i < stacks->n_frames; i++)
		*slot_of(stacks, &stacks->frames[i]) = (uint32_t)i + 1;
}

static uint32_t number_of(struct stacks *stacks, const struct frame *frame)
{
	uint32_t *slot;

	keep_room(stacks);
	slot = slot_of(stacks, frame);
	if (*slot)
		return *slot - 1;
	if (stacks->n_frames == STACKS_FRAMES_MAX)
		return NO_FRAME;
	stacks->frames = array_grow(stacks->frames, stacks->n_frames, sizeof(*frame));
	stacks->frames[stacks->n_frames++] = *frame;
	*slot = (uint32_t)stacks->n_frames;
	return *slot - 1;
}

static int by_frames(const void *a, const void *b)
{
	const struct stack *x = a, *y = b;

	return COMPARE(x->n, y->n) ?: memcmp(x->frames, y->frames, x->n * sizeof(*x->frames));
}

static uint32_t find_or_append(struct stacks *stacks, uint32_t *numbers, size_t n)
{
	const struct stack key = { .frames = numbers, .n = n };
	struct stack **found = tfind(&key, &stacks->by_frames, by_frames), *stack;

	if (found)
		return (*found)->number;
	if (stacks->n == STACKS_MAX || stacks->depths + n > STACKS_DEPTHS_MAX)
		return STACK_DROPPED;
	stack = xmemdup(&key, sizeof(key));
	stack->frames = xmemdup(numbers, n * sizeof(*numbers));
	stack->number = (uint32_t)stacks->n;
	if (!tsearch(stack, &stacks->by_frames, by_frames))
		memory_failed();
	stacks->v = array_grow(stacks->v, stacks->n, sizeof(stack));
	stacks->v[stacks->n++] = stack;
	stacks->depths += n;
	return stack->number;
}

uint32_t stacks_add(struct stacks *stacks, const struct frame *frames, size_t n)
{
	uint32_t numbers[STACKS_DEPTH], number = STACK_DROPPED;
	size_t i;

	if (!stacks->n) {
		/* Numbers 0 and 1 are no stacks. */
		stacks->v = xcalloc(STACK_FIRST, sizeof(struct stack *));
		stacks->n = STACK_FIRST;
	}
	if (n > STACKS_DEPTH)
		n = STACKS_DEPTH;
	for (i = 0; i < n; i++) {
		numbers[i] = number_of(stacks, &frames[i]);
		if (numbers[i] == NO_FRAME)
			break;
	}
	if (i == n)
		number = find_or_append(stacks, numbers, n);
	if (number == STACK_DROPPED)
		stacks->dropped++;
	else
		stacks->v[number]->faults++;
	return number;
}

static void free_stack(void *stack)
{
	free(((struct stack *)stack)->frames);
	free(stack);
}

void stacks_free(struct stacks *stacks)
{
	tdestroy(stacks->by_frames, free_stack);
	free(stacks->v);
	free(stacks->frames);
	free(stacks->slots);
	*stacks = (struct stacks){ .n = 0 };
}
