// SPDX-License-Identifier: GPL-2.0
/* Files in /proc. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/procfs.h"

static const char *root = "/proc";

/* The mount of procfs_renew(): names in it are read from here, not from the root; -1: none. */
static int own = -1;

void procfs_root(const char *dir)
{
	root = dir;
}

/* Room for the name of a file below the root. */
#define NAME_SIZE	256

/* Writes the name of /proc/@path to @name; returns the directory in which it is. */
static int locate(const char *path, char *name)
{
	if (own < 0)
		snprintf(name, NAME_SIZE, "%s/%s", root, path);
	else
		snprintf(name, NAME_SIZE, "%s", path);
	return own < 0 ? AT_FDCWD : own;
}

/* A mount of /proc without a place, which ends with the descriptor; -1: it is not permitted. */
static int mount_own(void)
{
	const int fs = fsopen("proc", FSOPEN_CLOEXEC);
	int fd = -1;

	if (fs >= 0 && !fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
	if (fs >= 0)
		close(fs);
	return fd;
}

/* Files that something is mounted on, as procfs_covered() names them. */
static char *covered;

static void note_covered(const char *path)
{
	char *before = covered;

	if (before && strstr(before, path))
		return;
	covered = xasprintf("%s%s%s", before ?: "", before ? ", " : "", path);
	free(before);
}

/* Opens /proc/@path in a mount that has nothing on it; -1: it is not permitted. */
static int open_uncovered(const char *path, int flags)
{
	static int kernel = -2;

	if (kernel == -2)
		kernel = mount_own();
	errno = EXDEV;
	return kernel < 0 ? -1 : openat(kernel, path, flags);
}

#define LINK_SIZE	48

static void link_to(char link[LINK_SIZE], int place)
{
	snprintf(link, LINK_SIZE, "/proc/self/fd/%d", place);
}

/*
 * Opens /proc/@path if what is mounted there is of a /proc too, as units and containers have it to
 * keep /proc/sys from being written; -1 with EXDEV: it is not, and it was not opened.
 */
static int open_of_proc(int dir, const char *path, int flags)
{
	const int place = openat(dir, path, O_PATH | O_CLOEXEC);
	char link[LINK_SIZE];
	struct statfs of;
	int fd = -1, err = errno;

	if (place >= 0) {
		err = EXDEV;
		if (!fstatfs(place, &of) && of.f_type == PROC_SUPER_MAGIC) {
			link_to(link, place);
			fd = open(link, flags);
			err = errno;
		}
		close(place);
	}
	errno = err;
	return fd;
}

/*
 * Containers have files of a server in place of those of the machine, with other figures
 * (lxcfs): these are not opened.
 */
static int open_of_machine(const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned int)flags, .resolve = RESOLVE_NO_XDEV };
	const int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how)), err = errno;

	if (fd < 0 && err == EXDEV) {
		fd = open_of_proc(dir, path, flags);
		err = errno;
	}
	if (dir >= 0)
		close(dir);
	if (fd < 0 && err == EXDEV) {
		note_covered(path);
		fd = open_uncovered(path, flags);
		err = errno;
	}
	errno = err;
	return fd;
}

/* Whether /proc/@path is of the machine, and not of a process. */
static bool is_of_machine(const char *path)
{
	return *path >= 'a' && *path <= 'z' && strncmp(path, "self/", strlen("self/"));
}

static int open_with(const char *path, int flags)
{
	char name[NAME_SIZE];
	const int dir = locate(path, name);
	int fd;

	flags |= O_RDONLY | O_CLOEXEC;
	if (own < 0 && is_of_machine(path)) {
		fd = open_of_machine(path, flags);
		/* A sandbox may forbid openat2(). */
		if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
			return fd;
	}
	return openat(dir, name, flags);
}

const char *procfs_covered(void)
{
	return covered;
}

bool procfs_renew(void)
{
	static char path[32];
	int fd;

	/* Not where tests replaced it. */
	if (own < 0 && strcmp(root, "/proc"))
		return true;
	fd = mount_own();
	if (own >= 0)
		close(own);
	own = fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	root = fd < 0 ? "/proc" : path;
	return fd >= 0;
}

bool procfs_is_real(void)
{
	return !strncmp(root, "/proc", strlen("/proc"));
}

bool procfs_is_mounted(void)
{
	return !access(procfs_is_real() ? "/proc/self" : root, F_OK);
}

FILE *procfs_open(const char *path, struct failure *why)
{
	const int fd = open_with(path, 0);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (!file && (errno == EACCES || errno == EPERM))
		fail(why, FAIL_PRIVILEGE,
		     "cannot read /proc/%s: permission denied: run as root (sudo)", path);
	else if (!file)
		fail(why, FAIL_SYSTEM, "cannot read /proc/%s: %s", path, strerror(errno));
	return file;
}

char *procfs_read(const char *path, size_t *len, struct failure *why)
{
	FILE *in = procfs_open(path, why), *out;
	char buf[16384], *text;
	size_t n, size;
	int err;

	if (!in)
		return NULL;
	out = xopen_memstream(&text, &size);
	errno = 0;
	while ((n = fread(buf, 1, sizeof(buf), in)))
		fwrite(buf, 1, n, out);
	err = ferror(in) ? errno : 0;
	fclose(in);
	xfclose(out);
	if (len)
		*len = size;
	if (!err)
		return text;
	fail(why, FAIL_SYSTEM, "cannot read /proc/%s: %s", path, strerror(err));
	free(text);
	return NULL;
}

size_t procfs_read_into(const char *path, char *text, size_t size)
{
	return text_of_file(open_with(path, 0), text, size);
}

DIR *procfs_open_dir(const char *path, struct failure *why)
{
	const int fd = open_with(path, O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		fail(why, FAIL_SYSTEM, "cannot read /proc/%s: %s", path, strerror(errno));
	return dir;
}

bool procfs_link(const char *path, char *says, size_t size)
{
	char name[NAME_SIZE];
	const int dir = locate(path, name);
	const ssize_t n = readlinkat(dir, name, says, size);

	if (n < 0 || (size_t)n >= size)
		return false;
	says[n] = '\0';
	return true;
}

bool procfs_stat(const char *path, struct statx *stat)
{
	char name[NAME_SIZE];
	const int dir = locate(path, name);

	return !statx(dir, name, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, stat);
}

unsigned int procfs_link_mode(const char *path)
{
	char name[NAME_SIZE];
	const int dir = locate(path, name);
	struct statx stat;

	return statx(dir, name, AT_SYMLINK_NOFOLLOW, STATX_MODE, &stat) ? 0 : stat.stx_mode;
}

/* The status of what @place is of, as this machine knows it; false if it is not of @type. */
static bool is_of(int place, mode_t type, struct statx *stat)
{
	return !statx(place, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, stat) &&
	       (stat->stx_mode & S_IFMT) == type;
}

/* Opens what @place is of with @flags, if it is a file of @type. */
static int reopen(int place, struct statx *stat, mode_t type, int flags)
{
	char link[LINK_SIZE];
	int fd = -1;

	if (place < 0)
		return -1;
	errno = ENODEV;
	if (is_of(place, type, stat)) {
		link_to(link, place);
		fd = open(link, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	}
	close(place);
	return fd;
}

int procfs_reopen(int place, struct statx *stat)
{
	return reopen(place, stat, S_IFREG, O_RDONLY);
}

int procfs_open_pipe(const char *path, int end)
{
	struct statx stat;

	return reopen(open_with(path, O_PATH), &stat, S_IFIFO, end);
}

int procfs_open_file(const char *path)
{
	struct statx stat;

	return procfs_reopen(open_with(path, O_PATH), &stat);
}

bool procfs_socket_protocol(const char *path, char *protocol, size_t size)
{
	const int place = open_with(path, O_PATH);
	char link[LINK_SIZE];
	struct statx stat;
	ssize_t n = -1;

	if (place < 0)
		return false;
	errno = ENODEV;
	if (is_of(place, S_IFSOCK, &stat)) {
		link_to(link, place);
		n = getxattr(link, "system.sockprotoname", protocol, size - 1);
	}
	close(place);
	if (n <= 0)
		return false;
	protocol[n] = '\0';
	return true;
}

char *procfs_path(const char *path)
{
	return xasprintf("%s/%s", root, path);
}
