/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who holds the files that may die with their last user: groups of processes, by mappings and by
 * open descriptors.
 */
#ifndef READER_STOPPED_HOLDERS_H
#define READER_STOPPED_HOLDERS_H

#include "model/snapshot.h"
#include "os/open-kinds.h"

/* No group: other processes, or what contains all groups. */
#define GROUP_NONE	SIZE_MAX

/* What becomes of a file when the processes of a group end. */
enum outcome {
	OUTCOME_DIES,
	OUTCOME_NAMED,		/* a directory has it */
	OUTCOME_HELD,		/* another process maps it or has it open */
	OUTCOME_SEGMENT,	/* a System V segment that is not marked for removal */
	OUTCOME_UNKNOWN,
};

/**
 * struct stopped_file - a file that may die
 * @file: as /proc shows it
 * @mapped: its number as mappings have it; the file systems of some disks show others by stat()
 * @name: as the kernel shows it; owned
 * @read: @file is filled
 * @lowest: the lowest group that contains all its holders, or GROUP_NONE
 * @outcome, @holder: for the last group that was asked; 0: no other process holds it
 * @unknown: @outcome was unknown for a group
 * @kind: of FILE_IN_KERNEL: what it is
 * @tid, @fd: a descriptor of that; @tid 0: only mappings were seen
 * @pinned: bytes of processes that it pins and nothing maps, at most
 * @unmapped: those that nothing maps
 * @system: the file system in memory that has it, which may go with mount namespaces: its index
 *	+ 1; 0: none
 * @is_system: it is one, of which @file has what no other file has
 */
struct stopped_file {
	struct held_file file;
	struct file_number mapped;
	char *name;
	bool read;
	size_t lowest;
	enum outcome outcome;
	uint32_t holder;
	bool unknown;
	enum open_kind kind;
	uint32_t tid;
	uint32_t fd;
	uint64_t pinned;
	uint64_t unmapped;
	size_t system;
	bool is_system;
};

/**
 * struct hold - a mapping or a descriptor of a file
 * @file: its index
 * @group: of the process, or GROUP_NONE
 * @pid: the process
 * @share: proportional share of the mapping: all shares are all that is mapped
 * @huge: huge pages that only this mapping has
 */
struct hold {
	size_t file;
	size_t group;
	uint32_t pid;
	uint64_t share;
	uint64_t huge;
};

/**
 * struct holders - the files and their holders
 * @parents: by group, a lower number or GROUP_NONE; of the caller
 * @files: @n_files of them; owned
 * @holds: @n_holds of them; owned
 * @by_mapping, @by_stat: finds a file by one of its numbers
 * @open_only: one of a disk was seen by a descriptor before any mapping
 */
struct holders {
	const size_t *parents;
	struct stopped_file *files;
	size_t n_files;
	struct hold *holds;
	size_t n_holds;
	void *by_mapping;
	void *by_stat;
	bool open_only;
};

/*
 * Counts @vma, of a process of @group.  @add: also if its file was not seen before, if that may
 * die.
 */
void holders_map(struct holders *holders, const struct vma *vma, size_t group, bool add);

/* The same of a descriptor: what held_files_each() says, of process @pid. */
void holders_open(struct holders *holders, const struct file_number *number, const char *name,
		  const char *path, uint32_t pid, size_t group, bool add);

/* The same of what is no file, as a descriptor of process @pid. */
void holders_open_object(struct holders *holders, const struct descriptor *descriptor,
			 uint32_t pid, size_t group, bool add);

/* A file system in memory that a mount namespace of process @pid has.  Returns its index. */
size_t holders_mount(struct holders *holders, const struct file_number *number, uint32_t pid,
		     size_t group);

/* The file with a number, as stat() has it; NULL: there is none. */
struct stopped_file *holders_find_number(const struct holders *holders,
					 const struct file_number *number);

/* Sorts the holds: those of a file follow each other.  None is added any more. */
void holders_sort(struct holders *holders);

/* Whether @group is @below, or contains it. */
bool holders_contain(const struct holders *holders, size_t group, size_t below);

/*
 * What becomes of @file when @group ends; @unsure: other processes may hold any file, which could
 * not be read.
 */
enum outcome holders_outcome(const struct holders *holders, const struct stopped_file *file,
			     size_t group, bool unsure);

void holders_free(struct holders *holders);

#endif /* READER_STOPPED_HOLDERS_H */
