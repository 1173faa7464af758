// SPDX-License-Identifier: GPL-2.0
/* The place of a file that a program writes. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/place.h"

int place_open(struct place *place, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *dir;
	int error;

	*place = (struct place){ .dir = -1 };
	if (!*name)
		return slash ? EISDIR : ENOENT;
	dir = slash ? xasprintf("%.*s", (int)(name - path), path) : xstrdup(".");
	place->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	error = errno;
	free(dir);
	if (place->dir < 0)
		return error;
	place->name = xstrdup(name);
	return 0;
}

void place_close(struct place *place)
{
	if (place->dir >= 0)
		close(place->dir);
	free(place->name);
	*place = (struct place){ .dir = -1 };
}

int place_open_file(const struct place *place, int flags, int *fd)
{
	struct stat st;

	*fd = -1;
	if (fstatat(place->dir, place->name, &st, 0) && errno == ENOENT &&
	    !fstatat(place->dir, place->name, &st, AT_SYMLINK_NOFOLLOW))
		errno = ENOLINK;
	else
		*fd = openat(place->dir, place->name, flags | O_CREAT | O_NOCTTY | O_CLOEXEC, 0600);
	return *fd < 0 ? errno : 0;
}

int place_make(const struct place *place, const char *name, int flags, mode_t mode, int *fd)
{
	*fd = openat(place->dir, name, flags | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return *fd < 0 ? errno : 0;
}

int place_take(const struct place *place, const char *from, bool keep)
{
	if (!renameat2(place->dir, from, place->dir, place->name, keep ? RENAME_NOREPLACE : 0))
		return 0;
	if (!keep || errno != EINVAL)
		return errno;
	/* File systems without that flag, such as NFS. */
	if (linkat(place->dir, from, place->dir, place->name, 0))
		return errno;
	unlinkat(place->dir, from, 0);
	return 0;
}

int place_check(const struct place *place, int fd)
{
	struct stat is, named;

	if (fstat(fd, &is) || fstatat(place->dir, place->name, &named, AT_SYMLINK_NOFOLLOW))
		return errno;
	return is.st_ino == named.st_ino && is.st_dev == named.st_dev ? 0 : ESTALE;
}

void place_sync(const struct place *place)
{
	const int fd = openat(place->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

int file_copy(int to, int from, off_t at, off_t end)
{
	ssize_t n;

	while (at < end) {
		n = sendfile(to, from, &at, end - at);
		if (!n || (n < 0 && errno != EINTR))
			return n ? errno : EIO;
	}
	return 0;
}
