/* SPDX-License-Identifier: GPL-2.0 */
/* Swap devices and files, and what those of zram take of memory. */
#ifndef READER_SWAPS_H
#define READER_SWAPS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct swap_area - a device or file of swap
 * @name: its path, with the characters that the kernel escapes; owned
 * @kind: "partition" or "file"
 * @size: bytes
 * @used: bytes of it that are in use
 * @priority: the highest is used first
 * @zram: it is a device of zram, of which the rest is known
 * @stored: bytes that were written to it
 * @memory: bytes that it takes, with what its allocator has beside that
 * @incompressible: bytes of pages that are stored as they are
 */
struct swap_area {
	char *name;
	char kind[16];
	uint64_t size;
	uint64_t used;
	int64_t priority;
	bool zram;
	uint64_t stored;
	uint64_t memory;
	uint64_t incompressible;
};

/**
 * struct zram_use - all devices of zram that are swap, together
 * @devices: number of them
 * @used: bytes of swap in them
 * @stored, @memory, @incompressible: sums of struct swap_area
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

/*
 * The lines of /proc/swaps; behind one of zram, " STORED MEMORY INCOMPRESSIBLE" in bytes.  NULL:
 * they cannot be read.  The caller frees it.
 */
char *swaps_text(void);

/*
 * Reads the first line of *@text that is one, and moves *@text behind it.  False: there is none.
 * The caller frees the name.
 */
bool swaps_next(const char **text, struct swap_area *area);

/* What @text has of zram. */
struct zram_use swaps_in_zram(const char *text);

/* Bytes of memory that @swap bytes of swap take, by the average of all swap. */
uint64_t zram_cost(const struct zram_use *use, uint64_t swap);

#endif /* READER_SWAPS_H */
