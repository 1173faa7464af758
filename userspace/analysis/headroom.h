/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much more memory a process can get, and which limit it reaches first.
 */
#ifndef READER_HEADROOM_H
#define READER_HEADROOM_H

#include "analysis/tracks.h"

/**
 * struct headroom - memory left
 * @known: @bytes and @what are valid
 * @bytes: bytes left
 * @what: name of the lowest limit, for messages; a constant string
 */
struct headroom {
	bool known;
	uint64_t bytes;
	const char *what;
};

/* Available memory and free swap, as of @snap. */
struct headroom headroom_of_system(const struct snapshot *snap);

/*
 * The least of @system and, if @live, of the limits of its cgroup, of the ancestors of
 * that, and of its address space.  @live: the process runs on this machine.
 */
struct headroom headroom_of(const struct track *track, struct headroom system, bool live);

#endif /* READER_HEADROOM_H */
