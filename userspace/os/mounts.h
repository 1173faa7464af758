/* SPDX-License-Identifier: GPL-2.0 */
/* Where file systems are mounted here. */
#ifndef READER_MOUNTS_H
#define READER_MOUNTS_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct mount - a mount
 * @major, @minor: device of the file system
 * @root: the path in it that is mounted, without / at the end; owned
 * @at: where, likewise
 * @type: of the file system, as "tmpfs"; "": not said; owned
 */
struct mount {
	uint64_t major;
	uint64_t minor;
	char *root;
	char *at;
	char *type;
};

struct mounts {
	struct mount *v;
	size_t n;
};

/* Reads /proc/self/mountinfo; without it, nothing is mounted.  Never NULL. */
struct mounts *mounts_read(void);

/* The same of process @pid, paths as it sees them, and not more than the first MiB of that file. */
struct mounts *mounts_read_of(uint32_t pid);
void mounts_free(struct mounts *mounts);

/*
 * Opens @name below @dir with flags of open(), and of openat2() @resolve.  A user may put a file
 * system of his own, which never answers, over or above any mount: the path is followed only as far
 * as the kernel has it in memory, without asking any file system.  -1: it would have to.
 */
int mounts_open_cached(int dir, const char *name, int flags, uint64_t resolve);

/* Opens the path @at like that, for its status alone, below @root or AT_FDCWD. */
int mounts_open(int root, const char *at);

struct statfs;

/*
 * Opens the place of @mount like that, and says the size of its file system in @fs.  -1: something
 * else is there: it has not the device that mountinfo gives.
 */
int mount_open(int root, const struct mount *mount, struct statfs *fs);

/* Where it is: "/" of the root. */
const char *mount_place(const struct mount *mount);

/* A path of mountinfo as it is: \ooo is the character, and no / at the end; the caller frees it. */
char *mounts_plain(const char *text);

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

#endif /* READER_MOUNTS_H */
