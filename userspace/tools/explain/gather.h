/* SPDX-License-Identifier: GPL-2.0 */
/* Gathers what 'explain' shows, of the files of a cgroup and of censuses. */
#ifndef READER_EXPLAIN_GATHER_H
#define READER_EXPLAIN_GATHER_H

#include "cli/session.h"
#include "model/explain.h"

/* Files in memory that are named, at most. */
#define EXPLAIN_FILES	5

/* A file in memory that the cgroup is charged for; @bytes at least. */
struct explain_file {
	char *name;
	uint64_t bytes;
};

/**
 * struct explaining - what is known of a cgroup
 * @explain: its memory
 * @path: of the cgroup; owned
 * @inode: of its directory: another one may get its path
 * @pid: the process that was named; 0: none
 * @charges: the files of the memory controller
 * @limit_of: path of the cgroup that has the least memory.max of this and those above; NULL: none
 *	has one; owned
 * @high_of: the same of memory.high
 * @some, @full: how long some, or all, of its tasks waited for memory, in 1/100 percent of the last
 *	10 s; unknown: the kernel does not say
 * @peer: what the cgroup is called that has most in common; NULL: none, or unknown; owned
 * @in_common: how much that is
 * @several: cgroups below it are charged too, so that FOR_OTHERS and BY_OTHERS are unknown
 * @files: the @n_files largest
 * @lacks: lines of what could not be read, and why; "": nothing; owned
 */
struct explaining {
	struct explain explain;
	char *path;
	uint64_t inode;
	uint64_t pid;
	struct charges charges;
	char *limit_of;
	char *high_of;
	struct amount some;
	struct amount full;
	char *peer;
	struct amount in_common;
	bool several;
	struct explain_file files[EXPLAIN_FILES];
	size_t n_files;
	char *lacks;
};

/* Fills @x for what @word names: a PID, the path of a cgroup, or its name.  0, or -1 and @why. */
int explaining_gather(struct explaining *x, struct session *session, const char *word,
		      struct failure *why);
void explaining_free(struct explaining *x);

#endif /* READER_EXPLAIN_GATHER_H */
