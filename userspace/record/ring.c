// SPDX-License-Identifier: GPL-2.0
/* A record of a limited size: the oldest censuses go. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/memory.h"
#include "record/pack.h"
#include "record/ring.h"

/* The lines about a machine take less; a longer chunk is left out. */
#define MACHINE_MAX	4096

/**
 * struct cut - what remains of a record
 * @at: offset of the first census that remains
 * @number: of that census
 * @machine: the chunk about its machine, with its head; @len bytes, 0: unknown
 */
struct cut {
	off_t at;
	uint64_t number;
	unsigned char machine[CHUNK_HEAD + MACHINE_MAX];
	size_t len;
};

int ring_reserve(int fd, uint64_t size)
{
	/* A file system that cannot reserve finds out when it writes. */
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size) && errno == ENOSPC ?
		ENOSPC : 0;
}

int ring_check_name(const char *path, int fd)
{
	struct stat is, named;

	if (fstat(fd, &is) || stat(path, &named))
		return errno;
	return is.st_ino == named.st_ino && is.st_dev == named.st_dev ? 0 : ESTALE;
}

/* A name that no file has is free: the record was renamed or removed, and goes on under it. */
static int check_free(const char *path, int fd)
{
	const int error = ring_check_name(path, fd);

	return error == ENOENT ? 0 : error;
}

static void keep_machine(struct cut *cut, int fd, const struct chunk *chunk)
{
	const size_t len = CHUNK_HEAD + chunk->head.len;

	cut->len = len <= sizeof(cut->machine) &&
		   pread(fd, cut->machine, len, (off_t)chunk->offset) == (ssize_t)len ? len : 0;
}

/* Finds the first census at @from or behind it, at @start at the latest. */
static int find_cut(struct cut *cut, int fd, off_t from, off_t start)
{
	struct chunk_reader reader;
	struct failure why;
	struct chunk chunk;
	int ret;

	cut->at = start;
	cut->number = 0;
	cut->len = 0;
	if (lseek(fd, 0, SEEK_SET))
		return errno;
	chunk_reader_init(&reader, fd);
	while ((ret = chunk_reader_next(&reader, &chunk, true, &why)) > 0) {
		if ((off_t)chunk.offset >= start)
			break;
		if (chunk.head.kind == CHUNK_MACHINE) {
			keep_machine(cut, fd, &chunk);
			cut->number = chunk.head.census;
		} else if (chunk.head.kind == CHUNK_MESSAGES && !chunk.head.part &&
			   (off_t)chunk.offset >= from) {
			cut->at = (off_t)chunk.offset;
			cut->number = chunk.head.census;
			break;
		} else if (chunk.head.kind == CHUNK_END) {
			cut->number = chunk.head.census + 1;
		}
	}
	chunk_reader_free(&reader);
	return ret < 0 ? EIO : 0;
}

static int write_all(int fd, const unsigned char *data, size_t len)
{
	ssize_t n;

	for (; len; data += n, len -= n) {
		n = write(fd, data, len);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n < 0)
			n = 0;
	}
	return 0;
}

static int copy(int to, int from, off_t at, off_t end)
{
	ssize_t n;

	while (at < end) {
		n = sendfile(to, from, &at, end - at);
		if (!n || (n < 0 && errno != EINTR))
			return n ? errno : EIO;
	}
	return 0;
}

/* Writes what remains, for the owner and with the rights of the old file, to the disk. */
static int fill_ring(int to, int from, struct cut *cut, off_t end)
{
	struct chunk_head head;
	struct stat st;
	int error = 0;

	if (fstat(from, &st))
		return errno;
	/* Only root may give a file away, and it has the same owner in most cases. */
	if ((st.st_uid != geteuid() || st.st_gid != getegid()) &&
	    fchown(to, st.st_uid, st.st_gid))
		return errno;
	if (fchmod(to, st.st_mode & 07777))
		return errno;
	if (cut->len && chunk_unpack(&head, cut->machine)) {
		/* The record begins with this number. */
		head.census = cut->number;
		chunk_pack(&head, cut->machine);
		error = write_all(to, cut->machine, cut->len);
	} else {
		cut->len = 0;
	}
	if (!error)
		error = copy(to, from, cut->at, end);
	return error ? error : fdatasync(to) ? errno : 0;
}

/* So that a crash of the machine does not bring the old file back. */
static void sync_directory(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

/*
 * Closes the old file.  If it has another name, it keeps its whole censuses, of which the last ends
 * at @start; the blocks that were reserved for more are free again.
 */
static void close_old(int fd, off_t start)
{
	struct stat st;

	if (!fstat(fd, &st) && st.st_nlink && !ftruncate(fd, start))
		fdatasync(fd);
	close(fd);
}

/* The name of the copy beside @path: FILE.ring may be another record. */
static char *copy_of(const char *path)
{
	char *dir = xstrdup(path), *file = xstrdup(path);
	char *name = xasprintf("%s/.%s.memcensus-ring", dirname(dir), basename(file));

	free(file);
	free(dir);
	return name;
}

int ring_shorten(const char *path, int *fd, off_t *start, uint64_t keep, uint64_t size)
{
	const off_t end = lseek(*fd, 0, SEEK_CUR);
	const off_t from = end > (off_t)keep ? end - (off_t)keep : 0;
	char *name = copy_of(path);
	struct cut cut;
	int to = -1;
	int error;

	error = find_cut(&cut, *fd, from, *start);
	/* Another file may have the name now, and a recorder of its own. */
	if (!error)
		error = check_free(path, *fd);
	if (!error) {
		/* One that a killed recorder left; the lock of the record covers it. */
		unlink(name);
		to = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		error = to < 0 || flock(to, LOCK_EX | LOCK_NB) ? errno : 0;
	}
	if (!error)
		error = fill_ring(to, *fd, &cut, end);
	if (!error)
		error = check_free(path, *fd);
	if (!error && rename(name, path))
		error = errno;
	if (error) {
		if (to >= 0) {
			close(to);
			unlink(name);
		}
		lseek(*fd, end, SEEK_SET);
	} else {
		sync_directory(path);
		close_old(*fd, *start);
		*fd = to;
		*start += (off_t)cut.len - cut.at;
		/* Now that the blocks of the old file are free. */
		ring_reserve(to, size);
	}
	free(name);
	return error;
}
