/* SPDX-License-Identifier: GPL-2.0 */
/* Where file systems are mounted here. */
#ifndef READER_PHYSICAL_MOUNTS_H
#define READER_PHYSICAL_MOUNTS_H

#include <stddef.h>
#include <stdint.h>

/* @root: the path in the file system that is mounted at @at; both without / at the end; owned */
struct mount {
	uint64_t major;
	uint64_t minor;
	char *root;
	char *at;
};

struct mounts {
	struct mount *v;
	size_t n;
};

/* Reads /proc/self/mountinfo; without it, nothing is mounted.  Never NULL. */
struct mounts *mounts_read(void);
void mounts_free(struct mounts *mounts);

/*
 * Where the part of the file system of device @major:@minor is mounted that has @path, NULL: any
 * part.  NULL: nowhere.  It lives as long as @mounts.
 */
const char *mounts_point(const struct mounts *mounts, uint64_t major, uint64_t minor,
			 const char *path);

/*
 * The path here of @path in that file system, which the caller frees; SOURCE:PATH if no mount has
 * it.  A mount above it may hide it.  @path has no / at the end, so the root is "".
 */
char *mounts_path(const struct mounts *mounts, uint64_t major, uint64_t minor,
		  const char *source, const char *path);

#endif /* READER_PHYSICAL_MOUNTS_H */
