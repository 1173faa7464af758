/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Builds streams in memory, as the module sends them.
 */
#ifndef READER_STREAM_H
#define READER_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <linux/memcensus.h>
#include <linux/netlink.h>

/* Family number in these streams. */
#define STREAM_FAMILY	0x20

/**
 * struct stream - consecutive messages
 * @buf: aligned to eight; owned
 * @len: bytes in use
 * @room: bytes allocated
 * @message: offset of the open message
 * @netlink_seq: sequence number of the request
 * @command: of messages that are begun; 0: SNAPSHOT
 * @moment: time of the census in ns since that of the first
 * @booted: time of its boot in ns since that of the first
 * @meminfo, @vmstat: texts of /proc that are read with the census; owned, NULL: none
 */
struct stream {
	char *buf;
	size_t len;
	size_t room;
	size_t message;
	uint32_t netlink_seq;
	uint8_t command;
	uint64_t moment;
	uint64_t booted;
	char *meminfo;
	char *vmstat;
};

void stream_init(struct stream *s, uint32_t netlink_seq);
void stream_free(struct stream *s);

/* Opens a message of the family, with MEMCENSUS_A_SEQ unless @seq is 0. */
void stream_begin(struct stream *s, uint64_t seq);
void stream_end(struct stream *s);

void stream_put(struct stream *s, uint16_t type, const void *data, size_t len);
void stream_u32(struct stream *s, uint16_t type, uint32_t value);
void stream_u64(struct stream *s, uint16_t type, uint64_t value);
void stream_string(struct stream *s, uint16_t type, const char *value);

/* Opens a nest; the caller closes it with the return value. */
size_t stream_nest(struct stream *s, uint16_t type);
void stream_nest_end(struct stream *s, size_t nest);

/* Add a line to the texts of /proc that are read with the census. */
void stream_meminfo(struct stream *s, const char *name, uint64_t bytes);
void stream_vmstat(struct stream *s, const char *name, uint64_t count);

/* The end of a dump, with @error, 0 or negative, and its extended ack. */
void stream_done(struct stream *s, int error, const char *text, int offset);

/* An error in answer to @request; contains the request unless @capped. */
void stream_error(struct stream *s, int error, const char *text, int offset,
		  const struct nlmsghdr *request, int capped);

/* An INFO alone, and a SCAN alone. */
void stream_info(struct stream *s);
void stream_scan(struct stream *s, uint64_t seq);

/* An INFO, and the SCAN that opens census @seq, without sums. */
void stream_head(struct stream *s, uint64_t seq, uint32_t abi);

/*
 * The same with sums: @frames bytes mapped, counted in @slices; the total
 * PSS is @lost bytes less.
 */
void stream_head_frames(struct stream *s, uint64_t seq, uint64_t frames,
			uint64_t slices, uint64_t lost);

/* A scene of a whole machine; each census is one second later. */
void scene_machine(struct stream *s);

/*
 * Fills @s with the scene @name, including its NLMSG_DONE; -1: no such scene.
 */
int scene_fill(struct stream *s, const char *name);

/*
 * Fills @s with census @step, from 0, of the series @name, including its
 * NLMSG_DONE; 1: no more; -1: no such series.
 */
int series_fill(struct stream *s, const char *name, unsigned int step);

#endif /* READER_STREAM_H */
