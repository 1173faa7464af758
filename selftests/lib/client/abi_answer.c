// SPDX-License-Identifier: GPL-2.0
/* Checks an answer against the table of the ABI; see abi_table.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "client/abi_table.h"

/* With five levels of page tables; with four it begins higher. */
#define KERNEL_HALF	0xff00000000000000ULL
#define LAST_PAGE	0xfffffffffffff000ULL

static __thread char wrong[256];

unsigned int abi_int_size(enum abi_type type)
{
	switch (type) {
	case ABI_U32:
	case ABI_S32:
	case ABI_U32S:
		return 4;
	case ABI_U64:
	case ABI_U64S:
		return 8;
	default:
		return 0;
	}
}

static __attribute__((format(printf, 1, 2))) const char *say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(wrong, sizeof(wrong), fmt, args);
	va_end(args);
	return wrong;
}

bool abi_kernel_address(uint64_t value)
{
	return value >= KERNEL_HALF && value < LAST_PAGE;
}

/* A kernel address in decimal; else 12 digits or more as hexadecimal. */
static uint64_t number_at(const char *at, char **end)
{
	uint64_t decimal = strtoull(at, end, 10);
	char *hex_end;
	uint64_t hex = strtoull(at, &hex_end, 16);

	if (hex_end - at >= 12 && hex_end - at <= 18)
		*end = hex_end;
	return abi_kernel_address(decimal) ? decimal : hex_end - at >= 12 ? hex : 0;
}

const char *abi_address_in_text(const char *text)
{
	const char *at = text;
	char *end;

	while (*at) {
		if (!isxdigit((unsigned char)*at)) {
			at++;
			continue;
		}
		if (abi_kernel_address(number_at(at, &end)))
			return at;
		while (isxdigit((unsigned char)*at))
			at++;
	}
	return NULL;
}

static const char *ints_wrong(const struct nlattr *attr, unsigned int size,
			      const struct abi_attr *is)
{
	unsigned int len = mnl_attr_get_payload_len(attr), i;
	const char *at = mnl_attr_get_payload(attr);
	uint64_t value;

	if (is->type == ABI_U32S || is->type == ABI_U64S) {
		if (len % size || len / size < is->min || len / size > is->max)
			return say("%u bytes are no array of %u to %u", len,
				   is->min, is->max);
	} else if (len != size) {
		return say("%u bytes, not %u", len, size);
	}
	for (i = 0; size == 8 && i < len; i += 8) {
		memcpy(&value, at + i, 8);
		if (abi_kernel_address(value))
			return say("%#llx", (unsigned long long)value);
	}
	return NULL;
}

/* Processes and files choose the names: these are not searched for numbers. */
static const char *string_wrong(const struct nlattr *attr)
{
	unsigned int len = mnl_attr_get_payload_len(attr);
	const char *at = mnl_attr_get_payload(attr);

	if (!len || strnlen(at, len) != len - 1)
		return say("a string of %u bytes that ends elsewhere", len);
	return NULL;
}

static const char *nest_wrong(const void *from, int len,
			      const struct abi_nest *nest);

static const char *attr_wrong(const struct nlattr *attr,
			      const struct abi_attr *is)
{
	unsigned int len = mnl_attr_get_payload_len(attr), i;
	const unsigned char *at = mnl_attr_get_payload(attr);
	bool nested = is->type == ABI_NEST;

	for (i = len; i < MNL_ALIGN(len); i++)
		if (at[i])
			return say("padding holds %#x", at[i]);
	if (!!(attr->nla_type & NLA_F_NESTED) != nested)
		return say("NLA_F_NESTED");
	switch (is->type) {
	case ABI_NONE:
		return say("not expected");
	case ABI_PAD:
		return len ? say("a PAD of %u bytes", len) : NULL;
	case ABI_STRING:
		return string_wrong(attr);
	case ABI_NEST:
		return nest_wrong(at, len, is->nest);
	default:
		return ints_wrong(attr, abi_int_size(is->type), is);
	}
}

static struct abi_attr attr_of(const struct abi_nest *nest, unsigned int type)
{
	if (type >= nest->n)
		return (struct abi_attr) {};
	if (nest->attrs)
		return nest->attrs[type];
	return (struct abi_attr) {
		.type = type > 1 ? ABI_U64 : type ? ABI_PAD : ABI_NONE,
	};
}

static const char *nest_wrong(const void *from, int len,
			      const struct abi_nest *nest)
{
	const struct nlattr *attr = from;
	uint64_t seen = 0;

	for (; mnl_attr_ok(attr, len); len -= MNL_ALIGN(attr->nla_len),
	     attr = mnl_attr_next(attr)) {
		unsigned int type = mnl_attr_get_type(attr);
		struct abi_attr is = attr_of(nest, type);
		char *below;
		const char *text;

		if (!is.many && is.type != ABI_PAD && type < 64 &&
		    seen >> type & 1)
			return say("attribute %u comes twice", type);
		seen |= 1ULL << (type & 63);
		text = attr_wrong(attr, &is);
		if (text) {
			below = strdup(text);
			say("attribute %u: %s", type, below);
			free(below);
			return wrong;
		}
	}
	return len > 0 ? say("%d bytes are left over", len) : NULL;
}

const char *abi_answer_wrong(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	unsigned int nests = 0, type;
	bool unnumbered = false, numbered = false;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return say("%u bytes are no message", nlh->nlmsg_len);
	if (genl->cmd >= __MEMCENSUS_CMD_MAX || !abi_cmds[genl->cmd].answers)
		return say("command %u is no answer", genl->cmd);
	if (genl->version != MEMCENSUS_GENL_VERSION || genl->reserved)
		return say("version %u, reserved %u", genl->version,
			   genl->reserved);
	mnl_attr_for_each(attr, nlh, sizeof(*genl)) {
		type = mnl_attr_get_type(attr);
		unnumbered |= type == MEMCENSUS_A_INFO;
		numbered |= type == MEMCENSUS_A_SEQ;
		if (type < 32 && abi_cmds[genl->cmd].answers >> type & 1)
			nests++;
		else if (type > MEMCENSUS_A_SEQ)
			return say("attribute %u in command %u", type, genl->cmd);
	}
	if (unnumbered == numbered)
		return say("command %u: INFO %d, number %d", genl->cmd, unnumbered,
			   numbered);
	if (nests != 1)
		return say("command %u with %u nests", genl->cmd, nests);
	return nest_wrong((const char *)genl + sizeof(*genl),
			  mnl_nlmsg_get_payload_len(nlh) - sizeof(*genl),
			  &abi_answered);
}
