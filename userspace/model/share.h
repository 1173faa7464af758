/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of what processes, or groups, have in common.
 */
#ifndef READER_SHARE_H
#define READER_SHARE_H

#include "model/members-share.h"
#include "model/snapshot.h"

/* What a process or a group has, by number of owners; @bytes: by enum memcensus_kind. */
struct owners {
	uint64_t known;
	OWNERS_MEMBERS;
	struct figures bytes;
};

/* What two processes or groups have in common; @common, @alone: by enum memcensus_kind. */
struct pair {
	uint64_t known;
	PAIR_MEMBERS;
	struct figures common;
	struct figures alone;
};

/*
 * Mapped pages that a cgroup is charged for, all or of a file.  @file: its name, if the command
 * looked for it; owned by that.
 */
struct payer {
	uint64_t known;
	PAYER_MEMBERS;
	const char *file;
};

#endif /* READER_SHARE_H */
