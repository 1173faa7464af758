// SPDX-License-Identifier: GPL-2.0
/* Stacks, each kept once. */
#include <stdlib.h>
#include <string.h>

#include "analysis/stacks.h"
#include "lib/memory.h"

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

static void put(struct stack_table *table, uint64_t hash, uint32_t number)
{
	size_t at = hash & (table->size - 1);

	while (table->slots[at])
		at = (at + 1) & (table->size - 1);
	table->slots[at] = number + 1;
}

/* Doubles @table if it is half full; @stacks has its @n entries. */
static void keep_room(struct stacks *stacks, struct stack_table *table, size_t n)
{
	size_t i;

	if (2 * (n + 1) <= table->size)
		return;
	table->size = table->size ? 2 * table->size : 1024;
	free(table->slots);
	table->slots = xcalloc(table->size, sizeof(*table->slots));
	for (i = 0; i < n; i++) {
		if (table == &stacks->by_frame)
			put(table, hash_frame(&stacks->frames[i]), (uint32_t)i);
		else if (i >= STACK_FIRST)
			put(table, hash_numbers(stacks->v[i].frames, stacks->v[i].n), (uint32_t)i);
	}
}

static uint32_t number_of(struct stacks *stacks, const struct frame *frame)
{
	const uint64_t hash = hash_frame(frame);
	const struct frame *other;
	size_t at;

	keep_room(stacks, &stacks->by_frame, stacks->n_frames);
	for (at = hash & (stacks->by_frame.size - 1); stacks->by_frame.slots[at];
	     at = (at + 1) & (stacks->by_frame.size - 1)) {
		other = &stacks->frames[stacks->by_frame.slots[at] - 1];
		if (other->addr == frame->addr && other->object == frame->object)
			return stacks->by_frame.slots[at] - 1;
	}
	if (stacks->n_frames == STACKS_FRAMES_MAX)
		return NO_FRAME;
	stacks->frames = array_grow(stacks->frames, stacks->n_frames, sizeof(*frame));
	stacks->frames[stacks->n_frames] = *frame;
	stacks->by_frame.slots[at] = (uint32_t)stacks->n_frames + 1;
	return (uint32_t)stacks->n_frames++;
}

static uint32_t find_or_append(struct stacks *stacks, const uint32_t *numbers, size_t n)
{
	const uint64_t hash = hash_numbers(numbers, n);
	const struct stack *stack;
	size_t at;

	keep_room(stacks, &stacks->by_stack, stacks->n);
	for (at = hash & (stacks->by_stack.size - 1); stacks->by_stack.slots[at];
	     at = (at + 1) & (stacks->by_stack.size - 1)) {
		stack = &stacks->v[stacks->by_stack.slots[at] - 1];
		if (stack->n == n && !memcmp(stack->frames, numbers, n * sizeof(*numbers)))
			return stacks->by_stack.slots[at] - 1;
	}
	if (stacks->n == STACKS_MAX || stacks->depths + n > STACKS_DEPTHS_MAX)
		return STACK_DROPPED;
	stacks->v = array_grow(stacks->v, stacks->n, sizeof(*stack));
	stacks->v[stacks->n++] = (struct stack){ xmemdup(numbers, n * sizeof(*numbers)), n, 0 };
	stacks->depths += n;
	stacks->by_stack.slots[at] = (uint32_t)stacks->n;
	return (uint32_t)stacks->n - 1;
}

uint32_t stacks_add(struct stacks *stacks, const struct frame *frames, size_t n)
{
	uint32_t numbers[STACKS_DEPTH], number = STACK_DROPPED;
	size_t i;

	if (!stacks->n) {
		/* Numbers 0 and 1 are no stacks. */
		stacks->v = xcalloc(STACK_FIRST, sizeof(*stacks->v));
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
		stacks->v[number].faults++;
	return number;
}

void stacks_free(struct stacks *stacks)
{
	while (stacks->n)
		free(stacks->v[--stacks->n].frames);
	free(stacks->v);
	free(stacks->frames);
	free(stacks->by_frame.slots);
	free(stacks->by_stack.slots);
	*stacks = (struct stacks){ .n = 0 };
}
