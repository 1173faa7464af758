/* SPDX-License-Identifier: GPL-2.0 */
/* Swap in zram: what it takes of memory. */
#ifndef READER_ZRAM_H
#define READER_ZRAM_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct zram_use - all devices of zram that are swap, together
 * @devices: number of them
 * @used: bytes of swap in them
 * @stored: bytes that were written to them
 * @memory: bytes that they take, with what their allocator has beside that
 * @incompressible: bytes of pages that are stored as they are
 * @others: bytes of swap in other devices and files
 */
struct zram_use {
	uint64_t devices;
	uint64_t used;
	uint64_t stored;
	uint64_t memory;
	uint64_t incompressible;
	uint64_t others;
};

/* Reads /proc/swaps and what /sys says of each.  False: it cannot be read. */
bool zram_read(struct zram_use *use);

/* Bytes of memory that @swap bytes of swap take, by the average of all swap. */
uint64_t zram_cost(const struct zram_use *use, uint64_t swap);

#endif /* READER_ZRAM_H */
