// SPDX-License-Identifier: GPL-2.0
#include "base/largest.h"

static bool is_larger(const struct census_ranked *a, const struct census_ranked *b)
{
	return a->value != b->value ? a->value > b->value : a->index < b->index;
}

/* Moves the first of @nr entries down until none below it is smaller. */
static void sift_down(struct census_ranked *heap, u32 nr)
{
	struct census_ranked moved = heap[0];
	u32 at = 0, below;

	while ((below = 2 * at + 1) < nr) {
		if (below + 1 < nr && is_larger(&heap[below], &heap[below + 1]))
			below++;
		if (!is_larger(&moved, &heap[below]))
			break;
		heap[at] = heap[below];
		at = below;
	}
	heap[at] = moved;
}

static void sift_up(struct census_ranked *heap, u32 at)
{
	struct census_ranked moved = heap[at];

	for (; at && is_larger(&heap[(at - 1) / 2], &moved); at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = moved;
}

/**
 * census_largest_add() - keep an entry if it is among the largest
 * @top: the entries so far
 * @value: of the entry; 0: it is never kept
 * @index: of the entry
 */
void census_largest_add(struct census_largest *top, u64 value, u32 index)
{
	const struct census_ranked new = { .value = value, .index = index };

	if (!value)
		return;
	if (top->nr < top->max) {
		top->entries[top->nr] = new;
		sift_up(top->entries, top->nr++);
	} else if (top->max && is_larger(&new, &top->entries[0])) {
		top->entries[0] = new;
		sift_down(top->entries, top->nr);
	}
}

/* Sorts the entries, the largest one first.  No entry can be added afterwards. */
void census_largest_sort(struct census_largest *top)
{
	u32 nr;

	for (nr = top->nr; nr > 1; nr--) {
		struct census_ranked smallest = top->entries[0];

		top->entries[0] = top->entries[nr - 1];
		top->entries[nr - 1] = smallest;
		sift_down(top->entries, nr - 1);
	}
}
