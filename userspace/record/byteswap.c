// SPDX-License-Identifier: GPL-2.0
/* Converts messages of a machine with the other byte order. */
#include <stdint.h>
#include <linux/genetlink.h>

#include "record/byteswap.h"
#include "wire/attrs.h"
#include "wire/decode.h"

/* What nests contain that are no records: figures, and the nests of a message. */
static const struct record_type figures, message;

/*
 * Swaps the numbers of @size bytes at @p.  A rest that is too short stays: a u8 of
 * version 1 of the ABI, or the decoder rejects it.
 */
static void swap_numbers(unsigned char *p, size_t len, size_t size)
{
	unsigned char byte;
	size_t i;

	for (; len >= size; p += size, len -= size) {
		for (i = 0; i < size / 2; i++) {
			byte = p[i];
			p[i] = p[size - 1 - i];
			p[size - 1 - i] = byte;
		}
	}
}

static bool swap_attrs(const struct record_type *type, unsigned char *p, size_t len);

static bool swap_value(const struct record_type *type, unsigned int number,
		       unsigned char *p, size_t len)
{
	const struct record_type *inner;
	enum wire wire = WIRE_NONE;

	if (type == &message && number != MEMCENSUS_A_SEQ) {
		inner = number == MEMCENSUS_A_REQUEST ? &request_record : decode_type_of(number);
		return !inner || swap_attrs(inner, p, len);
	}
	if (type == &message || type == &figures)
		wire = WIRE_U64;
	else if (number < type->fields.n)
		wire = type->fields.columns[number].wire;
	switch (wire) {
	case WIRE_U32:
	case WIRE_S32:
	case WIRE_U32S:
		swap_numbers(p, len, sizeof(uint32_t));
		return true;
	case WIRE_U64:
	case WIRE_U64S:
		swap_numbers(p, len, sizeof(uint64_t));
		return true;
	case WIRE_FIGURES:
		return swap_attrs(&figures, p, len);
	case WIRE_TYPES:
		return swap_attrs(&zone_type_record, p, len);
	case WIRE_BLOCKS:
		return swap_attrs(&blocks_record, p, len);
	default:
		return true;
	}
}

static bool swap_attrs(const struct record_type *type, unsigned char *p, size_t len)
{
	const struct nlattr *attr;
	struct attrs attrs;

	for (; len; p += len - attrs.left, len = attrs.left) {
		if (len < NLA_HDRLEN)
			return false;
		swap_numbers(p, NLA_HDRLEN, sizeof(uint16_t));
		attrs = attrs_of(p, len);
		attr = attrs_next(&attrs);
		if (!attr || !swap_value(type, attr_type(attr), p + NLA_HDRLEN, attr_len(attr)))
			return false;
	}
	return true;
}

bool byteswap_messages(void *buf, size_t len)
{
	const size_t head = NLMSG_LENGTH(GENL_HDRLEN);
	const struct nlmsghdr *nlh;
	struct attrs messages;
	unsigned char *p;

	for (p = buf; len; p += len - messages.left, len = messages.left) {
		if (len < NLMSG_HDRLEN)
			return false;
		/* The length; the type and the flags; two numbers of the sender. */
		swap_numbers(p, 4, sizeof(uint32_t));
		swap_numbers(p + 4, 4, sizeof(uint16_t));
		swap_numbers(p + 8, 8, sizeof(uint32_t));
		messages = attrs_of(p, len);
		nlh = attrs_next_message(&messages);
		if (!nlh)
			return false;
		if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && nlh->nlmsg_len >= head &&
		    !swap_attrs(&message, p + head, nlh->nlmsg_len - head))
			return false;
	}
	return true;
}
