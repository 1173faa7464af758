/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page cache by file: a record for each address_space that a pass meets, by its address, which
 * is never followed during the pass.
 *
 * Whose file it is, is found afterwards: a frame of it is locked.  Its folio lock keeps the folio
 * in the page cache, and with it the inode and its super block.  No reference of an inode, a
 * dentry or a super block is taken, so nothing that a file system does at the last one can happen
 * here, and no umount finds a busy inode.
 */
#ifndef _CENSUS_PHYSICAL_FILES_H
#define _CENSUS_PHYSICAL_FILES_H

#include <linux/types.h>
#include <linux/kdev_t.h>

#include "base/largest.h"
#include "base/result-memory.h"
#include "physical/class.h"
#include "physical/index.h"

/* Files in one pass: 72 MiB, of max_results; frames of further files are only summed. */
#define CENSUS_CACHED_FILES_MAX BIT(20)

/* File systems in one pass. */
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
 * @key: its address
 * @cached: its frames
 * @pfns: first frames of the folios that the pass met first and last
 * @shmem: of shmem
 */
struct census_mapping {
	u64 key;
	struct census_cached cached;
	u64 pfns[2];
	bool shmem;
};

/* A name of a file system, of 32 bytes at most. */
#define CENSUS_SYSTEM_NAME 32

/**
 * struct census_cached_system - the frames of a file system
 * @key: its device, plus 1; 0: of files that were not found again
 * @files: number of files
 * @cached: their frames
 * @shmem: it is shmem
 * @type: of the file system
 * @source: s_id of the super block
 */
struct census_cached_system {
	u64 key;
	u64 files;
	struct census_cached cached;
	bool shmem;
	char type[CENSUS_SYSTEM_NAME];
	char source[CENSUS_SYSTEM_NAME];
};

/**
 * struct census_cached_file - one of the largest files
 * @cached: its frames
 * @shmem: of shmem
 * @system: number of the record of its file system; 0: the file was not found again
 * @device: of the file system, or the block device itself if it is one
 * @block: it is a block device
 * @deleted: it has no name any more, or never had
 * @inode: its number
 * @size: bytes
 * @path: in its file system; does not begin with / if it is in none; NULL: unknown
 */
struct census_cached_file {
	struct census_cached cached;
	bool shmem;
	bool block;
	bool deleted;
	u32 system;
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
 * @last: mapping of the last frame; 0: nothing yet
 * @last_nr: number of its record
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
	u64 last;
	u32 last_nr;
};

int census_frame_files_begin(struct census_frame_files *c, u32 limit);
void census_frame_files_grow(struct census_frame_files *c);
void census_frame_files_add(struct census_frame_files *c, u32 nr, const struct census_frame *f,
			    unsigned long frames, unsigned long mapped);
int census_frame_files_finish(struct census_frame_files *c);
void census_frame_files_free(struct census_frame_files *c);

/**
 * census_frame_files_find() - find the record of a frame
 * @c: all records
 * @f: a frame of class FILE or SHMEM
 * @nr: set to the number of the record
 *
 * Return: false if the table must grow first.
 */
static inline bool census_frame_files_find(struct census_frame_files *c,
					   const struct census_frame *f, u32 *nr)
{
	u64 key = (unsigned long)f->pages[0].mapping;

	if (key != c->last) {
		if (!census_index_find(&c->mappings, key, &c->last_nr))
			return false;
		c->last = key;
	}
	*nr = c->last_nr;
	return true;
}

#endif /* _CENSUS_PHYSICAL_FILES_H */
