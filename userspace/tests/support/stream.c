// SPDX-License-Identifier: GPL-2.0
/* Builds streams in memory, as the module sends them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/genetlink.h>

#include "stream.h"

void stream_init(struct stream *s, uint32_t netlink_seq)
{
	memset(s, 0, sizeof(*s));
	s->netlink_seq = netlink_seq;
}

void stream_free(struct stream *s)
{
	free(s->buf);
	free(s->meminfo);
	free(s->vmstat);
}

static void *stream_room(struct stream *s, size_t len)
{
	size_t padded = NLMSG_ALIGN(len);
	void *p;

	if (s->len + padded > s->room) {
		s->room = 2 * (s->len + padded);
		s->buf = realloc(s->buf, s->room);
		if (!s->buf)
			abort();
	}
	p = memset(s->buf + s->len, 0, padded);
	s->len += padded;
	return p;
}

static struct nlmsghdr *stream_header(struct stream *s, uint16_t type,
				      uint16_t flags)
{
	struct nlmsghdr *nlh;

	s->message = s->len;
	nlh = stream_room(s, NLMSG_HDRLEN);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = s->netlink_seq;
	return nlh;
}

void stream_begin(struct stream *s, uint64_t seq)
{
	struct genlmsghdr *genl;

	stream_header(s, STREAM_FAMILY, NLM_F_MULTI);
	genl = stream_room(s, GENL_HDRLEN);
	genl->cmd = s->command ? s->command : MEMCENSUS_CMD_SNAPSHOT;
	genl->version = MEMCENSUS_GENL_VERSION;
	if (seq)
		stream_u64(s, MEMCENSUS_A_SEQ, seq);
}

void stream_end(struct stream *s)
{
	struct nlmsghdr *nlh = (void *)(s->buf + s->message);

	nlh->nlmsg_len = s->len - s->message;
}

void stream_put(struct stream *s, uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr = stream_room(s, NLA_HDRLEN + len);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)attr + NLA_HDRLEN, data, len);
}

void stream_u32(struct stream *s, uint16_t type, uint32_t value)
{
	stream_put(s, type, &value, sizeof(value));
}

void stream_u64(struct stream *s, uint16_t type, uint64_t value)
{
	stream_put(s, type, &value, sizeof(value));
}

void stream_string(struct stream *s, uint16_t type, const char *value)
{
	stream_put(s, type, value, strlen(value) + 1);
}

size_t stream_nest(struct stream *s, uint16_t type)
{
	size_t nest = s->len;

	stream_put(s, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void stream_nest_end(struct stream *s, size_t nest)
{
	struct nlattr *attr = (void *)(s->buf + nest);

	attr->nla_len = s->len - nest;
}

static void add_line(char **text, const char *name, const char *between, uint64_t value,
		     const char *unit)
{
	char *before = *text;

	if (asprintf(text, "%s%s%s%" PRIu64 "%s\n", before ? before : "", name, between, value,
		     unit) < 0)
		abort();
	free(before);
}

void stream_meminfo(struct stream *s, const char *name, uint64_t bytes)
{
	if (bytes % 1024)
		abort();
	add_line(&s->meminfo, name, ": ", bytes / 1024, " kB");
}

void stream_vmstat(struct stream *s, const char *name, uint64_t count)
{
	add_line(&s->vmstat, name, " ", count, "");
}

static void put_ack(struct stream *s, const char *text, int offset)
{
	if (text)
		stream_string(s, NLMSGERR_ATTR_MSG, text);
	if (offset)
		stream_u32(s, NLMSGERR_ATTR_OFFS, offset);
}

void stream_done(struct stream *s, int error, const char *text, int offset)
{
	stream_header(s, NLMSG_DONE, NLM_F_MULTI |
		      (text || offset ? NLM_F_ACK_TLVS : 0));
	memcpy(stream_room(s, sizeof(error)), &error, sizeof(error));
	put_ack(s, text, offset);
	stream_end(s);
}

void stream_error(struct stream *s, int error, const char *text, int offset,
		  const struct nlmsghdr *request, int capped)
{
	stream_header(s, NLMSG_ERROR, (capped ? NLM_F_CAPPED : 0) |
		      (text || offset ? NLM_F_ACK_TLVS : 0));
	memcpy(stream_room(s, sizeof(error)), &error, sizeof(error));
	memcpy(stream_room(s, capped ? NLMSG_HDRLEN : request->nlmsg_len),
	       request, capped ? NLMSG_HDRLEN : request->nlmsg_len);
	put_ack(s, text, offset);
	stream_end(s);
}

/* @max_mem 0: not sent. */
static void put_info(struct stream *s, uint32_t abi, uint64_t max_mem)
{
	size_t nest;

	stream_begin(s, 0);
	nest = stream_nest(s, MEMCENSUS_A_INFO);
	stream_u32(s, MEMCENSUS_INFO_ABI, abi);
	stream_string(s, MEMCENSUS_INFO_VERSION, "test");
	stream_string(s, MEMCENSUS_INFO_KERNEL, "6.1.0-test");
	stream_u32(s, MEMCENSUS_INFO_PAGE_SIZE, 4096);
	stream_u32(s, MEMCENSUS_INFO_ORDERS, 11);
	stream_u64(s, MEMCENSUS_INFO_MAX_AGE_NS, 0);
	stream_u64(s, MEMCENSUS_INFO_LOCK_HOLD_NS, 500000);
	stream_u64(s, MEMCENSUS_INFO_BUSY_BUDGET_NS, 100000000);
	if (max_mem)
		stream_u64(s, MEMCENSUS_INFO_MAX_MEM, max_mem);
	stream_nest_end(s, nest);
	stream_end(s);
}

void stream_info(struct stream *s)
{
	put_info(s, MEMCENSUS_ABI, 0);
}

/* Opens a SCAN and leaves its nest open. */
static size_t put_scan(struct stream *s, uint64_t seq)
{
	size_t nest;

	stream_begin(s, seq);
	nest = stream_nest(s, MEMCENSUS_A_SCAN);
	stream_u32(s, MEMCENSUS_SCAN_PARTS, MEMCENSUS_PART_ALL);
	stream_u64(s, MEMCENSUS_SCAN_REALTIME_NS, 1700000000000000000ULL + s->moment);
	stream_u64(s, MEMCENSUS_SCAN_BOOTTIME_NS, 1000000000000ULL + s->moment - s->booted);
	stream_u64(s, MEMCENSUS_SCAN_WALL_NS, 1234567);
	stream_u64(s, MEMCENSUS_SCAN_KTHREADS, 71);
	return nest;
}

void stream_scan(struct stream *s, uint64_t seq)
{
	stream_nest_end(s, put_scan(s, seq));
	stream_end(s);
}

void stream_head(struct stream *s, uint64_t seq, uint32_t abi)
{
	put_info(s, abi, 0);
	stream_scan(s, seq);
}

void stream_head_frames(struct stream *s, uint64_t seq, uint64_t frames,
			uint64_t slices, uint64_t lost)
{
	size_t nest;

	put_info(s, MEMCENSUS_ABI, 1048576);
	nest = put_scan(s, seq);
	stream_u64(s, MEMCENSUS_SCAN_FRAMES, frames);
	stream_u64(s, MEMCENSUS_SCAN_PSS, frames - lost);
	stream_u64(s, MEMCENSUS_SCAN_VIOLATIONS, !!lost);
	stream_u64(s, MEMCENSUS_SCAN_SLICES, slices);
	stream_nest_end(s, nest);
	stream_end(s);
}
