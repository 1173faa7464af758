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
 * enum delta_kind - bits; several may come together
 * @DELTA_RESERVED: address space grew by more than was touched: malloc, mmap
 * @DELTA_TOUCHED: more memory is in use, resident or swapped out
 * @DELTA_SWAPPED: more of it is swapped out
 * @DELTA_RELEASED: address space was given back, or memory is no more in use
 */
enum delta_kind {
	DELTA_RESERVED = 1 << 0,
	DELTA_TOUCHED = 1 << 1,
	DELTA_SWAPPED = 1 << 2,
	DELTA_RELEASED = 1 << 3,
};

/**
 * struct delta_sample - of one census, what growth is counted by
 * @has_amounts: @vss, @used and @swap are known
 * @vss: bytes
 * @used: bytes, resident, hugetlb or swapped out
 * @swap: bytes, of these swapped out
 * @min_faults, @maj_faults: since its start; UINT64_MAX: not known
 * @moment: ns of any clock; 0: not known
 */
struct delta_sample {
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
 * struct delta - between two samples
 * @known: @kinds is
 * @kinds: enum delta_kind; 0: steady
 * @min_faults, @maj_faults: a second
 */
struct delta {
	bool known;
	unsigned int kinds;
	struct rate min_faults;
	struct rate maj_faults;
};

struct delta_sample delta_of_task(const struct task *task, const struct scan *scan);

/* Of @then NULL nothing is known. */
struct delta delta_between(const struct delta_sample *then, const struct delta_sample *now);

/* "reserved,touched", "steady"; NULL where it is not known. */
#define DELTA_SIZE	40
const char *delta_text(char *buf, const struct delta *delta);
void delta_json(struct json *json, const char *key, const struct delta *delta);

#endif /* READER_DELTA_H */
