// SPDX-License-Identifier: GPL-2.0
/* A request as a netlink message. */
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "wire/attrs.h"
#include "wire/request.h"

static const char *const names[] = {
	[MEMCENSUS_REQ_BASIS] = "basis",
	[MEMCENSUS_REQ_PARTS] = "parts",
	[MEMCENSUS_REQ_PIDS] = "pids",
	[MEMCENSUS_REQ_GROUP_BY] = "group_by",
	[MEMCENSUS_REQ_START] = "start",
	[MEMCENSUS_REQ_END] = "end",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == MEMCENSUS_REQ_MAX + 1,
	       "an attribute of a request has no name");

struct nlmsghdr *request_put(void *buf, uint16_t family, uint32_t seq,
			     const struct request *request)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	struct nlattr *nest;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = request->pages ? MEMCENSUS_CMD_PAGES : MEMCENSUS_CMD_SNAPSHOT;
	genl->version = MEMCENSUS_GENL_VERSION;

	nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	if (request->basis && !request->pages)
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_BASIS, request->basis);
	if (request->parts && !request->pages)
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_PARTS, request->parts);
	if (request->pids)
		mnl_attr_put(nlh, MEMCENSUS_REQ_PIDS,
			     request->n_pids * sizeof(*request->pids),
			     request->pids);
	if (request->group_by && !request->pages)
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_GROUP_BY, request->group_by);
	if (request->pages && request->pages_start)
		mnl_attr_put_u64(nlh, MEMCENSUS_REQ_START, request->pages_start);
	if (request->pages && request->pages_end)
		mnl_attr_put_u64(nlh, MEMCENSUS_REQ_END, request->pages_end);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

/* A u32, or a u8 of version 1 of the ABI; else 0. */
static uint32_t get_u32(const struct nlattr *attr)
{
	uint32_t value;

	if (attr_len(attr) == 1)
		return *(const uint8_t *)attr_data(attr);
	if (attr_len(attr) != sizeof(value))
		return 0;
	memcpy(&value, attr_data(attr), sizeof(value));
	return value;
}

static void get_attr(struct request *request, uint32_t *pids,
		     const struct nlattr *attr)
{
	const uint8_t *data = attr_data(attr);
	const size_t len = attr_len(attr);

	switch (attr_type(attr)) {
	case MEMCENSUS_REQ_BASIS:
		request->basis = get_u32(attr);
		break;
	case MEMCENSUS_REQ_GROUP_BY:
		request->group_by = get_u32(attr);
		break;
	case MEMCENSUS_REQ_PARTS:
		request->parts = get_u32(attr);
		break;
	case MEMCENSUS_REQ_PIDS:
		request->n_pids = len / sizeof(*pids);
		if (request->n_pids > MEMCENSUS_PIDS_MAX)
			request->n_pids = MEMCENSUS_PIDS_MAX;
		memcpy(pids, data, request->n_pids * sizeof(*pids));
		request->pids = pids;
		break;
	}
}

bool request_get(struct request *request, uint32_t pids[MEMCENSUS_PIDS_MAX],
		 const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);
	const struct nlattr *top, *attr;
	struct attrs outer, inner;

	if (nlh->nlmsg_type < NLMSG_MIN_TYPE ||
	    nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) ||
	    !(nlh->nlmsg_flags & NLM_F_REQUEST) || genl->cmd != MEMCENSUS_CMD_SNAPSHOT)
		return false;
	memset(request, 0, sizeof(*request));
	outer = attrs_of_message(nlh);
	while ((top = attrs_next(&outer))) {
		if (attr_type(top) != MEMCENSUS_A_REQUEST)
			continue;
		inner = attrs_in(top);
		while ((attr = attrs_next(&inner)))
			get_attr(request, pids, attr);
	}
	return true;
}

const char *request_attr_name(const struct nlmsghdr *nlh, uint32_t offset)
{
	const unsigned char *begin = (const void *)nlh;
	const struct nlattr *top, *attr;
	struct attrs outer, inner;

	outer = attrs_of_message(nlh);
	while ((top = attrs_next(&outer))) {
		if (begin + offset == (const void *)top)
			return "request";
		inner = attrs_in(top);
		while ((attr = attrs_next(&inner)))
			if (begin + offset == (const void *)attr &&
			    attr_type(attr) <= MEMCENSUS_REQ_MAX)
				return names[attr_type(attr)];
	}
	return NULL;
}
