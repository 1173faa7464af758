/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that needs no process: files of tmpfs and hugetlbfs, and System V segments.
 *
 * Users choose how many files and directories there are, and may mount over them: only so many
 * entries are looked at, and no other file system is asked.
 */
#ifndef READER_MEMORY_FILES_H
#define READER_MEMORY_FILES_H

#include "model/amount.h"

/* Entries of directories that are looked at, of a file system and of all. */
#define MEMORY_FILES_OF_SYSTEM	65536U
#define MEMORY_FILES_MOST	524288U

enum memory_file_kind {
	MEMORY_FILE_TMPFS,
	MEMORY_FILE_HUGETLBFS,
	MEMORY_FILE_SEGMENT,
	MEMORY_FILE_KINDS,
};

/**
 * struct memory_file - a file or a segment
 * @uid: its owner
 * @held: bytes in memory and in swap
 * @memory, @swap: parts of @held; unknown: it may not be opened
 * @attached: processes that have a segment attached, else unknown
 * @inode: with @system it identifies a file
 * @system: number of its file system
 * @name: path, or "segment ID"; owned
 */
struct memory_file {
	enum memory_file_kind kind;
	uint64_t uid;
	uint64_t held;
	struct amount memory;
	struct amount swap;
	struct amount attached;
	uint64_t inode;
	size_t system;
	char *name;
};

/**
 * struct memory_system - a file system in memory
 * @device: makedev() of it
 * @size: bytes that it may have; unknown: any
 * @used: bytes that it has; unknown without a size
 * @seen: it was looked at; else something is mounted over it
 * @partly: not all of it was, or not all of it is mounted here
 * @files: regular files that were found
 * @in_files: bytes of these
 * @at: where it is mounted; owned
 */
struct memory_system {
	enum memory_file_kind kind;
	uint64_t device;
	struct amount size;
	struct amount used;
	bool seen;
	bool partly;
	uint64_t files;
	uint64_t in_files;
	char *at;
};

/**
 * struct memory_files - what was found
 * @v: the @n largest files and segments, smallest first; owned
 * @systems: @n_systems file systems; owned
 * @left_out: how many further file systems there may be
 * @no_segments: segments are unknown
 */
struct memory_files {
	struct memory_file *v;
	size_t n;
	struct memory_system *systems;
	size_t n_systems;
	size_t left_out;
	bool no_segments;
};

/* Reads those of the mount namespace and IPC namespace of this program; @most files. */
void memory_files_read(struct memory_files *files, size_t most);
void memory_files_free(struct memory_files *files);

#endif /* READER_MEMORY_FILES_H */
