// SPDX-License-Identifier: GPL-2.0
#include <linux/align.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "base/memory.h"
#include "base/result-memory.h"

/**
 * struct census_arena_chunk - memory of an arena
 * @next: an older chunk, or NULL
 * @size: bytes, with this struct
 * @memory: of records
 */
struct census_arena_chunk {
	struct census_arena_chunk *next;
	u64 size;
	u8 memory[] __aligned(CENSUS_ARENA_ALIGN);
};

/* Larger records have a chunk of their own: so less than a quarter of a chunk is left over. */
#define RECORD_MAX 1024

/* Adds a chunk of at least @size bytes.  Return: it, or NULL. */
static struct census_arena_chunk *add_chunk(struct census_arena *a, size_t size)
{
	struct census_arena_chunk *chunk;

	/*
	 * The budget is of memory: a record of a page and its chunk have two pages. What kmalloc
	 * cannot serve is of pages; 6.1 would round it to a power of two.
	 */
	size = size <= KMALLOC_MAX_SIZE ? kmalloc_size_roundup(size) : PAGE_ALIGN(size);
	if (!census_budget_take(&census_results, size)) {
		a->full = true;
		return NULL;
	}
	if (size <= 2 * PAGE_SIZE)
		chunk = kzalloc(size, CENSUS_GFP | (a->account ? __GFP_ACCOUNT : 0));
	else
		chunk = census_kvzalloc(size);
	if (!chunk) {
		census_budget_give(&census_results, size);
		return NULL;
	}
	chunk->size = size;
	a->bytes += size;
	return chunk;
}

/* Checks whether records of @size bytes in all need no further memory. */
bool census_arena_has(const struct census_arena *a, size_t size)
{
	return a->free >= size;
}

/* Makes @chunk the newest one. */
static void begin_chunk(struct census_arena *a, struct census_arena_chunk *chunk)
{
	chunk->next = a->chunks;
	a->chunks = chunk;
	a->free = chunk->size - sizeof(*chunk);
}

/**
 * census_arena_reserve() - allocate memory for records that must not sleep for it
 * @a: the arena
 * @size: of these records in all, each rounded up to %CENSUS_ARENA_ALIGN
 *
 * May sleep.  Return: whether census_arena_has() it; see census_arena_alloc().
 */
bool census_arena_reserve(struct census_arena *a, size_t size)
{
	struct census_arena_chunk *chunk;

	if (census_arena_has(a, size))
		return true;
	chunk = add_chunk(a, ALIGN(sizeof(*chunk) + size, PAGE_SIZE));
	if (!chunk)
		return false;
	begin_chunk(a, chunk);
	return true;
}

/**
 * census_arena_alloc() - allocate zeroed memory of an arena
 * @a: the arena; only one thread uses it
 * @size: bytes
 *
 * Return: memory until census_arena_free(), or NULL; then @a->full tells whether the budget
 * was used up.
 */
void *census_arena_alloc(struct census_arena *a, size_t size)
{
	struct census_arena_chunk *chunk;

	size = ALIGN(size, CENSUS_ARENA_ALIGN);
	if (size > RECORD_MAX && a->free < size) {
		chunk = add_chunk(a, sizeof(*chunk) + size);
		if (!chunk)
			return NULL;
		/* The newest chunk remains the first one. */
		if (a->chunks) {
			chunk->next = a->chunks->next;
			a->chunks->next = chunk;
		} else {
			a->chunks = chunk;
			a->free = 0;
		}
		return chunk->memory;
	}
	if (a->free < size) {
		chunk = add_chunk(a, PAGE_SIZE);
		if (!chunk)
			return NULL;
		begin_chunk(a, chunk);
	}
	a->free -= size;
	return (u8 *)a->chunks + a->chunks->size - a->free - size;
}

/* Frees all memory of the arena, which can be used again. */
void census_arena_free(struct census_arena *a)
{
	struct census_arena_chunk *chunk, *next;

	for (chunk = a->chunks; chunk; chunk = next) {
		next = chunk->next;
		census_budget_give(&census_results, chunk->size);
		kvfree(chunk);
		cond_resched();
	}
	a->chunks = NULL;
	a->free = 0;
	a->bytes = 0;
}
