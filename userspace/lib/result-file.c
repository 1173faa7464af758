// SPDX-License-Identifier: GPL-2.0
/* A file that gets a complete result, or stays as it was. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/result-file.h"

/* Random names that are tried until one is free. */
#define TRIES	100

/* New files that have no name yet if the program exits. */
static struct result_file *unfinished;

static void remove_unfinished(void)
{
	struct result_file *file;

	for (file = unfinished; file; file = file->next)
		unlinkat(file->place.dir, file->temporary, 0);
}

static void forget(const struct result_file *file)
{
	struct result_file **at;

	for (at = &unfinished; *at; at = &(*at)->next) {
		if (*at == file) {
			*at = file->next;
			return;
		}
	}
}

/* Makes a file beside the name, with the rights that a new file of that name would get. */
static int make_new(struct result_file *file)
{
	static bool registered;
	unsigned int i, number;
	int error = EEXIST;

	for (i = 0; i < TRIES && error == EEXIST; i++) {
		free(file->temporary);
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return errno;
		/* A long name is cut, so that there is room for the number. */
		file->temporary = xasprintf(".%.200s.%08x", file->place.name, number);
		error = place_make(&file->place, file->temporary, O_RDWR, 0666, &file->fd);
	}
	if (error) {
		free(file->temporary);
		file->temporary = NULL;
		return error;
	}
	if (!registered)
		registered = !atexit(remove_unfinished);
	file->next = unfinished;
	unfinished = file;
	return 0;
}

/* A file without a name, where the result will be if that is possible, else in memory. */
static int open_nameless(const struct result_file *file)
{
	const int fd = openat(file->place.dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd < 0 ? memfd_create("result", MFD_CLOEXEC) : fd;
}

/* Opens what exists. */
static int open_target(struct result_file *file, bool replace)
{
	struct stat st;
	int error;

	error = place_open_file(&file->place, O_WRONLY, &file->fd);
	if (error)
		return error;
	if (fstat(file->fd, &st))
		return errno;
	if (!S_ISREG(st.st_mode))
		return 0;
	if (replace && !place_check(&file->place, file->fd)) {
		close(file->fd);
		file->fd = -1;
		file->replaces = true;
		return make_new(file);
	}
	file->target = file->fd;
	file->fd = open_nameless(file);
	return file->fd < 0 ? errno : 0;
}

static int open_any(struct result_file *file, enum result_way way)
{
	struct stat st;
	const int error = place_open(&file->place, file->path);

	if (error)
		return error;
	if (!fstatat(file->place.dir, file->place.name, &st, AT_SYMLINK_NOFOLLOW))
		return open_target(file, way == RESULT_REPLACE);
	return errno == ENOENT ? make_new(file) : errno;
}

static int cannot(struct failure *why, const char *path, int error)
{
	if (error == ENOLINK)
		return fail(why, FAIL_SYSTEM, "cannot write '%.200s': a symbolic link: %s", path,
			    strerror(ENOENT));
	return fail(why, FAIL_SYSTEM, "cannot write '%.200s': %s", path, strerror(error));
}

static void close_all(struct result_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->target >= 0)
		close(file->target);
	free(file->temporary);
	place_close(&file->place);
}

int result_file_open(struct result_file *file, const char *path, enum result_way way,
		     struct failure *why)
{
	int error;

	*file = (struct result_file){ .path = path, .fd = -1, .target = -1 };
	error = open_any(file, way);
	if (!error)
		return 0;
	close_all(file);
	return cannot(why, path, error);
}

static int sync_file(int fd)
{
	/* EINVAL: a pipe or a device. */
	return fsync(fd) && errno != EINVAL ? errno : 0;
}

/*
 * Writes what is longer than the old content first: a full disk says so by then, and nothing is
 * lost.  Copy-on-write file systems need room for the rest too.
 */
static int write_over(int to, int from)
{
	const off_t size = lseek(from, 0, SEEK_END);
	struct stat st;
	int error;

	if (size < 0 || fstat(to, &st))
		return errno;
	if (size > st.st_size) {
		if (lseek(to, st.st_size, SEEK_SET) < 0)
			return errno;
		error = file_copy(to, from, st.st_size, size);
		if (!error)
			error = sync_file(to);
		if (error) {
			if (ftruncate(to, st.st_size))
				return errno;
			return error;
		}
	}
	if (lseek(to, 0, SEEK_SET) < 0)
		return errno;
	error = file_copy(to, from, 0, size < st.st_size ? size : st.st_size);
	if (!error && ftruncate(to, size))
		error = errno;
	return error ? error : sync_file(to);
}

/* Gives the new file its name; 0, or an error number, and there is no new file. */
static int finish_new(struct result_file *file, bool keep)
{
	int error = keep ? sync_file(file->fd) : 0;

	if (keep && !error)
		error = place_take(&file->place, file->temporary, !file->replaces);
	if (!keep || error)
		unlinkat(file->place.dir, file->temporary, 0);
	forget(file);
	return error;
}

int result_file_close(struct result_file *file, bool keep, int error, struct failure *why)
{
	int ret;

	keep &= !error;
	if (file->temporary)
		ret = finish_new(file, keep);
	else if (file->target >= 0)
		ret = keep ? write_over(file->target, file->fd) : 0;
	else
		ret = error ? 0 : sync_file(file->fd);
	error = error ? error : ret;
	close_all(file);
	return error ? cannot(why, file->path, error) : 0;
}
