// SPDX-License-Identifier: GPL-2.0
/* A record of a limited size: the oldest censuses go. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
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

/*
 * A name that no file has is free: the record was renamed or removed, and goes on under it.
 * @keep: what gets the name by then is not ours.
 */
static int check_free(const struct place *place, int fd, bool *keep)
{
	const int error = place_check(place, fd);

	*keep = error == ENOENT;
	return *keep ? 0 : error;
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
		error = file_copy(to, from, cut->at, end);
	return error ? error : fdatasync(to) ? errno : 0;
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

int ring_shorten(const struct place *place, int *fd, off_t *start, uint64_t keep, uint64_t size)
{
	/* FILE.ring may be another record. */
	char *name = xasprintf(".%s.memcensus-ring", place->name);
	const off_t end = lseek(*fd, 0, SEEK_CUR);
	const off_t from = end > (off_t)keep ? end - (off_t)keep : 0;
	struct cut cut;
	bool unused;
	int to = -1;
	int error;

	error = find_cut(&cut, *fd, from, *start);
	/* Another file may have the name now, and a recorder of its own. */
	if (!error)
		error = check_free(place, *fd, &unused);
	if (!error) {
		/* One that a killed recorder left; the lock of the record covers it. */
		unlinkat(place->dir, name, 0);
		error = place_make(place, name, O_RDWR, 0600, &to);
	}
	if (!error && flock(to, LOCK_EX | LOCK_NB))
		error = errno;
	if (!error)
		error = fill_ring(to, *fd, &cut, end);
	if (!error)
		error = check_free(place, *fd, &unused);
	if (!error) {
		error = place_take(place, name, unused);
		error = error == EEXIST ? ESTALE : error;
	}
	if (error) {
		if (to >= 0) {
			close(to);
			unlinkat(place->dir, name, 0);
		}
		lseek(*fd, end, SEEK_SET);
	} else {
		place_sync(place);
		close_old(*fd, *start);
		*fd = to;
		*start += (off_t)cut.len - cut.at;
		/* Now that the blocks of the old file are free. */
		ring_reserve(to, size);
	}
	free(name);
	return error;
}
