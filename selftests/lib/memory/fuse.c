// SPDX-License-Identifier: GPL-2.0
/* The part of the FUSE protocol that one file needs; see fuse.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory/fuse.h"
#include "memory/pages.h"

#define FILE_SIZE	(16 * PAGE)

/* Two names of the same file, node 2. */
#define CACHED		"cached"
#define DIRECT		"direct"

static void reply(int fd, uint64_t unique, int error, const void *data,
		  size_t len)
{
	struct fuse_out_header out = {
		.len = sizeof(out) + len,
		.error = error,
		.unique = unique,
	};
	struct iovec iov[2] = {
		{ &out, sizeof(out) }, { (void *)data, len },
	};

	if (writev(fd, iov, 2) < 0 && errno != ENOENT)
		_exit(1);
}

static struct fuse_attr attr_of(uint64_t node)
{
	return (struct fuse_attr) {
		.ino = node,
		.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0700 : S_IFREG | 0600,
		.nlink = 1,
		.size = node == FUSE_ROOT_ID ? 0 : FILE_SIZE,
		.blksize = PAGE,
	};
}

static void reply_init(int fd, const struct fuse_in_header *in)
{
	const struct fuse_init_in *init = (const void *)(in + 1);
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = init->max_readahead,
		.max_write = PAGE,
	};

	if (init->minor < out.minor)
		out.minor = init->minor;
	reply(fd, in->unique, 0, &out, sizeof(out));
}

static void reply_attr(int fd, const struct fuse_in_header *in)
{
	struct fuse_attr_out out = {
		.attr_valid = 3600,
		.attr = attr_of(in->nodeid),
	};

	reply(fd, in->unique, 0, &out, sizeof(out));
}

static void reply_lookup(int fd, const struct fuse_in_header *in)
{
	struct fuse_entry_out out = {
		.nodeid = 2,
		.entry_valid = 3600,
		.attr_valid = 3600,
		.attr = attr_of(2),
	};

	reply(fd, in->unique, 0, &out, sizeof(out));
}

/* O_SYNC bypasses the page cache. */
static void reply_open(int fd, const struct fuse_in_header *in)
{
	const struct fuse_open_in *open_in = (const void *)(in + 1);
	struct fuse_open_out out = {
		.open_flags = open_in->flags & O_SYNC ? FOPEN_DIRECT_IO :
			      FOPEN_KEEP_CACHE,
	};

	reply(fd, in->unique, 0, &out, sizeof(out));
}

struct held {
	uint64_t unique;
	uint32_t size;
};

static void serve_one(int fd, const struct fuse_in_header *in,
		      struct held *held, unsigned int *n)
{
	switch (in->opcode) {
	case FUSE_INIT:
		reply_init(fd, in);
		break;
	case FUSE_LOOKUP:
		reply_lookup(fd, in);
		break;
	case FUSE_GETATTR:
		reply_attr(fd, in);
		break;
	case FUSE_OPEN:
		reply_open(fd, in);
		break;
	case FUSE_READ:
		held[*n].unique = in->unique;
		held[*n].size = ((const struct fuse_read_in *)(in + 1))->size;
		if (*n < 63)
			++*n;
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		reply(fd, in->unique, 0, NULL, 0);
		break;
	default:
		reply(fd, in->unique, -ENOSYS, NULL, 0);
	}
}

static void serve(int fd, volatile struct fuse_shared *shared)
{
	static char buf[1 << 20];
	char *zeros = calloc(1, FILE_SIZE);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct held held[64];
	unsigned int n = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	need(zeros, "calloc");
	for (;;) {
		if (shared->answer)
			while (n)
				n--, reply(fd, held[n].unique, 0, zeros,
					   held[n].size < FILE_SIZE ?
					   held[n].size : FILE_SIZE);
		if (poll(&poll_fd, 1, 5) > 0 &&
		    read(fd, buf, sizeof(buf)) > 0)
			serve_one(fd, (void *)buf, held, &n);
		else if (poll_fd.revents & POLLERR)
			_exit(0);
		shared->waiting = n > 0;
	}
}

int fuse_start(struct fuse *fuse)
{
	char options[64];

	memset(fuse, 0, sizeof(*fuse));
	if (access("/dev/fuse", F_OK) && system("modprobe fuse 2>/dev/null"))
		return -ENODEV;
	fuse->fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse->fd < 0)
		return -ENODEV;
	fuse->shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fuse->shared == MAP_FAILED)
		return -errno;
	strcpy(fuse->dir, "/tmp/memcensus-fuse");
	mkdir(fuse->dir, 0700);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse->fd);
	if (mount("memcensus", fuse->dir, "fuse", MS_NOSUID | MS_NODEV,
		  options))
		return -errno;
	fuse->server = fork();
	if (!fuse->server)
		serve(fuse->fd, fuse->shared);
	return fuse->server < 0 ? -errno : 0;
}

static int open_as(const struct fuse *fuse, const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", fuse->dir, name);
	return open(path, O_RDONLY | O_CLOEXEC | flags);
}

int fuse_open_cached(const struct fuse *fuse)
{
	return open_as(fuse, CACHED, 0);
}

int fuse_open_direct(const struct fuse *fuse)
{
	return open_as(fuse, DIRECT, O_SYNC);
}

bool fuse_was_asked(const struct fuse *fuse)
{
	const uint64_t end = now_ms() + 10000;

	while (!fuse->shared->waiting && now_ms() < end)
		sleep_ms(1);
	return fuse->shared->waiting;
}

void fuse_answer(struct fuse *fuse)
{
	fuse->shared->answer = true;
}

void fuse_stop(struct fuse *fuse)
{
	if (fuse->server > 0) {
		fuse_answer(fuse);
		umount2(fuse->dir, MNT_DETACH);
		close(fuse->fd);
		kill(fuse->server, SIGKILL);
		waitpid(fuse->server, NULL, 0);
	}
}
