// SPDX-License-Identifier: GPL-2.0
/* A request as a netlink message. */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "model/columns.h"
#include "wire/attrs.h"
#include "wire/request.h"

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
			    attr_type(attr) < request_record.fields.n)
				return request_record.fields.columns[attr_type(attr)].name;
	}
	return NULL;
}
