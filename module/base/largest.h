/* SPDX-License-Identifier: GPL-2.0 */
/* The largest of a series, without keeping the others. */
#ifndef _CENSUS_LARGEST_H
#define _CENSUS_LARGEST_H

#include <linux/types.h>

/**
 * struct census_ranked - an entry of a list of the largest
 * @value: larger ones come first
 * @index: lower ones come first among equals
 */
struct census_ranked {
	u64 value;
	u32 index;
};

/**
 * struct census_largest - the largest of a series
 * @entries: a heap, the smallest one first
 * @nr: length of @entries
 * @max: maximum of @nr
 */
struct census_largest {
	struct census_ranked *entries;
	u32 nr;
	u32 max;
};

void census_largest_add(struct census_largest *top, u64 value, u32 index);
void census_largest_sort(struct census_largest *top);

#endif /* _CENSUS_LARGEST_H */
