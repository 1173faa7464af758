/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file system of one file that answers reads only when the test says so. The
 * tests use it to make a task hold its mmap lock.
 *
 * One process reads the file, so its first page is in the page cache, locked.
 * Another has the file open without the page cache and maps it: mmap()
 * invalidates the cache and waits for that page, with the mmap lock held for
 * writing.
 */
#ifndef _FUSE_H
#define _FUSE_H

#include <stdbool.h>
#include <sys/types.h>

/* Shared by server and tests. @waiting: a read waits; @answer: answer it. */
struct fuse_shared {
	bool waiting, answer;
};

/* @fd: of the mounted file system; @server: its process. */
struct fuse {
	int fd;
	pid_t server;
	volatile struct fuse_shared *shared;
	char dir[64];
};

/* 0 or -errno; -ENODEV: no FUSE. The caller has a private mount namespace. */
int fuse_start(struct fuse *fuse);
/* Opens the file with the page cache, or without it; -1 with errno. */
int fuse_open_cached(const struct fuse *fuse);
int fuse_open_direct(const struct fuse *fuse);
/* Waits until a read waits for its answer; false after 10 seconds. */
bool fuse_was_asked(const struct fuse *fuse);
/* Answers all waiting reads. */
void fuse_answer(struct fuse *fuse);
void fuse_stop(struct fuse *fuse);

#endif /* _FUSE_H */
