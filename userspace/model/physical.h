/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of a pass over all frames.
 */
#ifndef READER_PHYSICAL_H
#define READER_PHYSICAL_H

#include "model/members-physical.h"
#include "model/snapshot.h"

/* @classes: by enum memcensus_frame_class; @states: by enum memcensus_frame_state */
struct physical_zone {
	uint64_t known;
	PHYSICAL_ZONE_MEMBERS;
	struct figures classes;
	struct figures states;
};

/*
 * @classes: by enum memcensus_frame_class; @called_by: 0, or what called_frames() made the row by,
 * of several cgroups: @called: what that is called, NULL: unknown; @path: of the container or pod
 */
struct frame_cgroup {
	uint64_t known;
	FRAME_CGROUP_MEMBERS;
	struct figures classes;
	uint8_t called_by;
	const char *called;
	const char *path;
};

/* @mount: where it is mounted here, which a command may set; not owned */
struct frame_system {
	uint64_t known;
	FRAME_SYSTEM_MEMBERS;
	const char *mount;
};

/* @name, @mount, @holders: as they are shown, which a command may set; not owned */
struct frame_file {
	uint64_t known;
	FRAME_FILE_MEMBERS;
	const char *name;
	const char *mount;
	const char *holders;
};

/* @records: by MEMCENSUS_BLOCK_* */
struct frame_blocks {
	uint64_t known;
	FRAME_BLOCKS_MEMBERS;
};

#endif /* READER_PHYSICAL_H */
