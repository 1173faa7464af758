/* SPDX-License-Identifier: GPL-2.0 */
/* A pagemap of process 100, for tests. */
#ifndef TESTS_PAGEMAP_H
#define TESTS_PAGEMAP_H

#include <stddef.h>
#include <stdint.h>

/* Entries of 4 KiB, as of /proc/PID/pagemap, to be added. */
#define MAPPED		0x8000000000000000ULL
#define SWAPPED		0x4000000000000000ULL
#define OF_FILE		0x2000000000000000ULL
#define ONCE		0x0100000000000000ULL

/**
 * struct pagemap_part - entries of pages in a row
 * @address: of the first page
 * @pages: their number
 * @entry: of each; the frame of a mapped one increases
 */
struct pagemap_part {
	uint64_t address;
	uint64_t pages;
	uint64_t entry;
};

/*
 * Makes a directory in place of /proc with 100/pagemap, which has @n parts and ends at address
 * @end.  It is removed when the program ends.  Returns its name.
 */
const char *pagemap_make(const struct pagemap_part *parts, size_t n, uint64_t end);

/* The directory of the scene pages. */
const char *pagemap_of_scene(void);

#endif /* TESTS_PAGEMAP_H */
