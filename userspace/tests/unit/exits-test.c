// SPDX-License-Identifier: GPL-2.0
/* What is kept of the processes that exit, with a kernel in this program that reports them. */
#include <linux/acct.h>
#include <linux/genetlink.h>
#include <linux/taskstats.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "mnl-ends.h"
#include "tap.h"
#include "tools/watch/exits.h"

static char buf[4096] __attribute__((aligned(NLMSG_ALIGNTO)));

static struct nlmsghdr *put_message(void *at, uint16_t type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);

	nlh->nlmsg_type = type;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	return nlh;
}

/* Each request has a family as its answer. */
ssize_t mnl_socket_recvfrom(const struct mnl_socket *socket, void *answer, size_t size)
{
	struct nlmsghdr *nlh = put_message(answer, GENL_ID_CTRL), *ack;

	(void)socket;
	(void)size;
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, GENL_MIN_ID);
	ack = mnl_nlmsg_put_header((char *)answer + nlh->nlmsg_len);
	ack->nlmsg_type = NLMSG_ERROR;
	mnl_nlmsg_put_extra_header(ack, sizeof(struct nlmsgerr));
	return nlh->nlmsg_len + ack->nlmsg_len;
}

/* @n processes exit: as many messages as fit are in a datagram. */
static void exit_many(struct exits *exits, size_t n)
{
	const struct taskstats stats = { .ac_flag = AGROUP, .hiwater_rss = 4, .ac_tgid = 2 };
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	size_t len;

	while (n) {
		for (len = 0; n && len + sizeof(stats) + 64 <= sizeof(buf); n--) {
			nlh = put_message(buf + len, GENL_MIN_ID);
			nest = mnl_attr_nest_start(nlh, TASKSTATS_TYPE_AGGR_PID);
			mnl_attr_put(nlh, TASKSTATS_TYPE_STATS, sizeof(stats), &stats);
			mnl_attr_nest_end(nlh, nest);
			len += nlh->nlmsg_len;
		}
		send(ends[0], buf, len, 0);
		exits_read(exits);
	}
}

int main(void)
{
	const struct amount running = { true, 4096 };
	struct exits *exits;

	if (!connect_ends())
		return 1;
	exits = exits_listen();
	if (!ok(exits, "it listens"))
		return tap_done();
	exit_many(exits, EXITS_MAX);
	ok(exits_bound(exits, running).known, "the bound of %u processes is known", EXITS_MAX);
	exit_many(exits, 1);
	ok(!exits_bound(exits, running).known, "of more it is not");
	exits_free(exits);
	return tap_done();
}
