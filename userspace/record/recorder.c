// SPDX-License-Identifier: GPL-2.0
/* Writes a record. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/place.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "record/pack.h"
#include "record/recorder.h"
#include "record/ring.h"

/* Minimum interval between two calls of fdatasync(). */
#define SYNC_INTERVAL	NSEC_PER_SEC

/**
 * struct recorder - a record being written
 * @path: for messages; owned by the caller
 * @options: how to write it
 * @place: of a ring, where it is, links followed
 * @fd: owned, unless it is stdout
 * @regular: a file, not a pipe: an incomplete census can be truncated
 * @named: this recorder has written the CHUNK_MACHINE
 * @census: number of the next census
 * @time: its start, ns since 1970; 0: nothing was asked yet
 * @start: offset where it begins
 * @error: first write error of this census, an errno
 * @synced: time of the last fdatasync(), ns of CLOCK_MONOTONIC
 * @buf: the chunk being filled, CHUNK_HEAD and up to CHUNK_BYTES bytes; owned
 * @len: bytes after the head
 * @packed: the same compressed; owned
 */
struct recorder {
	struct tap tap;
	const char *path;
	struct recorder_options options;
	struct place place;
	int fd;
	bool regular;
	bool named;
	uint64_t census;
	uint64_t time;
	uint32_t part;
	off_t start;
	int error;
	uint64_t synced;
	unsigned char *buf;
	size_t len;
	unsigned char *packed;
};

/* A blocked write to a pipe must not delay a stop by signal. */
static void put_recorded(struct recorder *r, const unsigned char *data, size_t len)
{
	ssize_t n;

	while (len && !r->error) {
		n = write(r->fd, data, len);
		if (n >= 0) {
			data += n;
			len -= n;
		} else if (errno != EINTR || (!r->regular && signals_stopped())) {
			r->error = errno;
		}
	}
}

/*
 * Makes room for @n bytes in a ring.  Half of it remains, so that not every census copies the
 * file; less if the census being written is larger.
 */
static void make_room(struct recorder *r, size_t n)
{
	const uint64_t ring = r->options.ring;
	const off_t at = lseek(r->fd, 0, SEEK_CUR);

	if (!ring || r->error || (uint64_t)at + n <= ring)
		return;
	r->error = ring_shorten(&r->place, &r->fd, &r->start,
				n < ring / 2 ? ring / 2 - n : 0, ring);
	if (!r->error && (uint64_t)lseek(r->fd, 0, SEEK_CUR) + n > ring)
		r->error = EFBIG;
}

/* Writes the chunk in @buf; @kind CHUNK_MACHINE is no part of a census. */
static void put_chunk(struct recorder *r, enum chunk_kind kind)
{
	struct chunk_head head = {
		.version = CHUNK_VERSION,
		.kind = kind,
		.order = CHUNK_NATIVE,
		.len = r->len,
		.census = r->census,
		.time = r->time,
		.part = kind == CHUNK_MACHINE ? 0 : r->part++,
	};
	unsigned char *chunk = chunk_compress(&head, r->buf, r->packed) ? r->packed : r->buf;

	chunk_pack(&head, chunk);
	make_room(r, CHUNK_HEAD + head.len);
	put_recorded(r, chunk, CHUNK_HEAD + head.len);
	r->len = 0;
}

/* Appends the @len bytes at @data to the chunk, and NULs up to CHUNK_ALIGN. */
static void fill_frame(struct recorder *r, const void *data, size_t len)
{
	memcpy(r->buf + CHUNK_HEAD + r->len, data, len);
	r->len += len;
	while (r->len % CHUNK_ALIGN)
		r->buf[CHUNK_HEAD + r->len++] = '\0';
}

static void put_machine(struct recorder *r)
{
	char text[2048], boot[64] = "";
	struct utsname uts;
	int n;

	text_line("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	uname(&uts);
	n = snprintf(text, sizeof(text),
		     "reader %s\nabi %d\npage_size %ld\nbits %zu\nhost %s\nkernel %s\nversion %s\nmachine %s\nboot %s\n",
		     VERSION, MEMCENSUS_ABI, sysconf(_SC_PAGESIZE),
		     8 * sizeof(long), uts.nodename, uts.release, uts.version,
		     uts.machine, boot);
	fill_frame(r, text, n);
	put_chunk(r, CHUNK_MACHINE);
}

/* The census starts with its request, which may be an interval after recorder_begin(). */
static void start_census(struct recorder *r)
{
	r->time = signals_realtime();
	if (!r->named)
		put_machine(r);
}

static void recorder_see(struct tap *tap, const void *messages, size_t len)
{
	struct recorder *r = (struct recorder *)tap;

	if (!r->time)
		start_census(r);

	/* A datagram of messages has at most 64 KiB. */
	if (len > CHUNK_BYTES) {
		r->error = EMSGSIZE;
		return;
	}
	if (r->len + len + CHUNK_ALIGN > CHUNK_BYTES)
		put_chunk(r, CHUNK_MESSAGES);
	fill_frame(r, messages, len);
}

struct tap *recorder_begin(struct recorder *r)
{
	r->time = 0;
	r->part = 0;
	r->len = 0;
	r->error = 0;
	return &r->tap;
}

void recorder_kills(struct recorder *r, const char *text, size_t len)
{
	if (r->len)
		put_chunk(r, CHUNK_MESSAGES);
	fill_frame(r, text, len);
	put_chunk(r, CHUNK_KILLS);
}

static void put_text(struct recorder *r, const struct proc_text *proc_text)
{
	const size_t name = strlen(proc_text->name), text = strlen(proc_text->text);

	if (name + text + 2 > CHUNK_BYTES)
		return;
	memcpy(r->buf + CHUNK_HEAD, proc_text->name, name + 1);
	r->len = name + 1;
	fill_frame(r, proc_text->text, text);
	put_chunk(r, CHUNK_TEXT);
}

/* At most once a second, to disturb the machine little, unless each census counts. */
static void sync_sometimes(struct recorder *r)
{
	const uint64_t now = signals_now();

	if (!r->regular || r->error || (!r->options.early && now - r->synced < SYNC_INTERVAL))
		return;
	if (fdatasync(r->fd) && errno != EINTR)
		r->error = errno;
	r->synced = now;
}

enum recorder_end_status recorder_end(struct recorder *r, const struct snapshot *snap,
				      struct failure *why)
{
	size_t i;

	if (r->len)
		put_chunk(r, CHUNK_MESSAGES);
	for (i = 0; i < snap->n_proc_texts; i++)
		put_text(r, &snap->proc_texts[i]);
	put_chunk(r, CHUNK_END);
	sync_sometimes(r);
	if (!r->error) {
		r->named = true;
		r->census++;
		r->start = lseek(r->fd, 0, SEEK_CUR);
		return RECORDER_DONE;
	}
	if (r->options.ring && r->error == EFBIG)
		fail(why, FAIL_SYSTEM,
		     "'%.200s': a census does not fit into a ring of %llu KiB: it is lost; use a larger '--ring'",
		     r->path, (unsigned long long)r->options.ring >> 10);
	else
		fail(why, FAIL_SYSTEM, "cannot write '%.200s': %s; a census is lost", r->path,
		     r->options.ring && r->error == ESTALE ? "another file has this name now" :
		     strerror(r->error));
	recorder_abort(r);
	return r->error == EPIPE || r->error == EINTR ? RECORDER_CLOSED : RECORDER_LOST;
}

void recorder_abort(struct recorder *r)
{
	if (!r->regular || ftruncate(r->fd, r->start))
		return;
	lseek(r->fd, r->start, SEEK_SET);
	if (r->options.ring)
		ring_reserve(r->fd, r->options.ring);
}

void recorder_rest(struct recorder *r)
{
	const uint64_t ring = r->options.ring;

	/* If it fails, make_room() tries again, and reports. */
	if (ring && (uint64_t)r->start > ring / 4 * 3)
		ring_shorten(&r->place, &r->fd, &r->start, ring / 2, ring);
}

static void recorder_free(struct recorder *r)
{
	place_close(&r->place);
	free(r->buf);
	free(r->packed);
	free(r);
}

int recorder_close(struct recorder *r, struct failure *why)
{
	int error = 0;

	/* Blocks that a ring reserved are free again. */
	if (r->options.ring && ftruncate(r->fd, r->start))
		error = errno;
	if (r->regular && fsync(r->fd) && errno != EINVAL)
		error = errno;
	if (r->fd != STDOUT_FILENO && close(r->fd) && !error && errno != EINTR)
		error = errno;
	if (error)
		fail(why, FAIL_SYSTEM, "'%.200s' may be incomplete on disk: %s",
		     r->path, strerror(error));
	recorder_free(r);
	return error ? -1 : 0;
}

/* Finds where to append, and truncates an incomplete census. */
static int go_on(struct recorder *r, uint64_t size, struct failure *why)
{
	struct chunk_reader reader;
	/* Offset behind the last complete census; only the beginning of one follows. */
	uint64_t whole = 0;
	bool any = false, torn = true;
	unsigned int newer = 0;
	struct chunk chunk;
	int ret;

	chunk_reader_init(&reader, r->fd);
	while ((ret = chunk_reader_next(&reader, &chunk, true, why)) > 0) {
		any = true;
		if (!chunk_is_known(&chunk.head))
			newer = chunk.head.version;
		torn &= !chunk.lost;
		if (chunk.head.kind != CHUNK_END)
			continue;
		torn = true;
		whole = chunk.offset + CHUNK_HEAD + chunk.head.len;
		if (chunk.head.census >= r->census)
			r->census = chunk.head.census + 1;
	}
	chunk_reader_free(&reader);
	if (ret < 0)
		return -1;
	if (size && !any)
		return fail(why, FAIL_SYSTEM,
			    "'%.200s' is not a memcensus record: it is left unchanged",
			    r->path);
	if (newer)
		return fail(why, FAIL_VERSION,
			    "'%.200s' has record format %u, this reader writes %d: use a newer reader, or another file",
			    r->path, newer, CHUNK_VERSION);
	if (whole < size)
		fprintf(stderr, torn ?
			"memcensus: '%s': truncated %llu bytes of an incomplete census\n" :
			"memcensus: '%s': appending after %llu damaged bytes\n",
			r->path, (unsigned long long)(size - whole));
	if (whole < size && torn && ftruncate(r->fd, (off_t)whole))
		return fail(why, FAIL_SYSTEM, "cannot truncate '%.200s': %s",
			    r->path, strerror(errno));
	r->start = lseek(r->fd, 0, SEEK_END);
	return 0;
}

static int no_ring(const struct recorder *r, struct failure *why)
{
	return fail(why, FAIL_USAGE, "'--ring' needs a file that it can shorten: '%.200s' is none",
		    r->path);
}

static int open_ring(struct recorder *r, struct failure *why)
{
	char *real = realpath(r->path, NULL);
	int error = real ? place_open(&r->place, real) : errno;

	if (!error)
		error = place_check(&r->place, r->fd);
	free(real);
	if (error)
		return fail(why, FAIL_SYSTEM, "cannot find '%.200s': %s", r->path,
			    strerror(error));
	if (ring_reserve(r->fd, r->options.ring))
		return fail(why, FAIL_SYSTEM,
			    "the disk has no room for a ring of %llu KiB in '%.200s': name a smaller one",
			    (unsigned long long)r->options.ring >> 10, r->path);
	return 0;
}

/* Opens what exists, as the kernel permits, or makes a file, which no link redirects. */
static int open_or_make(const struct place *place, int *fd, struct stat *st)
{
	struct stat fifo;
	int error;

	error = place_make(place, place->name, O_RDWR, 0600, fd);
	if (error == EEXIST)
		error = place_open_file(place, O_RDWR, fd);
	if (error || fstat(*fd, st))
		return error ? error : errno;
	if (!S_ISFIFO(st->st_mode))
		return 0;
	/* A FIFO: open it for writing only, so that this process is not a reader of it. */
	fifo = *st;
	close(*fd);
	*fd = -1;
	error = place_open_file(place, O_WRONLY, fd);
	if (error || fstat(*fd, st))
		return error ? error : errno;
	return st->st_ino == fifo.st_ino && st->st_dev == fifo.st_dev ? 0 : ESTALE;
}

/* Whether the record that is open has its name, maybe by a link. */
static bool has_name(const struct recorder *r)
{
	struct stat is, named;

	return !fstat(r->fd, &is) && !stat(r->path, &named) &&
	       is.st_ino == named.st_ino && is.st_dev == named.st_dev;
}

static int open_file(struct recorder *r, struct failure *why)
{
	struct place place;
	struct stat st;
	int error = place_open(&place, r->path);

	if (!error)
		error = open_or_make(&place, &r->fd, &st);
	place_close(&place);
	if (error)
		return fail(why, FAIL_SYSTEM, "cannot open '%.200s': %s%s", r->path,
			    error == ENOLINK ? "a symbolic link: " : "",
			    strerror(error == ENOLINK ? ENOENT : error));
	r->regular = S_ISREG(st.st_mode);
	if (!r->regular)
		return r->options.ring ? no_ring(r, why) : 0;
	if (flock(r->fd, LOCK_EX | LOCK_NB))
		return fail(why, FAIL_SYSTEM, "cannot lock '%.200s': %s", r->path,
			    errno == EWOULDBLOCK ? "another recorder writes to it" :
			    strerror(errno));
	/* Another recorder may have written until it released the lock, or replaced the file. */
	fstat(r->fd, &st);
	if (!has_name(r))
		return fail(why, FAIL_SYSTEM, "cannot lock '%.200s': another recorder writes to it",
			    r->path);
	return go_on(r, st.st_size, why) || (r->options.ring && open_ring(r, why)) ? -1 : 0;
}

struct recorder *recorder_open(const char *path, const struct recorder_options *options,
			       struct failure *why)
{
	struct recorder *r = xcalloc(1, sizeof(*r));
	int ret = 0;

	r->buf = xcalloc(1, CHUNK_HEAD + CHUNK_BYTES);
	r->packed = xcalloc(1, CHUNK_HEAD + CHUNK_BYTES);
	r->tap.see = recorder_see;
	r->census = 1;
	r->path = path;
	r->options = *options;
	r->fd = -1;
	r->place.dir = -1;
	if (strcmp(path, "-")) {
		ret = open_file(r, why);
	} else if (isatty(STDOUT_FILENO)) {
		ret = fail(why, FAIL_USAGE,
			   "cannot write a record to a terminal: name a file, or use a pipe");
	} else {
		r->path = "stdout";
		r->fd = STDOUT_FILENO;
		ret = options->ring ? no_ring(r, why) : 0;
	}
	if (!ret)
		return r;
	if (r->fd > STDOUT_FILENO)
		close(r->fd);
	recorder_free(r);
	return NULL;
}
