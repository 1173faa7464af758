/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processes descend from some of them.
 */
#ifndef READER_DESCEND_H
#define READER_DESCEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct descendant - a process and its parent
 * @row: any number of the caller's
 * @in: it is one of those that the others descend from; descend() sets it for these too
 */
struct descendant {
	uint64_t pid;
	uint64_t parent;
	size_t row;
	bool in;
};

/* Sorts @v, @n processes, by PID.  They are read one by one, so circles are possible. */
void descend(struct descendant *v, size_t n);

#endif /* READER_DESCEND_H */
