// SPDX-License-Identifier: GPL-2.0
/* Reading a record frame by frame. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/signals.h"
#include "record/chunk-reader.h"

#define READ_SIZE	(64UL << 10)

void frames_init(struct frames *frames, int fd)
{
	const off_t at = lseek(fd, 0, SEEK_CUR);

	*frames = (struct frames){
		.fd = fd,
		.seekable = at >= 0,
		.at = at >= 0 ? (uint64_t)at : 0,
	};
}

void frames_free(struct frames *frames)
{
	free(frames->buf);
	frames->buf = NULL;
}

static uint64_t offset(const struct frames *frames)
{
	return frames->at + frames->begin;
}

/* What is at hand begins where @buf does, which is what aligns it. */
static void move_down(struct frames *frames)
{
	if (!frames->begin)
		return;
	frames->end -= frames->begin;
	memmove(frames->buf, frames->buf + frames->begin, frames->end);
	frames->at += frames->begin;
	frames->begin = 0;
}

static int grow(struct frames *frames, size_t room, struct failure *why)
{
	unsigned char *buf;

	if (room <= frames->room)
		return 0;
	buf = realloc(frames->buf, room);
	if (!buf)
		return fail_memory(why);
	frames->buf = buf;
	frames->room = room;
	return 0;
}

/*
 * Reads until @n bytes are at hand, or to the end.  Room grows with what
 * came: a head may lie about what follows.
 */
static int fill(struct frames *frames, size_t n, struct failure *why)
{
	ssize_t got;

	if (frames->end - frames->begin >= n)
		return 0;
	move_down(frames);
	while (frames->end < n && !frames->eof) {
		if (frames->end + READ_SIZE > frames->room &&
		    grow(frames, frames->room + frames->room / 2 + READ_SIZE, why))
			return -1;
		got = read(frames->fd, frames->buf + frames->end,
			   frames->room - frames->end);
		if (got < 0 && errno == EINTR && !stop_asked())
			continue;
		if (got < 0 && errno == EINTR)
			return fail(why, FAIL_INTERRUPTED, "interrupted");
		if (got < 0)
			return fail(why, FAIL_SYSTEM, "cannot read: %s",
				    strerror(errno));
		frames->eof = !got;
		frames->end += got;
	}
	return 0;
}

int frames_seek(struct frames *frames, uint64_t to, struct failure *why)
{
	if (to >= frames->at && to <= frames->at + frames->end) {
		frames->begin = to - frames->at;
		return 0;
	}
	if (lseek(frames->fd, (off_t)to, SEEK_SET) < 0)
		return fail(why, FAIL_SYSTEM, "cannot seek: %s", strerror(errno));
	frames->at = to;
	frames->begin = 0;
	frames->end = 0;
	frames->eof = false;
	return 0;
}

/* Goes to the next byte that may begin a head. */
static void pass(struct frames *frames)
{
	const unsigned char *from = frames->buf + frames->begin + 1;
	const unsigned char *found;

	found = memchr(from, FRAME_MAGIC[0] & 0xff,
		       frames->end - frames->begin - 1);
	frames->begin = found ? (size_t)(found - frames->buf) : frames->end;
}

/* Whether bytes that were left out are all that was missing before the end. */
static bool is_end(const struct frames *frames)
{
	return frames->end == frames->begin &&
	       lseek(frames->fd, 0, SEEK_END) == (off_t)offset(frames);
}

/*
 * Goes to the next head that is whole: 1, or 0 at the end.  Where none stands
 * behind bytes that were left out, these were fewer than their head said, and
 * what follows is looked for among them, from @clean on.
 */
static int find_head(struct frames *frames, struct frame *frame,
		     uint64_t *clean, struct failure *why)
{
	for (;;) {
		if (fill(frames, FRAME_HEAD, why))
			return -1;
		if (frames->end - frames->begin >= FRAME_HEAD &&
		    frame_unpack(frame, frames->buf + frames->begin))
			break;
		if (frames->hopped && !is_end(frames)) {
			/* The head that was given belongs to nothing either. */
			*clean = frames->hopped - FRAME_HEAD;
			if (frames_seek(frames, frames->hopped, why))
				return -1;
			frames->hopped = 0;
			continue;
		}
		if (frames->end == frames->begin)
			return 0;
		pass(frames);
	}
	frames->hopped = 0;
	return 1;
}

/* The bytes behind the head at hand: 1; 0 where they are not whole. */
static int find_data(struct frames *frames, struct framed *framed,
		     struct failure *why)
{
	const size_t size = FRAME_HEAD + framed->frame.len;

	if (fill(frames, size, why))
		return -1;
	if (frames->end - frames->begin < size ||
	    !frame_fits(&framed->frame, frames->buf + frames->begin + FRAME_HEAD))
		return 0;
	if (frames->begin % FRAME_ALIGN)
		move_down(frames);
	framed->data = frames->buf + frames->begin + FRAME_HEAD;
	frames->begin += size;
	return 1;
}

int frames_next(struct frames *frames, struct framed *framed, bool head_only,
		struct failure *why)
{
	uint64_t clean = offset(frames);
	int ret;

	framed->data = NULL;
	for (;;) {
		ret = find_head(frames, &framed->frame, &clean, why);
		framed->offset = offset(frames);
		framed->lost = framed->offset - clean;
		if (ret <= 0)
			return ret;
		if (head_only && frames->seekable) {
			frames->hopped = framed->offset + FRAME_HEAD;
			return frames_seek(frames, frames->hopped + framed->frame.len,
					   why) ? -1 : 1;
		}
		ret = find_data(frames, framed, why);
		if (ret)
			return ret;
		pass(frames);
	}
}
