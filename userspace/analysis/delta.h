/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happened to a process between two censuses.
 */
#ifndef READER_DELTA_H
#define READER_DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/json.h"
#include "model/snapshot.h"

/**
 * enum growth_kind - bits; several may come together
 * @GROWTH_RESERVED: address space grew by more than was touched: malloc, mmap
 * @GROWTH_TOUCHED: more memory is in use, resident or swapped out
 * @GROWTH_SWAPPED: more of it is swapped out
 * @GROWTH_RELEASED: address space was given back, or memory is no more in use
 */
enum growth_kind {
	GROWTH_RESERVED = 1 << 0,
	GROWTH_TOUCHED = 1 << 1,
	GROWTH_SWAPPED = 1 << 2,
	GROWTH_RELEASED = 1 << 3,
};

/**
 * struct sample - of one census, what growth is counted by
 * @has_amounts: @vss, @used and @swap are known
 * @vss: bytes
 * @used: bytes, resident, hugetlb or swapped out
 * @swap: bytes, of these swapped out
 * @min_faults, @maj_faults: since its start; UINT64_MAX: not known
 * @moment: ns of any clock; 0: not known
 */
struct sample {
	bool has_amounts;
	uint64_t vss;
	uint64_t used;
	uint64_t swap;
	uint64_t min_faults;
	uint64_t maj_faults;
	uint64_t moment;
};

/* Events a second. */
struct rate {
	bool known;
	double value;
};

/**
 * struct growth - between two samples
 * @known: @kinds is
 * @kinds: enum growth_kind; 0: steady
 * @min_faults, @maj_faults: a second
 */
struct growth {
	bool known;
	unsigned int kinds;
	struct rate min_faults;
	struct rate maj_faults;
};

struct sample growth_sample(const struct task *task, const struct scan *scan);

/* Of @then NULL nothing is known. */
struct growth growth_between(const struct sample *then, const struct sample *now);

/* "reserved,touched", "steady"; NULL where it is not known. */
#define GROWTH_SIZE	40
const char *growth_text(char *buf, const struct growth *growth);
void growth_json(struct json *json, const char *key, const struct growth *growth);

#endif /* READER_DELTA_H */
