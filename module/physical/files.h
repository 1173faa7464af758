/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page cache by file: a record for each address_space that a pass meets, by its address, which
 * is never followed during the pass.  Whose file it is, is found afterwards.
 */
#ifndef _CENSUS_PHYSICAL_FILES_H
#define _CENSUS_PHYSICAL_FILES_H

#include <linux/types.h>
#include <linux/kdev_t.h>

#include "base/largest.h"
#include "base/result-memory.h"
#include "physical/class.h"
#include "physical/index.h"

/* Files in one pass: 110 MiB, of max_results; frames of further files are only summed. */
#define CENSUS_CACHED_FILES_MAX BIT(20)

/* File systems in one pass: a user may mount any number. */
#define CENSUS_CACHED_SYSTEMS_MAX 4096U

/**
 * struct census_cached - frames of the page cache
 * @frames: all of them
 * @mapped: by a page table
 * @dirty: of a file that is not shmem, which never writes them
 * @writeback: being written
 */
struct census_cached {
	u64 frames;
	u64 mapped;
	u64 dirty;
	u64 writeback;
};

/**
 * struct census_mapping - the frames of an address_space
 * @of: by its address
 * @cached: its frames
 * @pfns: first frames of the folios that the pass met first and last
 * @cgroup: the one that is charged for most of them, if one is for more than half; 0: none
 * @charged: frames that are charged to @cgroup, at least; all of them if no other one is
 * @shmem: of shmem
 */
struct census_mapping {
	struct census_link of;
	struct census_cached cached;
	u64 pfns[2];
	u64 cgroup;
	u64 charged;
	bool shmem;
};

/* A name of a file system, of 32 bytes at most. */
#define CENSUS_SYSTEM_NAME 32

/**
 * struct census_cached_system - the frames of a file system
 * @of: by its device, plus 1; 0: of files that were not found again
 * @files: number of files
 * @cached: their frames
 * @shmem: it is shmem
 * @type: of the file system
 * @source: s_id of the super block
 */
struct census_cached_system {
	struct census_link of;
	u64 files;
	struct census_cached cached;
	bool shmem;
	char type[CENSUS_SYSTEM_NAME];
	char source[CENSUS_SYSTEM_NAME];
};

/**
 * struct census_cached_file - one of the largest files
 * @cached: its frames
 * @cgroup: see &struct census_mapping
 * @charged: see &struct census_mapping
 * @shmem: of shmem
 * @system: its file system; NULL: the file was not found again
 * @device: of the file system, or the block device itself if it is one
 * @block: it is a block device
 * @deleted: it has no name any more, or never had
 * @inode: its number
 * @size: bytes
 * @path: in its file system; does not begin with / if it is in none; NULL: unknown
 */
struct census_cached_file {
	struct census_cached cached;
	u64 cgroup;
	u64 charged;
	bool shmem;
	bool block;
	bool deleted;
	const struct census_cached_system *system;
	dev_t device;
	u64 inode;
	u64 size;
	const char *path;
};

/**
 * struct census_frame_files - all of a pass
 * @mappings: &struct census_mapping, during the pass; the first one is of files that exceed
 *	the maximum
 * @systems: &struct census_cached_system; the first one is of files that were not found again
 * @left_out: the first one of @mappings
 * @files: the largest ones
 * @nr: length of @files
 * @limit: maximum of @nr; 0: not requested
 * @paths: memory of paths
 * @buffer: of PATH_MAX bytes
 */
struct census_frame_files {
	struct census_index mappings;
	struct census_index systems;
	struct census_cached left_out;
	struct census_cached_file *files;
	u32 nr;
	u32 limit;
	struct census_arena paths;
	char *buffer;
};

int census_frame_files_begin(struct census_frame_files *c, u32 limit);
void census_frame_files_add(struct census_mapping *m, const struct census_frame *f,
			    unsigned long frames, unsigned long mapped);
int census_frame_files_finish(struct census_frame_files *c);
void census_frame_files_free(struct census_frame_files *c);

#endif /* _CENSUS_PHYSICAL_FILES_H */
