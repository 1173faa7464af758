// SPDX-License-Identifier: GPL-2.0
/* One census in memory: growing arrays, and an arena for their strings and lists. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/snapshot.h"

#define ARENA_SIZE	(64UL << 10)

/**
 * struct arena - a chunk of the arena
 * @next: the chunk before it
 * @used: bytes allocated from @data
 * @size: bytes of @data, which is aligned for a uint64_t
 */
struct arena {
	struct arena *next;
	size_t used;
	size_t size;
	uint64_t data[];
};

struct snapshot *snapshot_new(void)
{
	return xcalloc(1, sizeof(struct snapshot));
}

void snapshot_reset(struct snapshot *snap)
{
	struct arena *arena;
	size_t i;

	while ((arena = snap->arena)) {
		snap->arena = arena->next;
		free(arena);
	}
	free(snap->tasks);
	free(snap->groups);
	free(snap->vmas);
	free(snap->pages);
	free(snap->mappings);
	for (i = 0; i < snap->n_zones; i++)
		free(snap->zones[i].types);
	free(snap->zones);
	free(snap->nodes);
	free(snap->meminfo);
	free(snap->proc_texts);
	memset(snap, 0, sizeof(*snap));
}

void snapshot_free(struct snapshot *snap)
{
	if (snap)
		snapshot_reset(snap);
	free(snap);
}

void *snapshot_alloc(struct snapshot *snap, size_t size)
{
	struct arena *arena = snap->arena;
	void *p;

	size = (size + sizeof(uint64_t) - 1) & ~(sizeof(uint64_t) - 1);
	if (!arena || arena->size - arena->used < size) {
		size_t room = size > ARENA_SIZE ? size : ARENA_SIZE;

		arena = xcalloc(1, sizeof(*arena) + room);
		arena->next = snap->arena;
		arena->size = room;
		snap->arena = arena;
	}
	p = (char *)arena->data + arena->used;
	arena->used += size;
	return p;
}

const char *snapshot_text(struct snapshot *snap, const char *text, size_t len)
{
	char *copy;

	len = strnlen(text, len);
	copy = snapshot_alloc(snap, len + 1);
	memcpy(copy, text, len);
	return copy;
}

bool task_is_gone(const struct task *task)
{
	return KNOWN(task, MEMCENSUS_TASK_STATE) &&
	       task->state == MEMCENSUS_STATE_VANISHED && !task->figures.known;
}

void snapshot_drop_gone(struct snapshot *snap)
{
	size_t i, kept = 0;

	for (i = 0; i < snap->n_tasks; i++)
		if (!task_is_gone(&snap->tasks[i]))
			snap->tasks[kept++] = snap->tasks[i];
	snap->n_tasks = kept;
}

const char *mapping_name(const struct vma *vma)
{
	return KNOWN(vma, MEMCENSUS_VMA_NAME) ? vma->name : MAPPING_UNNAMED;
}
