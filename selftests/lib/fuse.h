/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file system of one file that does not answer when it is read, until it is
 * told to: the way to a task that has its mmap lock and does not let go.
 *
 * One process reads the file, so that its first page is in the page cache,
 * locked. Another has the file open past the page cache and maps it: mmap()
 * throws out what is cached, waits for that page, and holds the lock during that,
 * for writing.
 */
#ifndef _FUSE_H
#define _FUSE_H

#include <stdbool.h>
#include <sys/types.h>

/* What the server shares with the tests: @asked, a read waits; @answer it. */
struct fuse_shared {
	bool asked, answer;
};

/* @fd of the mounted file system, @server its process. */
struct fuse {
	int fd;
	pid_t server;
	volatile struct fuse_shared *shared;
	char dir[64];
};

/* 0 or -errno: -ENODEV where the kernel has no FUSE. The caller is alone in
 * its mount namespace.
 */
int fuse_start(struct fuse *fuse);
/* An open file that goes through the page cache, or past it; -1 with errno. */
int fuse_open_cached(const struct fuse *fuse);
int fuse_open_direct(const struct fuse *fuse);
/* Waits until a read of either file waits for its answer; false after 10 seconds. */
bool fuse_was_asked(const struct fuse *fuse);
/* All reads that wait for the file are answered. */
void fuse_answer(struct fuse *fuse);
void fuse_stop(struct fuse *fuse);

#endif /* _FUSE_H */
