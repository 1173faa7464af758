// SPDX-License-Identifier: GPL-2.0
/*
 * Measures the module's time for a census of all processes, from its SCAN message, and
 * the time from the request to the last message.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/memcensus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "methods.h"

static char buffer[65536];

static void fail(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Sends the request in @buffer, and passes each reply to @take. */
static void converse(struct mnl_socket *nl, mnl_cb_t take, void *data)
{
	const struct nlmsghdr *request = (const struct nlmsghdr *)buffer;
	unsigned int port = mnl_socket_get_portid(nl);
	int ret;

	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		fail("sending to netlink");
	do {
		ret = mnl_socket_recvfrom(nl, buffer, sizeof(buffer));
		if (ret > 0)
			ret = mnl_cb_run(buffer, ret, 0, port, take, data);
	} while (ret > 0);
	if (ret < 0)
		fail("the answer of netlink");
}

static struct nlmsghdr *put_header(int type, int flags, int command,
				   int version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = command;
	genl->version = version;
	return nlh;
}

static int take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(int *)data = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static struct mnl_socket *open_family(int *family)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_GENERIC);
	struct nlmsghdr *nlh;

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		fail("netlink");
	nlh = put_header(GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, MEMCENSUS_GENL_NAME);
	converse(nl, take_family, family);
	return nl;
}

static int take_message(const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *in;
	uint64_t *scan = data;

	mnl_attr_for_each(attr, nlh, sizeof(*genl)) {
		if (mnl_attr_get_type(attr) != MEMCENSUS_A_SCAN)
			continue;
		mnl_attr_for_each_nested(in, attr)
			if (mnl_attr_get_type(in) <= MEMCENSUS_SCAN_MAX &&
			    mnl_attr_get_payload_len(in) == sizeof(*scan))
				scan[mnl_attr_get_type(in)] =
					mnl_attr_get_u64(in);
	}
	return MNL_CB_OK;
}

static void check(const uint64_t *scan)
{
	if (!scan[MEMCENSUS_SCAN_WALL_NS] || scan[MEMCENSUS_SCAN_VIOLATIONS] ||
	    scan[MEMCENSUS_SCAN_BUSY] || scan[MEMCENSUS_SCAN_PARTIAL] ||
	    scan[MEMCENSUS_SCAN_SLICES] > 1) {
		fprintf(stderr, "measure: the census is not whole\n");
		exit(1);
	}
}

void take_census(uint64_t *scan)
{
	static struct mnl_socket *nl;
	static int family;
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	if (!nl)
		nl = open_family(&family);
	nlh = put_header(family, NLM_F_DUMP, MEMCENSUS_CMD_SNAPSHOT,
			 MEMCENSUS_GENL_VERSION);
	nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	mnl_attr_put_u32(nlh, MEMCENSUS_REQ_PARTS, MEMCENSUS_PART_TASKS);
	mnl_attr_nest_end(nlh, nest);
	converse(nl, take_message, scan);
}

void measure_frames(struct sample *s)
{
	uint64_t scan[MEMCENSUS_SCAN_MAX + 1] = {}, begin = now_ns(), request;

	take_census(scan);
	request = now_ns() - begin;

	check(scan);
	s->ns = scan[MEMCENSUS_SCAN_WALL_NS];
	snprintf(s->notes, sizeof(s->notes),
		 " request=%llu hold=%llu mms=%llu ptes=%llu pages=%llu memory=%llu slices=%llu",
		 (unsigned long long)request,
		 (unsigned long long)scan[MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS],
		 (unsigned long long)scan[MEMCENSUS_SCAN_MMS],
		 (unsigned long long)scan[MEMCENSUS_SCAN_PTES],
		 (unsigned long long)scan[MEMCENSUS_SCAN_PAGES],
		 (unsigned long long)scan[MEMCENSUS_SCAN_MEMORY],
		 (unsigned long long)scan[MEMCENSUS_SCAN_SLICES]);
}
