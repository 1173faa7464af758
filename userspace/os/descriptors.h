/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors of processes: the one way to read /proc/PID/fd.
 *
 * The kernel keeps about 1 KiB of each link that was read there.  So they are read in a mount of
 * /proc that only this program has, and that goes with it.
 */
#ifndef READER_DESCRIPTORS_H
#define READER_DESCRIPTORS_H

#include <stdbool.h>
#include <stdint.h>

/* How many descriptors are read, of all processes together: less than a minute. */
#define DESCRIPTORS_MOST	(4U << 20)

/* Tables of descriptors of a process that are read: threads may have one each. */
#define DESCRIPTORS_TABLES	16

/* Why not all descriptors of a process were read. */
enum unread {
	UNREAD_NONE,		/* they were, or it has ended */
	UNREAD_DENIED,		/* another user's */
	UNREAD_TABLES,		/* it has more than DESCRIPTORS_TABLES */
	UNREAD_COMPARE,		/* kcmp() does not say which threads have one table */
	UNREAD_MOST,		/* there are too many */
	UNREAD_FAILED,
	UNREADS,
};

/**
 * struct descriptor - a descriptor
 * @tid: a thread that has it
 * @fd: its number
 * @name: as the kernel shows it: a path, "pipe:[INODE]", "anon_inode:[eventpoll]"; "": a path that
 *	is longer than it shows
 * @path: its link, in /proc
 * @dir: the directory of the link, open
 */
struct descriptor {
	uint32_t tid;
	const char *fd;
	const char *name;
	const char *path;
	int dir;
};

/* What is shown for a name that the kernel does not show. */
#define LONG_NAME	"(a path of more than 4,095 bytes)"

/*
 * Calls @each for each descriptor of process @pid, in each table that its threads have.  Subtracts
 * the descriptors that it reads from @left, and ends at 0.  Returns why it has not read all.
 */
typedef void descriptor_fn(void *context, const struct descriptor *descriptor);
enum unread descriptors_each(uint32_t pid, descriptor_fn *each, void *context, uint64_t *left);

/* The same of one table, that of thread @tid: of all of a process that has one thread. */
enum unread descriptors_each_of_thread(uint32_t tid, descriptor_fn *each, void *context,
				       uint64_t *left);

/* What the fdinfo of a descriptor says of a number. */
enum fdinfo {
	INFO_FOUND,
	INFO_NONE,	/* there is no such line */
	INFO_BEYOND,	/* not in its first KiB: locks come first, as many as a process chooses */
	INFO_UNREAD,	/* it cannot be read */
};

/* The number in the first line that begins with @key, of descriptor @fd of @tid; else 0. */
enum fdinfo descriptor_info(uint32_t tid, uint32_t fd, const char *key, uint64_t *number);

/*
 * All of its fdinfo, which the caller frees, cut after INFO_MOST bytes: a process may register as
 * much as it wants; NULL: it cannot be read.
 */
#define INFO_MOST	1048576
char *descriptor_info_text(uint32_t tid, uint32_t fd);

/* How many lines begin with @key.  False, and 0: it cannot be read. */
bool descriptor_info_lines(uint32_t tid, uint32_t fd, const char *key, uint64_t *lines);

/* Says on stderr what they left in the kernel's caches, if they could not be read as above. */
void descriptors_note(void);

#endif /* READER_DESCRIPTORS_H */
