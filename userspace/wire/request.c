// SPDX-License-Identifier: GPL-2.0
/* Requests, and what is decoded of their replies. */
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "lib/memory.h"
#include "model/columns.h"
#include "wire/attrs.h"
#include "wire/decode.h"
#include "wire/request.h"

#define TAKES(attribute)	(1ULL << MEMCENSUS_REQ_##attribute)

/* The attributes that the request of a command takes. */
static const uint64_t taken_by[MEMCENSUS_CMD_MAX + 1] = {
	[MEMCENSUS_CMD_SNAPSHOT] = TAKES(PARTS) | TAKES(PIDS) | TAKES(GROUP_BY) |
				   TAKES(TREE) | TAKES(FILE),
	[MEMCENSUS_CMD_SHARE] = TAKES(PIDS) | TAKES(GROUP_BY) | TAKES(LIMIT) | TAKES(CHARGED) |
				TAKES(FILE),
	[MEMCENSUS_CMD_PHYSICAL] = TAKES(ORDER) | TAKES(GROUP_BY) | TAKES(FILES),
};

static void put_list(struct nlmsghdr *nlh, uint16_t type, const struct numbers *list)
{
	const size_t size = sizeof(uint32_t);
	uint32_t *v = xcalloc(list->n + 1, size);
	size_t i;

	for (i = 0; i < list->n; i++)
		v[i] = (uint32_t)list->v[i];
	if (list->n)
		mnl_attr_put(nlh, type, list->n * size, v);
	free(v);
}

/* Puts the attribute of @column, unless it is 0. */
static void put_attribute(struct nlmsghdr *nlh, uint16_t type, const struct column *column,
			  const struct request *request)
{
	const void *member = (const char *)request + column->offset;
	uint64_t number;

	if (column->wire == WIRE_U32S) {
		put_list(nlh, type, member);
		return;
	}
	memcpy(&number, member, sizeof(number));
	if (number && column->wire == WIRE_U64)
		mnl_attr_put_u64(nlh, type, number);
	else if (number)
		mnl_attr_put_u32(nlh, type, (uint32_t)number);
}

struct nlmsghdr *request_put(void *buf, uint16_t family, uint32_t seq,
			     const struct request *request)
{
	const struct column_set *fields = &request_rows.fields;
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct request sent = *request;
	struct genlmsghdr *genl;
	struct nlattr *nest;
	uint16_t type;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = request->command ?: MEMCENSUS_CMD_SNAPSHOT;
	genl->version = MEMCENSUS_GENL_VERSION;
	nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	if (sent.named_only)
		sent.parts = sent.parts ?: REQUEST_DEFAULT_PARTS;
	else if (sent.parts)
		sent.parts |= MEMCENSUS_PART_OWNERS;
	for (type = 0; type < fields->n; type++)
		if (taken_by[genl->cmd] >> type & 1)
			put_attribute(nlh, type, &fields->columns[type], &sent);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

enum reply_state reply_feed(struct snapshot *snap,
			    const struct nlmsghdr *request,
			    const void *buf, size_t len, struct failure *why)
{
	const struct genlmsghdr *asked = NLMSG_DATA(request);
	struct attrs messages = attrs_of(buf, len);
	const struct nlmsghdr *nlh;
	enum reply_state state;

	while ((nlh = attrs_next_message(&messages))) {
		if (nlh->nlmsg_seq != request->nlmsg_seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			snap->torn = true;
		state = reply_control(nlh, why);
		if (state == REPLY_DONE && decode_finish(snap, asked->cmd, why))
			state = REPLY_FAILED;
		if (state != REPLY_MORE)
			return state;
		if (nlh->nlmsg_type == request->nlmsg_type &&
		    decode_message(snap, nlh, why))
			return REPLY_FAILED;
	}
	if (!messages.broken)
		return REPLY_MORE;
	fail(why, FAIL_LOST, "a message from the kernel was truncated");
	return REPLY_FAILED;
}
