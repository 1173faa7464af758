// SPDX-License-Identifier: GPL-2.0
/* Makes datagrams from the table of the ABI, then corrupts them; see fuzz.h. */
#include <string.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "fuzz/fuzz.h"
#include "memory/pages.h"

uint64_t fuzz_mix(uint64_t a, uint64_t b)
{
	struct fuzz_random r = { .state = a ^ (b + 1) * 0xd1342543de82ef95ULL };

	return fuzz_next(&r);
}

/* The state is a counter; the result is a hash of it. */
uint64_t fuzz_next(struct fuzz_random *r)
{
	uint64_t n = r->state += 0x9e3779b97f4a7c15ULL;

	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ULL;
	n = (n ^ n >> 27) * 0x94d049bb133111ebULL;
	return n ^ n >> 31;
}

uint32_t fuzz_below(struct fuzz_random *r, uint32_t n)
{
	return (uint32_t)(fuzz_next(r) >> 32) % n;
}

bool fuzz_one_in(struct fuzz_random *r, uint32_t n)
{
	return !fuzz_below(r, n);
}

/**
 * struct builder - a datagram under construction
 * @at: position of the next byte
 * @end: end of the buffer
 */
struct builder {
	struct fuzz_random *r;
	const struct fuzz_target *target;
	unsigned char *at, *end;
};

#define PICK(r, array) \
	((array)[fuzz_below(r, sizeof(array) / sizeof(*(array)))])

static void put(struct builder *b, const void *data, size_t len)
{
	size_t room = b->end - b->at;

	if (len > room)
		len = room;
	memcpy(b->at, data, len);
	b->at += len;
}

static void put_random(struct builder *b, size_t len)
{
	while (len && b->at < b->end) {
		uint64_t n = fuzz_next(b->r);
		size_t some = len < 8 ? len : 8;

		put(b, &n, some);
		len -= some;
	}
}

/* Pads to a multiple of four, with zeros as required or with other bytes. */
static void pad(struct builder *b, const unsigned char *from)
{
	static const unsigned char zeros[4];
	size_t len = -(b->at - from) & 3;

	if (fuzz_one_in(b->r, 16))
		put_random(b, len);
	else
		put(b, zeros, len);
}

/* Begins an attribute; end_attr() completes its header. */
static unsigned char *begin_attr(struct builder *b, unsigned int type)
{
	struct nlattr attr = { .nla_type = type };
	unsigned char *at = b->at;

	put(b, &attr, sizeof(attr));
	return at;
}

static void end_attr(struct builder *b, unsigned char *at)
{
	struct nlattr attr;
	size_t len = b->at - at;

	if (len < sizeof(attr))
		return;
	memcpy(&attr, at, sizeof(attr));
	attr.nla_len = len > 65535 ? 65535 : len;
	memcpy(at, &attr, sizeof(attr));
	pad(b, at);
}

static uint32_t an_int(struct builder *b, const struct abi_attr *is)
{
	uint32_t odd[] = { 0, is->min, is->max, is->max + 1, is->mask,
			   is->mask + 1, 255, ~0U, fuzz_next(b->r) };

	if (fuzz_one_in(b->r, 8))
		return PICK(b->r, odd);
	if (!is->mask)
		return is->min + fuzz_below(b->r, is->max - is->min + 1);
	/* Mostly parts that need no walk of processes, which is expensive. */
	if (fuzz_one_in(b->r, 4))
		return fuzz_next(b->r) & is->mask;
	return fuzz_next(b->r) & is->mask &
	       ~(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS | MEMCENSUS_PART_MEMORY_VMAS);
}

static uint32_t a_pid(struct builder *b)
{
	const struct fuzz_target *t = b->target;
	uint32_t odd[] = { t->kthread, t->zombie, 0, ~0U, 0x7ffffff0, 0x80000001,
			   fuzz_below(b->r, 400), fuzz_next(b->r) };

	return fuzz_one_in(b->r, 8) ? PICK(b->r, odd) : PICK(b->r, t->alive);
}

static void put_pids(struct builder *b, const struct abi_attr *is)
{
	uint32_t many[] = { 0, is->max - 1, is->max, is->max + 1, 16382, 16383 };
	uint32_t n = fuzz_one_in(b->r, 24) ? PICK(b->r, many) :
		     1 + fuzz_below(b->r, 3);
	uint32_t pid;

	while (n--) {
		pid = n > 8 ? b->target->alive[n % 3] : a_pid(b);
		put(b, &pid, sizeof(pid));
	}
}

/* A part of an address space, or of none. */
static uint64_t an_address(struct builder *b)
{
	uint64_t odd[] = { 0, 1, PAGE, 0x400000, 1ULL << 46, 1ULL << 47, -PAGE, ~0ULL,
			   fuzz_next(b->r), fuzz_next(b->r) & -PAGE };

	return PICK(b->r, odd);
}

/* A payload of the right type, mostly of the right length. */
static void put_payload(struct builder *b, const struct abi_attr *is)
{
	static const size_t lengths[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 255 };
	uint64_t address;
	uint32_t n;

	if (fuzz_one_in(b->r, 16)) {
		put_random(b, PICK(b->r, lengths));
	} else if (is->type == ABI_U32S) {
		put_pids(b, is);
	} else if (is->type == ABI_U64) {
		address = an_address(b);
		put(b, &address, sizeof(address));
	} else if (abi_int_size(is->type)) {
		n = an_int(b, is);
		put(b, &n, abi_int_size(is->type));
	} else {
		put_random(b, fuzz_one_in(b->r, 500) ? 65000 :
			   PICK(b->r, lengths));
	}
}

static void put_nest(struct builder *b, const struct abi_nest *nest,
		     unsigned int depth);

static void put_attr(struct builder *b, const struct abi_nest *nest,
		     unsigned int type, unsigned int depth)
{
	struct abi_attr is = type < nest->n ? nest->attrs[type] :
			     (struct abi_attr) {};
	bool nested = is.type == ABI_NEST;
	unsigned char *at;

	if (fuzz_one_in(b->r, 24))
		nested = !nested;
	at = begin_attr(b, type | (nested ? NLA_F_NESTED : 0) |
			(fuzz_one_in(b->r, 64) ? NLA_F_NET_BYTEORDER : 0));
	if (is.type == ABI_NEST)
		put_nest(b, is.nest, depth + 1);
	else if (fuzz_one_in(b->r, 40) && depth < 24)
		put_nest(b, &abi_asked, depth + 1);
	else
		put_payload(b, &is);
	end_attr(b, at);
}

/* A random subset of the attributes, in any order; now and then an unknown one. */
static void put_nest(struct builder *b, const struct abi_nest *nest,
		     unsigned int depth)
{
	unsigned int n = fuzz_one_in(b->r, 40) ? 12 : fuzz_below(b->r, 4), type;

	if (depth == 1 && fuzz_one_in(b->r, 2))
		n++;
	while (n--) {
		do {
			type = fuzz_below(b->r, nest->n);
		} while (nest->attrs[type].type == ABI_NONE &&
			 !fuzz_one_in(b->r, 24));
		if (fuzz_one_in(b->r, 48))
			type = fuzz_below(b->r, 0x4000);
		put_attr(b, nest, type, depth);
	}
}

static uint16_t a_type(struct builder *b)
{
	/* Avoid other families: their numbers are from 16 to about 50. */
	if (fuzz_one_in(b->r, 40))
		return fuzz_one_in(b->r, 2) ? fuzz_below(b->r, 16) :
		       0xf000 + fuzz_below(b->r, 0xfff);
	return b->target->family;
}

static uint16_t some_flags(struct builder *b, uint8_t cmd)
{
	bool dump = cmd == MEMCENSUS_CMD_SNAPSHOT || cmd == MEMCENSUS_CMD_SHARE ||
		    cmd == MEMCENSUS_CMD_PHYSICAL;
	uint16_t flags = NLM_F_REQUEST;

	if (dump != fuzz_one_in(b->r, 16))
		flags |= NLM_F_DUMP;
	if (fuzz_one_in(b->r, 3))
		flags |= NLM_F_ACK;
	if (fuzz_one_in(b->r, 16))
		flags |= NLM_F_ECHO;
	if (fuzz_one_in(b->r, 32))
		flags ^= 1U << fuzz_below(b->r, 16);
	return flags;
}

static uint8_t a_cmd(struct builder *b)
{
	if (fuzz_one_in(b->r, 16))
		return fuzz_one_in(b->r, 2) ? fuzz_next(b->r) :
		       fuzz_below(b->r, __MEMCENSUS_CMD_MAX + 1);
	if (fuzz_one_in(b->r, 6))
		return MEMCENSUS_CMD_INFO;
	if (fuzz_one_in(b->r, 4))
		return MEMCENSUS_CMD_SHARE;
	if (fuzz_one_in(b->r, 16))
		return MEMCENSUS_CMD_PHYSICAL;
	return MEMCENSUS_CMD_SNAPSHOT;
}

static unsigned char a_byte(struct builder *b)
{
	static const unsigned char bytes[] = { 0, 1, 0x7f, 0x80, 0xff, 4, 8 };

	return fuzz_one_in(b->r, 2) ? PICK(b->r, bytes) : fuzz_next(b->r);
}

/* Corrupts a valid message: changes, truncates or inserts bytes. */
static void spoil(struct builder *b, unsigned char *from)
{
	unsigned int n = 1 + fuzz_below(b->r, 4);
	size_t len = b->at - from, at;

	while (n-- && len > 4) {
		at = fuzz_below(b->r, len);
		switch (fuzz_below(b->r, 5)) {
		case 0:
		case 1:
			from[at] = a_byte(b);
			break;
		case 2:
			from[at] ^= 1 << fuzz_below(b->r, 8);
			break;
		case 3:		/* truncate, but keep the lengths */
			b->at = from + at;
			len = at;
			break;
		case 4:
			put_random(b, 1 + fuzz_below(b->r, 24));
			len = b->at - from;
			break;
		}
	}
}

static void put_message(struct builder *b)
{
	struct genlmsghdr genl = {
		.cmd = a_cmd(b),
		.version = fuzz_one_in(b->r, 32) ? fuzz_next(b->r) :
			   MEMCENSUS_GENL_VERSION,
		.reserved = fuzz_one_in(b->r, 64) ? fuzz_next(b->r) : 0,
	};
	struct nlmsghdr nlh = {
		.nlmsg_type = a_type(b),
		.nlmsg_flags = some_flags(b, genl.cmd),
		.nlmsg_seq = fuzz_next(b->r),
		.nlmsg_pid = fuzz_one_in(b->r, 16) ? fuzz_next(b->r) : 0,
	};
	unsigned char *from = b->at;
	static const uint32_t lengths[] = { 0, 15, 16, 17, 19, 20, 21, 24,
					    0x7fffffff, 0x80000000, ~0U };

	put(b, &nlh, sizeof(nlh));
	put(b, &genl, sizeof(genl));
	if (fuzz_one_in(b->r, 12))
		put_nest(b, &abi_asked, 0);
	else if (!fuzz_one_in(b->r, 12))
		put_attr(b, &abi_asked, MEMCENSUS_A_REQUEST, 0);
	nlh.nlmsg_len = fuzz_one_in(b->r, 96) ? PICK(b->r, lengths) :
			b->at - from;
	memcpy(from, &nlh.nlmsg_len, sizeof(nlh.nlmsg_len));
	if (fuzz_one_in(b->r, 3))
		spoil(b, from);
	pad(b, from);
}

/*
 * Parses the messages as the kernel does: each must be for our family or for none.
 * Other families have numbers from 16 to about 50.
 */
static void address(const struct fuzz_target *target, unsigned char *buf,
		    size_t len)
{
	struct nlmsghdr nlh;
	size_t step;

	for (; len >= sizeof(nlh); buf += step, len -= step) {
		memcpy(&nlh, buf, sizeof(nlh));
		if (nlh.nlmsg_len < sizeof(nlh) || nlh.nlmsg_len > len)
			return;
		if (nlh.nlmsg_type >= NLMSG_MIN_TYPE && nlh.nlmsg_type < 0xf000)
			nlh.nlmsg_type = target->family;
		memcpy(buf, &nlh, sizeof(nlh));
		step = NLMSG_ALIGN(nlh.nlmsg_len);
		if (step > len)
			step = len;
	}
}

size_t fuzz_build(struct fuzz_random *r, const struct fuzz_target *target,
		  unsigned char *buf)
{
	struct builder b = {
		.r = r, .target = target, .at = buf, .end = buf + FUZZ_ROOM,
	};
	unsigned int n = fuzz_one_in(r, 40) ? 60 : 1 + fuzz_below(r, 15);

	while (n--)
		put_message(&b);
	/* Truncate the last message with the datagram. */
	if (fuzz_one_in(r, 24) && b.at - buf > 8)
		b.at -= fuzz_below(r, 8);
	if (b.at == buf)
		put_random(&b, 4);
	address(target, buf, b.at - buf);
	return b.at - buf;
}
