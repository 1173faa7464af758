/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much more memory a process can get, and what ends it.
 */
#ifndef READER_HEADROOM_H
#define READER_HEADROOM_H

#include "analysis/tracks.h"

/**
 * struct headroom - what is left
 * @known: the others are
 * @bytes: left
 * @what: by which limit, for a person; owned by nobody
 */
struct headroom {
	bool known;
	uint64_t bytes;
	const char *what;
};

/* Available memory and free swap, as of @snap. */
struct headroom headroom_of_system(const struct snapshot *snap);

/*
 * The least of @system, and, where the process is of this machine, of the limits of
 * its cgroup and those above, and of its address space.
 */
struct headroom headroom_of(const struct track *track, struct headroom system, bool live);

#endif /* READER_HEADROOM_H */
