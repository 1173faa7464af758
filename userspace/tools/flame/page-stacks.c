// SPDX-License-Identifier: GPL-2.0
/* For each page of a process the stack of its last fault. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "tools/flame/page-stacks.h"

/**
 * struct page_block - PAGE_STACKS_BLOCK adjacent pages
 * @users: number of maps that have it
 * @last: stack of the last fault
 */
struct page_block {
	uint32_t users;
	uint32_t last;
	uint64_t number;
	uint32_t stacks[PAGE_STACKS_BLOCK];
};

static size_t slot_of(const struct page_stacks *map, uint64_t number)
{
	size_t at = (number * 0x9e3779b97f4a7c15ULL >> 20) & (map->size - 1);

	while (map->slots[at] && map->slots[at]->number != number)
		at = (at + 1) & (map->size - 1);
	return at;
}

static const struct page_block *find_block(const struct page_stacks *map, uint64_t number)
{
	return map->size ? map->slots[slot_of(map, number / PAGE_STACKS_BLOCK)] : NULL;
}

static bool take_from_budget(struct page_budget *budget, size_t bytes)
{
	if (bytes > budget->most - budget->bytes)
		return false;
	budget->bytes += bytes;
	return true;
}

static bool resize(struct page_stacks *map, struct page_budget *budget, size_t size)
{
	struct page_stacks larger = { .size = size, .n = map->n };
	size_t i;

	if (!take_from_budget(budget, size * sizeof(*map->slots)))
		return false;
	larger.slots = xcalloc(size, sizeof(*larger.slots));
	for (i = 0; i < map->size; i++)
		if (map->slots[i])
			larger.slots[slot_of(&larger, map->slots[i]->number)] = map->slots[i];
	budget->bytes -= map->size * sizeof(*map->slots);
	free(map->slots);
	*map = larger;
	return true;
}

/* The block of page @number for writing, not shared; NULL: it does not fit. */
static struct page_block *own_block(struct page_stacks *map, struct page_budget *budget,
				    uint64_t number)
{
	const uint64_t wanted = number / PAGE_STACKS_BLOCK;
	struct page_block *block, **slot;

	if (2 * (map->n + 1) > map->size &&
	    !resize(map, budget, map->size ? 2 * map->size : 16))
		return NULL;
	slot = &map->slots[slot_of(map, wanted)];
	if (*slot && (*slot)->users == 1)
		return *slot;
	if (!take_from_budget(budget, sizeof(*block)))
		return NULL;
	block = xcalloc(1, sizeof(*block));
	if (*slot) {
		*block = **slot;
		(*slot)->users--;
	} else {
		block->number = wanted;
		map->n++;
	}
	block->users = 1;
	*slot = block;
	return block;
}

void page_stacks_set(struct page_stacks *map, struct page_budget *budget,
		     uint64_t number, uint32_t stack)
{
	struct page_block *block = own_block(map, budget, number);

	if (!block) {
		budget->dropped++;
		return;
	}
	block->stacks[number % PAGE_STACKS_BLOCK] = stack;
	block->last = stack;
}

uint32_t page_stacks_get(const struct page_stacks *map, uint64_t number)
{
	const struct page_block *block = find_block(map, number);

	return block ? block->stacks[number % PAGE_STACKS_BLOCK] : STACK_NONE;
}

uint32_t page_stacks_last(const struct page_stacks *map, uint64_t number)
{
	const struct page_block *block = find_block(map, number);

	return block ? block->last : STACK_NONE;
}

bool page_stacks_copy(struct page_stacks *to, const struct page_stacks *from,
		      struct page_budget *budget)
{
	size_t i;

	*to = (struct page_stacks){ .n = 0 };
	if (!from->size)
		return true;
	if (!resize(to, budget, from->size))
		return false;
	memcpy(to->slots, from->slots, from->size * sizeof(*to->slots));
	to->n = from->n;
	for (i = 0; i < to->size; i++)
		if (to->slots[i])
			to->slots[i]->users++;
	return true;
}

void page_stacks_clear(struct page_stacks *map, struct page_budget *budget)
{
	size_t i;

	for (i = 0; i < map->size; i++) {
		if (!map->slots[i] || --map->slots[i]->users)
			continue;
		free(map->slots[i]);
		budget->bytes -= sizeof(**map->slots);
	}
	budget->bytes -= map->size * sizeof(*map->slots);
	free(map->slots);
	*map = (struct page_stacks){ .n = 0 };
}
