// SPDX-License-Identifier: GPL-2.0
/*
 * A process "stuck" that holds its mmap lock and does not release it: it says its PID, and ends
 * with its stdin.
 */
#include <stdio.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory/fuse.h"
#include "memory/pages.h"

/* Maps over its last page: that changes an existing mapping, which no VMA lock is for. */
static void stick(int fd)
{
	char *at = map_private(PLACE(0), 91 * PAGE);

	prctl(PR_SET_NAME, "stuck");
	write_pages(at, 90);
	mmap(at + 90 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
	_exit(0);
}

/* A read that waits: the page that the other one waits for is locked until its answer. */
static void read_cached(const struct fuse *fuse)
{
	int fd = fuse_open_cached(fuse);
	char byte;

	_exit(fd < 0 || pread(fd, &byte, 1, 0) != 1);
}

int main(void)
{
	struct fuse fuse;
	pid_t reader, stuck;
	int direct;

	need(!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
	     "a mount namespace");
	need(!fuse_start(&fuse), "FUSE");
	direct = fuse_open_direct(&fuse);
	need(direct >= 0, "a file of FUSE");
	reader = fork();
	if (!reader)
		read_cached(&fuse);
	need(fuse_was_asked(&fuse), "a read that waits");
	stuck = fork();
	if (!stuck)
		stick(direct);
	need(child_waits(stuck), "a process that waits");
	printf("%d\n", stuck);
	fflush(stdout);
	getchar();
	fuse_answer(&fuse);
	/* At their exit they flush their files, for which the server must live. */
	waitpid(stuck, NULL, 0);
	waitpid(reader, NULL, 0);
	fuse_stop(&fuse);
	return 0;
}
