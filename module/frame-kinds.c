// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "frame-kinds.h"

/* Finds the record of @key, or adds it.  Return: NULL if there is no room for one. */
static struct census_kernel_frames *find(struct census_frame_kinds *kinds,
					 const struct census_kernel_key *key)
{
	u32 at = jhash(key, sizeof(*key), 0), i;

	for (i = 0; i < CENSUS_KERNEL_FRAMES; i++, at++) {
		struct census_kernel_frames *k = &kinds->records[at % CENSUS_KERNEL_FRAMES];

		if (!k->frames) {
			k->key = *key;
			kinds->nr++;
		} else if (memcmp(&k->key, key, sizeof(*key))) {
			continue;
		}
		return k;
	}
	return NULL;
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
		k = find(kinds, key);
	if (!k) {
		kinds->left_out += nr;
		return;
	}
	kinds->last = k;
	k->frames += nr;
	if (k->nr_first < ARRAY_SIZE(k->first))
		k->first[k->nr_first++] = pfn;
}

/* Both are sorted; keeps the lowest ones of both. */
static void merge_first(struct census_kernel_frames *to, const struct census_kernel_frames *from)
{
	const struct census_kernel_frames old = *to;
	u32 i = 0, j = 0;

	to->nr_first = 0;
	while (to->nr_first < ARRAY_SIZE(to->first) && (i < old.nr_first || j < from->nr_first)) {
		bool other = i == old.nr_first ||
			     (j < from->nr_first && from->first[j] < old.first[i]);

		to->first[to->nr_first++] = other ? from->first[j++] : old.first[i++];
	}
}

/**
 * census_frame_kinds_merge() - add all that another worker has found in the same zones
 * @kinds: added to; not sorted
 * @others: of the other worker; not sorted
 *
 * With more kinds in all than records, which of them have one depends on the workers.
 */
void census_frame_kinds_merge(struct census_frame_kinds *kinds,
			      const struct census_frame_kinds *others)
{
	u32 i;

	kinds->left_out += others->left_out;
	for (i = 0; i < CENSUS_KERNEL_FRAMES; i++) {
		const struct census_kernel_frames *from = &others->records[i];
		struct census_kernel_frames *to;

		if (!from->frames)
			continue;
		to = find(kinds, &from->key);
		if (!to) {
			kinds->left_out += from->frames;
			continue;
		}
		to->frames += from->frames;
		merge_first(to, from);
	}
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
	sort(kinds->records, ARRAY_SIZE(kinds->records), sizeof(kinds->records[0]), by_frames,
	     NULL);
}
