// SPDX-License-Identifier: GPL-2.0
/* Stacks, each kept once. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/stacks.h"

#define NO_FRAME	UINT32_MAX

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

static uint64_t hash_frame(const struct frame *frame)
{
	return mix(mix(1, frame->addr), frame->object);
}

static uint64_t hash_numbers(const uint32_t *numbers, size_t n)
{
	uint64_t hash = n;

	while (n--)
		hash = mix(hash, *numbers++);
	return hash;
}

/* Makes room for one element more in @v of @n elements, whose room is a power of two. */
static void *grown(void *v, size_t n, size_t size)
{
	return n & (n - 1) ? v : reallocarray(v, n ? 2 * n : 1, size);
}

static void put(struct stack_table *table, uint64_t hash, uint32_t number)
{
	size_t at = hash & (table->size - 1);

	while (table->slots[at])
		at = (at + 1) & (table->size - 1);
	table->slots[at] = number + 1;
}

/* Doubles @table if it is half full; @stacks has its @n entries. */
static bool keep_room(struct stacks *stacks, struct stack_table *table, size_t n)
{
	struct stack_table larger;
	const struct stack *stack;
	size_t i;

	if (2 * (n + 1) <= table->size)
		return true;
	larger.size = table->size ? 2 * table->size : 1024;
	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (i = 0; i < n; i++) {
		stack = &stacks->v[i];
		if (table == &stacks->by_frame)
			put(&larger, hash_frame(&stacks->frames[i]), (uint32_t)i);
		else if (i >= STACK_FIRST)
			put(&larger, hash_numbers(stacks->frames_of + stack->first, stack->n),
			    (uint32_t)i);
	}
	free(table->slots);
	*table = larger;
	return true;
}

static uint32_t number_of(struct stacks *stacks, const struct frame *frame)
{
	const uint64_t hash = hash_frame(frame);
	const struct frame *other;
	struct frame *frames;
	size_t at;

	if (!keep_room(stacks, &stacks->by_frame, stacks->n_frames))
		return NO_FRAME;
	for (at = hash & (stacks->by_frame.size - 1); stacks->by_frame.slots[at];
	     at = (at + 1) & (stacks->by_frame.size - 1)) {
		other = &stacks->frames[stacks->by_frame.slots[at] - 1];
		if (other->addr == frame->addr && other->object == frame->object)
			return stacks->by_frame.slots[at] - 1;
	}
	if (stacks->n_frames == STACKS_FRAMES_MAX)
		return NO_FRAME;
	frames = grown(stacks->frames, stacks->n_frames, sizeof(*frames));
	if (!frames)
		return NO_FRAME;
	stacks->frames = frames;
	frames[stacks->n_frames] = *frame;
	stacks->by_frame.slots[at] = (uint32_t)stacks->n_frames + 1;
	return (uint32_t)stacks->n_frames++;
}

static bool is_same(const struct stacks *stacks, const struct stack *stack,
		    const uint32_t *numbers, size_t n)
{
	return stack->n == n &&
	       !memcmp(stacks->frames_of + stack->first, numbers, n * sizeof(*numbers));
}

/* Appends a stack; false if it does not fit. */
static bool append(struct stacks *stacks, const uint32_t *numbers, size_t n)
{
	struct stack *v;
	uint32_t *frames_of;

	if (stacks->n == STACKS_MAX || stacks->n_frames_of + n > STACKS_DEPTHS_MAX)
		return false;
	v = grown(stacks->v, stacks->n, sizeof(*v));
	if (!v)
		return false;
	stacks->v = v;
	if (stacks->n_frames_of + n > stacks->room) {
		frames_of = reallocarray(stacks->frames_of, 2 * (stacks->room + n),
					 sizeof(*frames_of));
		if (!frames_of)
			return false;
		stacks->frames_of = frames_of;
		stacks->room = 2 * (stacks->room + n);
	}
	if (n)
		memcpy(stacks->frames_of + stacks->n_frames_of, numbers, n * sizeof(*numbers));
	v[stacks->n++] = (struct stack){ (uint32_t)stacks->n_frames_of, (uint32_t)n, 0 };
	stacks->n_frames_of += n;
	return true;
}

/* Numbers 0 and 1 are no stacks. */
static bool begin(struct stacks *stacks)
{
	while (stacks->n < STACK_FIRST)
		if (!append(stacks, NULL, 0))
			return false;
	return true;
}

static uint32_t find_or_append(struct stacks *stacks, const uint32_t *numbers, size_t n)
{
	const uint64_t hash = hash_numbers(numbers, n);
	size_t at;

	if (!keep_room(stacks, &stacks->by_stack, stacks->n))
		return STACK_DROPPED;
	for (at = hash & (stacks->by_stack.size - 1); stacks->by_stack.slots[at];
	     at = (at + 1) & (stacks->by_stack.size - 1))
		if (is_same(stacks, &stacks->v[stacks->by_stack.slots[at] - 1], numbers, n))
			return stacks->by_stack.slots[at] - 1;
	if (!append(stacks, numbers, n))
		return STACK_DROPPED;
	stacks->by_stack.slots[at] = (uint32_t)stacks->n;
	return (uint32_t)stacks->n - 1;
}

uint32_t stacks_add(struct stacks *stacks, const struct frame *frames, size_t n)
{
	uint32_t numbers[STACKS_DEPTH], number = STACK_DROPPED;
	size_t i;

	if (n > STACKS_DEPTH)
		n = STACKS_DEPTH;
	for (i = 0; i < n; i++) {
		numbers[i] = number_of(stacks, &frames[i]);
		if (numbers[i] == NO_FRAME)
			break;
	}
	if (begin(stacks) && i == n)
		number = find_or_append(stacks, numbers, n);
	if (number == STACK_DROPPED)
		stacks->dropped++;
	else
		stacks->v[number].faults++;
	return number;
}

void stacks_free(struct stacks *stacks)
{
	free(stacks->frames);
	free(stacks->v);
	free(stacks->frames_of);
	free(stacks->by_frame.slots);
	free(stacks->by_stack.slots);
	*stacks = (struct stacks){ .n = 0 };
}
