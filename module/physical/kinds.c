// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "physical/kinds.h"

/* Draws the random numbers of the hash.  @kinds: zeroed. */
void census_frame_kinds_begin(struct census_frame_kinds *kinds)
{
	unsigned int i;

	for (i = 0; i < CENSUS_KIND_WORDS; i++)
		census_hash_init(&kinds->hash[i]);
}

/* Return: where the number of the first record of the chain is in which @key is. */
static u16 *chain_of(struct census_frame_kinds *kinds, const struct census_kernel_key *key)
{
	u64 words[CENSUS_KIND_WORDS];
	unsigned int i;
	u32 hash = 0;

	memcpy(words, key, sizeof(words));
	for (i = 0; i < CENSUS_KIND_WORDS; i++)
		hash ^= census_hash(&kinds->hash[i], words[i]);
	return &kinds->chains[hash % CENSUS_KERNEL_FRAMES];
}

/* Return: the record of @key, or NULL if there is none. */
static struct census_kernel_frames *find_kind(struct census_frame_kinds *kinds,
					      const struct census_kernel_key *key)
{
	u16 nr = *chain_of(kinds, key);

	while (nr && memcmp(&kinds->records[nr - 1].key, key, sizeof(*key)))
		nr = kinds->records[nr - 1].next;
	return nr ? &kinds->records[nr - 1] : NULL;
}

/* The most frames that the kind of a record can have had. */
static u64 most_frames(const struct census_kernel_frames *k)
{
	return k->frames + k->before;
}

/* Moves number @at of the heap down to its place. */
static void sift_kind(struct census_frame_kinds *kinds, u32 at)
{
	const struct census_kind_size it = kinds->heap[at];
	u32 child;

	while ((child = 2 * at + 1) < kinds->nr) {
		if (child + 1 < kinds->nr &&
		    kinds->heap[child + 1].frames < kinds->heap[child].frames)
			child++;
		if (kinds->heap[child].frames >= it.frames)
			break;
		kinds->heap[at] = kinds->heap[child];
		at = child;
	}
	kinds->heap[at] = it;
}

/*
 * Return: the record with the fewest frames.  Records only grow, and the heap learns of it here:
 * so what a frame costs is bounded by the depth of the heap, on average.
 */
static struct census_kernel_frames *smallest_kind(struct census_frame_kinds *kinds)
{
	struct census_kind_size *top = &kinds->heap[0];

	while (top->frames != most_frames(&kinds->records[top->record])) {
		top->frames = most_frames(&kinds->records[top->record]);
		sift_kind(kinds, 0);
	}
	return &kinds->records[top->record];
}

/* Adds a record while there is room. */
static struct census_kernel_frames *append_kind(struct census_frame_kinds *kinds)
{
	u32 nr = kinds->nr++;

	/* The heap is not used yet: all sizes in it are 0. */
	kinds->heap[nr].record = nr;
	return &kinds->records[nr];
}

/* Gives a record to another kind. */
static void evict_kind(struct census_frame_kinds *kinds, struct census_kernel_frames *k)
{
	u16 *nr = chain_of(kinds, &k->key);

	while (&kinds->records[*nr - 1] != k)
		nr = &kinds->records[*nr - 1].next;
	*nr = k->next;
	kinds->left_out += k->frames;
	k->before = most_frames(k);
	k->frames = 0;
	k->nr_first = 0;
}

/* Return: a record for @key, which has none: a new one, or that of the smallest kind. */
static struct census_kernel_frames *make_record(struct census_frame_kinds *kinds,
						const struct census_kernel_key *key)
{
	u16 *chain = chain_of(kinds, key);
	struct census_kernel_frames *k;

	if (kinds->nr < CENSUS_KERNEL_FRAMES) {
		k = append_kind(kinds);
	} else {
		k = smallest_kind(kinds);
		evict_kind(kinds, k);
	}
	k->key = *key;
	k->next = *chain;
	*chain = k - kinds->records + 1;
	return k;
}

/**
 * census_frame_kinds_add() - add frames to the record of their kind
 * @kinds: all of them
 * @key: the kind
 * @pfn: the first frame, above all that were added to this kind before
 * @nr: number of frames, from 1
 */
void census_frame_kinds_add(struct census_frame_kinds *kinds, const struct census_kernel_key *key,
			    unsigned long pfn, unsigned long nr)
{
	struct census_kernel_frames *k = kinds->last;

	/* Mostly the same kind again. */
	if (!k || memcmp(&k->key, key, sizeof(*key)))
		k = find_kind(kinds, key) ?: make_record(kinds, key);
	kinds->last = k;
	k->frames += nr;
	if (k->nr_first < ARRAY_SIZE(k->first))
		k->first[k->nr_first++] = pfn;
}

/* The largest first; of equal ones the order is always the same. */
static int by_frames(const void *a, const void *b)
{
	const struct census_kernel_frames *x = a, *y = b;

	if (x->frames != y->frames)
		return x->frames < y->frames ? 1 : -1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* No frame can be added afterwards. */
void census_frame_kinds_sort(struct census_frame_kinds *kinds)
{
	kinds->last = NULL;
	sort(kinds->records, kinds->nr, sizeof(kinds->records[0]), by_frames, NULL);
}
