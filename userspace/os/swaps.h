/* SPDX-License-Identifier: GPL-2.0 */
/* The text of /proc/swaps: devices and files of swap. */
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
 */
struct swap_area {
	char *name;
	char kind[16];
	uint64_t size;
	uint64_t used;
	int64_t priority;
};

/*
 * Reads the first line of *@text that is one, and moves *@text behind it.  False: there is none.
 * The caller frees the name.
 */
bool swaps_next(const char **text, struct swap_area *area);

/* Whether it is zram, and device *@number of it. */
bool swap_is_zram(const struct swap_area *area, unsigned int *number);

#endif /* READER_SWAPS_H */
