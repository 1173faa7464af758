/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether something happened to the memory of a cgroup: it, or one below it, met a limit, or the
 * OOM killer ran in it, as memory.events counts.
 */
#ifndef READER_RECORD_MOVES_H
#define READER_RECORD_MOVES_H

#include <stdbool.h>

/**
 * struct moves - files that are watched
 * @fd: of inotify(7), which poll() says to have news; -1: there is none
 * @dir: the cgroup, or the root, whose cgroups are watched; owned; NULL: there is none
 * @root: it is the root, which has no such file
 * @lost: the file of @dir is gone
 */
struct moves {
	int fd;
	char *dir;
	bool root;
	bool lost;
};

/*
 * @cgroup: the path of one; NULL or "/": all of the machine.  Without cgroups, or a memory
 * controller, nothing is watched.
 */
void moves_open(struct moves *moves, const char *cgroup);
void moves_close(struct moves *moves);

/* Whether something happened since the last call. */
bool moves_read(struct moves *moves);

#endif /* READER_RECORD_MOVES_H */
