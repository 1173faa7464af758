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
 * enum delta_kind - kinds of change; bits, several may be set
 * @DELTA_RESERVED: address space grew by more than memory in use: malloc, mmap
 * @DELTA_TOUCHED: more memory is in use, resident or swapped out
 * @DELTA_SWAPPED: more of it is swapped out
 * @DELTA_RELEASED: address space or memory in use shrank
 */
enum delta_kind {
	DELTA_RESERVED = 1 << 0,
	DELTA_TOUCHED = 1 << 1,
	DELTA_SWAPPED = 1 << 2,
	DELTA_RELEASED = 1 << 3,
};

/**
 * struct delta_sample - a task in one census, reduced to what a delta needs
 * @has_amounts: @vss, @used and @swap are known
 * @vss: bytes
 * @used: bytes, resident, hugetlb or swapped out
 * @swap: bytes, the part of @used that is swapped out
 * @min_faults, @maj_faults: since the start of the task; UINT64_MAX: unknown
 * @moment: time of the census, ns of any clock; 0: unknown
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

/* Events per second. */
struct rate {
	bool known;
	double value;
};

/**
 * struct delta - change between two samples
 * @known: @kinds is known
 * @kinds: enum delta_kind; 0: steady
 * @min_faults, @maj_faults: page faults per second
 */
struct delta {
	bool known;
	unsigned int kinds;
	struct rate min_faults;
	struct rate maj_faults;
};

struct delta_sample delta_of_task(const struct task *task, const struct scan *scan);

/* If @then is NULL, nothing is known. */
struct delta delta_between(const struct delta_sample *then, const struct delta_sample *now);

/* "reserved,touched", "steady"; NULL if unknown. @buf holds DELTA_SIZE. */
#define DELTA_SIZE	40
const char *delta_text(char *buf, const struct delta *delta);
void delta_json(struct json *json, const char *key, const struct delta *delta);

#endif /* READER_DELTA_H */
