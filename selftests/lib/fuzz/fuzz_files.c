// SPDX-License-Identifier: GPL-2.0
/*
 * Several threads read a text file on one descriptor, at odd offsets and sizes,
 * and try operations that it does not support; see fuzz.h. Each open is one
 * census: all reads return parts of the same text.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "memory/pages.h"

#define TEXT_MAX	262144
#define THREADS		3

/**
 * struct reading - state of one thread
 * @fd: shared
 * @text: the whole text, of @size bytes
 */
struct reading {
	struct fuzz_random random;
	int fd;
	const char *text;
	size_t size;
	unsigned int n;
	char *buf, wrong[256];
};

static __attribute__((format(printf, 2, 3))) void fail(struct reading *r,
						       const char *fmt, ...)
{
	va_list args;

	if (*r->wrong)
		return;
	va_start(args, fmt);
	vsnprintf(r->wrong, sizeof(r->wrong), fmt, args);
	va_end(args);
}

/* An offset in the text, at its end, far beyond it, or invalid. */
static off_t an_offset(struct reading *r)
{
	static const off_t odd[] = { 0, 1, 4095, 4096, 4097, 1L << 31, 1L << 32,
				     1L << 62, INT64_MAX, -1, INT64_MIN };

	if (fuzz_one_in(&r->random, 6))
		return odd[fuzz_below(&r->random, 11)];
	return fuzz_below(&r->random, r->size + 64);
}

static size_t a_size(struct reading *r)
{
	static const size_t odd[] = { 0, 1, 2, 4095, 4096, 4097, 65536 };

	if (fuzz_one_in(&r->random, 3))
		return odd[fuzz_below(&r->random, 7)];
	return fuzz_below(&r->random, 9000);
}

/* Checks @got bytes read at @at. */
static void check(struct reading *r, const char *how, off_t at, ssize_t got)
{
	if (got < 0 && errno == EINVAL && (at < 0 || at > 1L << 60))
		return;
	if (got < 0)
		fail(r, "%s at %lld: %s", how, (long long)at, strerror(errno));
	else if (got && (at < 0 || at + got > (off_t)r->size ||
			 memcmp(r->buf, r->text + at, got)))
		fail(r, "%s at %lld: %zd bytes that are not the text's", how,
		     (long long)at, got);
}

static void do_pread(struct reading *r)
{
	off_t at = an_offset(r);
	size_t size = a_size(r);
	ssize_t got = pread(r->fd, r->buf, size, at);

	check(r, "pread", at, got);
	if (!got && size && at >= 0 && at < (off_t)r->size)
		fail(r, "pread at %lld: nothing", (long long)at);
}

static void do_preadv(struct reading *r)
{
	off_t at = an_offset(r);
	size_t a = a_size(r), b = fuzz_below(&r->random, 100);
	struct iovec iov[3] = {
		{ r->buf, b }, { r->buf + b, 0 }, { r->buf + b, a },
	};

	check(r, "preadv", at, preadv(r->fd, iov, 3, at));
}

/* Other threads use the same descriptor, so the offset is unknown. */
static void do_read(struct reading *r)
{
	size_t size = a_size(r);
	ssize_t got = read(r->fd, r->buf, size);

	if (got < 0 && errno != EINVAL && errno != EOVERFLOW)
		fail(r, "read: %s", strerror(errno));
	else if (got > 64 && !memmem(r->text, r->size, r->buf, got))
		fail(r, "read: %zd bytes that are not the text's", got);
}

static void do_seek(struct reading *r)
{
	static const int whences[] = { SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA,
				       SEEK_HOLE, 77 };

	if (lseek(r->fd, an_offset(r), whences[fuzz_below(&r->random, 6)]) < 0 &&
	    errno != EINVAL && errno != ENXIO && errno != EOVERFLOW &&
	    errno != EOPNOTSUPP)
		fail(r, "lseek: %s", strerror(errno));
}

/* If the kernel supports it, it must return the same bytes. */
static void do_send(struct reading *r)
{
	off_t at = fuzz_below(&r->random, r->size + 8), from = at;
	size_t size = 1 + fuzz_below(&r->random, 4096);
	int pipes[2];
	ssize_t got;

	if (pipe(pipes))
		return;
	if (fuzz_one_in(&r->random, 2))
		got = sendfile(pipes[1], r->fd, &from, size);
	else
		got = splice(r->fd, &from, pipes[1], NULL, size,
			     SPLICE_F_NONBLOCK);
	if (got > 0)
		check(r, "splice", at, read(pipes[0], r->buf, got));
	else if (got < 0 && errno != EINVAL && errno != EAGAIN)
		fail(r, "splice: %s", strerror(errno));
	close(pipes[0]);
	close(pipes[1]);
}

static void expect_errno(struct reading *r, const char *what, long ret, int a,
			 int b)
{
	if (ret >= 0 || (errno != a && errno != b))
		fail(r, "%s: %ld, errno %d", what, ret, errno);
}

/* Operations other than reading. */
static void do_other(struct reading *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN | POLLPRI };
	void *at, *volatile nowhere = (void *)8;

	switch (fuzz_below(&r->random, 8)) {
	case 0:
		expect_errno(r, "write", write(r->fd, "x", 1), EBADF, EINVAL);
		break;
	case 1:
		expect_errno(r, "pwrite", pwrite(r->fd, r->buf, 100, 50),
			     EBADF, ESPIPE);
		break;
	case 2:
		expect_errno(r, "ioctl", ioctl(r->fd, fuzz_next(&r->random),
					       r->buf), ENOTTY, EFAULT);
		break;
	case 3:
		at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, r->fd, 0);
		expect_errno(r, "mmap", at == MAP_FAILED ? -1 : 0, ENODEV, EIO);
		break;
	case 4:
		expect_errno(r, "ftruncate", ftruncate(r->fd, 0), EINVAL,
			     EBADF);
		break;
	case 5:
		poll(&p, 1, 0);
		break;
	case 6:
		expect_errno(r, "a bad buffer", pread(r->fd, nowhere, 100, 0),
			     EFAULT, EFAULT);
		break;
	case 7:
		expect_errno(r, "fallocate", fallocate(r->fd, 0, 0, 10),
			     EBADF, ENODEV);
		break;
	}
}

static void *read_oddly(void *arg)
{
	static void (*const ways[])(struct reading *r) = {
		do_pread, do_pread, do_preadv, do_read, do_seek, do_send,
		do_other,
	};
	struct reading *r = arg;
	unsigned int i;

	for (i = 0; i < r->n && !*r->wrong; i++)
		ways[fuzz_below(&r->random, 7)](r);
	return NULL;
}

/* One reader reads it from beginning to end. */
static size_t read_text(int fd, char *text)
{
	size_t size = 0;
	ssize_t got;

	while ((got = pread(fd, text + size, TEXT_MAX - size - 1, size)) > 0)
		size += got;
	text[size] = '\0';
	return size;
}

/* Odd opens: refused, or the same as any other. */
static void open_oddly(struct reading *r, const char *path)
{
	static const int flags[] = { O_RDWR, O_WRONLY, O_RDONLY | O_NONBLOCK,
				     O_RDWR | O_TRUNC, O_RDONLY | O_DIRECT,
				     O_PATH, O_RDONLY | O_DIRECTORY,
				     O_WRONLY | O_APPEND };
	int fd = open(path, flags[fuzz_below(&r->random, 8)] | O_CLOEXEC);

	if (fd < 0 && errno != EINVAL && errno != ENOTDIR && errno != EACCES &&
	    errno != EPERM)
		fail(r, "open: %s", strerror(errno));
	if (fd >= 0) {
		if (write(fd, "x", 1) >= 0)
			fail(r, "written to");
		close(fd);
	}
}

const char *fuzz_file(const char *path, uint64_t seed, unsigned int n)
{
	static char text[TEXT_MAX], wrong[400];
	struct reading r[THREADS] = {};
	pthread_t threads[THREADS];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size;
	unsigned int i;

	if (fd < 0)
		return strerror(errno);
	size = read_text(fd, text);
	*wrong = '\0';
	for (i = 0; i < THREADS; i++) {
		r[i] = (struct reading) {
			.random.state = fuzz_mix(seed, i), .fd = fd,
			.text = text, .size = size, .n = n / THREADS,
			.buf = malloc(70000),
		};
		need(r[i].buf, "memory");
		need(!pthread_create(&threads[i], NULL, read_oddly, &r[i]),
		     "thread");
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		free(r[i].buf);
		if (*r[i].wrong)
			snprintf(wrong, sizeof(wrong), "%s: %s", path,
				 r[i].wrong);
	}
	close(fd);
	r[0].wrong[0] = '\0';
	open_oddly(&r[0], path);
	if (*r[0].wrong)
		snprintf(wrong, sizeof(wrong), "%s: %s", path, r[0].wrong);
	if (size < 100 || strlen(text) != size)
		return "no text";
	return *wrong ? wrong : abi_address_in_text(text);
}
