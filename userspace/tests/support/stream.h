/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Streams as the module sends them, made in memory.
 */
#ifndef READER_STREAM_H
#define READER_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <linux/memcensus.h>
#include <linux/netlink.h>

/* Number that the family has in these streams. */
#define STREAM_FAMILY	0x20

/**
 * struct stream - messages behind one another
 * @buf: aligned to eight; owned
 * @len: bytes in use
 * @room: bytes there are
 * @message: offset of the message that is open
 * @netlink_seq: number of the request that is answered
 * @basis: enum memcensus_basis of the census, by its head
 * @moment: ns, of the census after the moment of the first
 */
struct stream {
	char *buf;
	size_t len;
	size_t room;
	size_t message;
	uint32_t netlink_seq;
	uint8_t basis;
	uint64_t moment;
};

void stream_init(struct stream *s, uint32_t netlink_seq);
void stream_free(struct stream *s);

/* Opens a message of the family, with MEMCENSUS_A_SEQ unless @seq is 0. */
void stream_begin(struct stream *s, uint8_t cmd, uint64_t seq);
void stream_end(struct stream *s);

void stream_put(struct stream *s, uint16_t type, const void *data, size_t len);
void stream_u8(struct stream *s, uint16_t type, uint8_t value);
void stream_u32(struct stream *s, uint16_t type, uint32_t value);
void stream_u64(struct stream *s, uint16_t type, uint64_t value);
void stream_string(struct stream *s, uint16_t type, const char *value);

/* Opens a nest; what it returns closes it. */
size_t stream_nest(struct stream *s, uint16_t type);
void stream_nest_end(struct stream *s, size_t nest);

/* The end of a dump, with @error, 0 or negative, and what an ack says of it. */
void stream_done(struct stream *s, int error, const char *text, int offset);

/* An error in answer to @request, which it carries unless @capped. */
void stream_error(struct stream *s, int error, const char *text, int offset,
		  const struct nlmsghdr *request, int capped);

/* A module's INFO and the SCAN that opens census @seq, of the mapcount basis. */
void stream_head(struct stream *s, uint64_t seq, uint32_t abi);

/*
 * The same of the frames basis: @frames bytes mapped, counted in @slices, and a
 * PSS of all that is @lost bytes less.
 */
void stream_head_frames(struct stream *s, uint64_t seq, uint64_t frames,
			uint64_t slices, uint64_t lost);

/* Scenes of whole machines, where each census is a second later. */
void scene_machine(struct stream *s);

/*
 * Fills @s with the scene @name, its NLMSG_DONE included; -1 where there is no
 * such scene.
 */
int scene_fill(struct stream *s, const char *name);

/*
 * Fills @s with census @step, from 0, of the series @name, its NLMSG_DONE
 * included; 1 where there are no more, -1 where there is no such series.
 */
int series_fill(struct stream *s, const char *name, unsigned int step);

#endif /* READER_STREAM_H */
