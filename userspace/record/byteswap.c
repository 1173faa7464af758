// SPDX-License-Identifier: GPL-2.0
/* Converts messages of a machine with the other byte order. */
#include <byteswap.h>
#include <stdint.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "model/columns.h"
#include "record/record-file.h"
#include "wire/decode.h"

/**
 * struct level - types of the attributes in one nest; the first that is set applies
 * @figures: all are amounts
 * @type: attributes of this record
 * @wires: types by attribute number, below @n_wires
 * @message: the top level of a message
 */
struct level {
	const struct record_type *type;
	bool figures;
	bool message;
	const enum wire *wires;
	unsigned int n_wires;
};

static const enum wire request_wires[] = {
	[MEMCENSUS_REQ_BASIS] = WIRE_U32,
	[MEMCENSUS_REQ_PARTS] = WIRE_U32,
	[MEMCENSUS_REQ_PIDS] = WIRE_U32S,
	[MEMCENSUS_REQ_GROUP_BY] = WIRE_U32,
	[MEMCENSUS_REQ_START] = WIRE_U64,
	[MEMCENSUS_REQ_END] = WIRE_U64,
};

/* Swaps the bytes of a number at @p, which may be unaligned. */
#define BYTESWAP(bits)							\
static void byteswap##bits(unsigned char *p)				\
{									\
	uint##bits##_t v;						\
									\
	memcpy(&v, p, sizeof(v));					\
	v = bswap_##bits(v);						\
	memcpy(p, &v, sizeof(v));					\
}

BYTESWAP(16)
BYTESWAP(32)
BYTESWAP(64)

static bool byteswap_attrs(const struct level *level, unsigned char *p, size_t len);

/*
 * A value that is too short for its type stays: a u8 of version 1 of the ABI, or the
 * decoder rejects it.
 */
static bool byteswap_value(enum wire wire, unsigned char *p, size_t len)
{
	static const struct level figures = { .figures = true };
	static const struct level types = { .type = &zone_type_record };
	static const struct level blocks = { .type = &blocks_record };

	switch (wire) {
	case WIRE_NONE:
	case WIRE_STRING:
		return true;
	case WIRE_U32:
	case WIRE_S32:
	case WIRE_U32S:
		for (; len >= sizeof(uint32_t); p += sizeof(uint32_t), len -= sizeof(uint32_t))
			byteswap32(p);
		return true;
	case WIRE_U64:
	case WIRE_U64S:
		for (; len >= sizeof(uint64_t); p += sizeof(uint64_t), len -= sizeof(uint64_t))
			byteswap64(p);
		return true;
	case WIRE_FIGURES:
		return byteswap_attrs(&figures, p, len);
	case WIRE_TYPES:
		return byteswap_attrs(&types, p, len);
	case WIRE_BLOCKS:
		return byteswap_attrs(&blocks, p, len);
	}
	return true;
}

static bool byteswap_attr(const struct level *level, unsigned int number,
			  unsigned char *p, size_t len)
{
	static const struct level request = {
		.wires = request_wires,
		.n_wires = sizeof(request_wires) / sizeof(request_wires[0]),
	};
	struct level inner = { 0 };

	if (level->figures)
		return byteswap_value(WIRE_U64, p, len);
	if (level->type)
		return number >= level->type->fields.n ||
		       byteswap_value(level->type->fields.columns[number].wire, p, len);
	if (!level->message)
		return number >= level->n_wires ||
		       byteswap_value(level->wires[number], p, len);
	if (number == MEMCENSUS_A_SEQ)
		return byteswap_value(WIRE_U64, p, len);
	if (number == MEMCENSUS_A_REQUEST)
		return byteswap_attrs(&request, p, len);
	inner.type = decode_type_of(number);
	return !inner.type || byteswap_attrs(&inner, p, len);
}

static bool byteswap_attrs(const struct level *level, unsigned char *p, size_t len)
{
	struct nlattr attr;
	size_t step;

	for (; len; p += step, len -= step) {
		if (len < NLA_HDRLEN)
			return false;
		byteswap16(p + offsetof(struct nlattr, nla_len));
		byteswap16(p + offsetof(struct nlattr, nla_type));
		memcpy(&attr, p, sizeof(attr));
		if (attr.nla_len < NLA_HDRLEN || attr.nla_len > len ||
		    !byteswap_attr(level, attr.nla_type & NLA_TYPE_MASK,
				   p + NLA_HDRLEN, attr.nla_len - NLA_HDRLEN))
			return false;
		step = NLA_ALIGN(attr.nla_len);
		if (step > len)
			step = len;
	}
	return true;
}

/* Converts a message of the family, without its netlink header. */
static bool byteswap_body(unsigned char *p, size_t len)
{
	static const struct level top = { .message = true };

	if (len < GENL_HDRLEN)
		return true;
	byteswap16(p + offsetof(struct genlmsghdr, reserved));
	return byteswap_attrs(&top, p + GENL_HDRLEN, len - GENL_HDRLEN);
}

bool byteswap_messages(void *buf, size_t len)
{
	unsigned char *p = buf;
	struct nlmsghdr nlh;
	size_t step;

	for (; len; p += step, len -= step) {
		if (len < NLMSG_HDRLEN)
			return false;
		byteswap32(p + offsetof(struct nlmsghdr, nlmsg_len));
		byteswap16(p + offsetof(struct nlmsghdr, nlmsg_type));
		byteswap16(p + offsetof(struct nlmsghdr, nlmsg_flags));
		byteswap32(p + offsetof(struct nlmsghdr, nlmsg_seq));
		byteswap32(p + offsetof(struct nlmsghdr, nlmsg_pid));
		memcpy(&nlh, p, sizeof(nlh));
		if (nlh.nlmsg_len < NLMSG_HDRLEN || nlh.nlmsg_len > len)
			return false;
		if (nlh.nlmsg_type >= NLMSG_MIN_TYPE &&
		    !byteswap_body(p + NLMSG_HDRLEN, nlh.nlmsg_len - NLMSG_HDRLEN))
			return false;
		step = NLMSG_ALIGN(nlh.nlmsg_len);
		if (step > len)
			step = len;
	}
	return true;
}
