/* SPDX-License-Identifier: GPL-2.0 */
/*
 * File systems of type tmpfs: how large they may become, and how much they have.
 */
#ifndef READER_TMPFS_H
#define READER_TMPFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

/* How many are read: a machine with many containers has one for each of their secrets. */
#define TMPFS_MOST	512

/**
 * struct tmpfs - one of them
 * @device: makedev() of it
 * @size: bytes that it may have; 0: any
 * @used: bytes that it has
 * @at: where it is mounted; owned
 */
struct tmpfs {
	uint64_t device;
	uint64_t size;
	uint64_t used;
	char *at;
};

/**
 * struct tmpfs_list - @n of them
 * @left_out: how many further ones there are, or could not be read
 */
struct tmpfs_list {
	struct tmpfs *v;
	size_t n;
	size_t left_out;
};

/*
 * Adds to @snap the text PROC_TEXTS_TMPFS: of each that is mounted here a line "MAJOR:MINOR SIZE
 * USED PATH", as /proc/self/mountinfo writes paths; then, if some were left out, "+NUMBER".
 */
void tmpfs_read(struct snapshot *snap);

/* Those in the text of @snap; false: it has none. */
bool tmpfs_of_text(const struct snapshot *snap, struct tmpfs_list *list);

/*
 * That of @device, as process @pid sees it: it may be mounted for it alone.  False: there is
 * none, or it cannot be read without asking another file system.
 */
bool tmpfs_of_process(uint32_t pid, uint64_t device, struct tmpfs *tmpfs);

void tmpfs_free(struct tmpfs_list *list);

#endif /* READER_TMPFS_H */
