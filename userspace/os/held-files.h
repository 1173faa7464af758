/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that processes hold, mapped or open, and that may die with them: without a name,
 * or in memory only.
 */
#ifndef READER_HELD_FILES_H
#define READER_HELD_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Number of a file as the kernel knows it. */
struct file_number {
	uint32_t major;
	uint32_t minor;
	uint64_t inode;
};

static inline bool file_number_same(const struct file_number *a, const struct file_number *b)
{
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor;
}

/* Order of numbers, or of structs that begin with one. */
int file_number_compare(const void *a, const void *b);

struct statx;
struct file_number file_number_of(const struct statx *stat);

/* Where the pages of a file are. */
enum file_home {
	FILE_ON_DISK,
	FILE_IN_SHMEM,		/* shmem, tmpfs, memfd */
	FILE_IN_HUGETLB,
	FILE_IN_KERNEL,		/* no file: memory of the kernel, or of a driver */
};

/* Whether a System V segment lasts when no process has it attached. */
enum segment {
	SEGMENT_NONE,		/* the file is none */
	SEGMENT_LASTS,
	SEGMENT_REMOVED,	/* IPC_RMID */
	SEGMENT_UNKNOWN,	/* of another IPC namespace */
};

/**
 * struct held_file - a file as /proc shows it
 * @number: by stat()
 * @size: bytes
 * @home: where its pages are
 * @segment: of System V
 * @named: a directory has it
 * @no_open: a file of the kernel that cannot be opened again: secret memory
 * @known: @memory and @swap are known
 * @memory: bytes of its pages in memory, mapped or not
 * @swap: bytes in swap
 */
struct held_file {
	struct file_number number;
	uint64_t size;
	enum file_home home;
	enum segment segment;
	bool named;
	bool no_open;
	bool known;
	uint64_t memory;
	uint64_t swap;
};

/* Fills @file for the open file @fd.  False if it is no regular file and no block device. */
bool held_file_open(struct held_file *file, int fd);

/*
 * Fills @file for the link /proc/@path, which is in fd or map_files of a process.  False if
 * it is gone, or not a regular file.  Of one with @no_open, amounts are unknown.
 */
bool held_file_read(struct held_file *file, const char *path);

/* Whether the kernel shows @name for a file without a name. */
bool held_name_is_deleted(const char *name);

/* Whether the link /proc/@path is of a file without a name.  @name: of struct descriptor. */
bool held_link_is_deleted(const char *name, const char *path);

struct descriptor;

/**
 * struct held_others - descriptors of what may hold memory that /proc does not show
 * @pipes: number of descriptors
 * @sockets: see @pipes
 * @io_urings: see @pipes
 * @in_flight: descriptors that wait in a Unix socket to be received; 0 unless @ask_in_flight
 * @ask_in_flight: one more file of /proc is read for each socket
 * @one_thread: the process has one thread, so that there is no other table to look for
 * @object: called for each descriptor of a kind that open_kind_may_end(); NULL: for none
 */
struct held_others {
	uint64_t pipes;
	uint64_t sockets;
	uint64_t io_urings;
	uint64_t in_flight;
	bool ask_in_flight;
	bool one_thread;
	void (*object)(void *context, const struct descriptor *descriptor);
};

/*
 * Calls @each for each open file of process @pid that has no name: its number, the name that
 * /proc shows, and the link.  Adds to @others.  @left: descriptors_each().  False: not all
 * were read.
 */
typedef void held_fn(void *context, const struct file_number *number, const char *name,
		     const char *path);
bool held_files_each(uint32_t pid, held_fn *each, void *context, struct held_others *others,
		     uint64_t *left);

#endif /* READER_HELD_FILES_H */
