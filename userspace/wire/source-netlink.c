// SPDX-License-Identifier: GPL-2.0
/* A source: the kernel of this machine, over generic netlink. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "model/on-nodes.h"
#include "os/charges.h"
#include "os/names.h"
#include "os/proc-texts.h"
#include "wire/attrs.h"
#include "wire/request.h"
#include "wire/source-netlink.h"

/* The kernel fills 32 KiB at most; a single message may be longer. */
#define BUFFER_SIZE	(64UL << 10)

/**
 * struct netlink - a socket to the family
 * @socket: owned
 * @seq: of the last request
 * @unfinished: its answer was not read to the end
 * @buf: holds one datagram; owned
 */
struct netlink {
	struct source source;
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t seq;
	bool unfinished;
	void *buf;
};

/* Opens a new socket, with which the kernel ends a dump to the one before. 0, or -1 and @why. */
static int netlink_open(struct netlink *nl, struct failure *why)
{
	int on = 1;

	if (nl->socket)
		mnl_socket_close(nl->socket);
	nl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->socket || mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID))
		return fail(why, FAIL_SYSTEM, "cannot open a netlink socket: %s", strerror(errno));

	/* A kernel without these options still answers, with less detail. */
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return 0;
}

/*
 * Receives one datagram from the kernel into @nl->buf: its bytes, or -1 and @why.
 * Datagrams from other senders are skipped.  The scan runs in the first recvfrom()
 * of a census; a signal ends it.
 */
static ssize_t netlink_receive(struct netlink *nl, struct failure *why)
{
	struct sockaddr_nl from;
	socklen_t from_len;
	ssize_t n;

	do {
		from_len = sizeof(from);
		n = recvfrom(mnl_socket_get_fd(nl->socket), nl->buf,
			     BUFFER_SIZE, MSG_TRUNC, (struct sockaddr *)&from,
			     &from_len);
	} while ((n < 0 && errno == EINTR && !signals_stopped()) ||
		 (n >= 0 && from.nl_pid));

	if (n < 0 && errno == EINTR)
		return fail(why, FAIL_INTERRUPTED, "interrupted");
	if (n < 0 && errno == ENOBUFS)
		return reply_error(why, errno);
	if (n < 0)
		return fail(why, FAIL_SYSTEM, "cannot receive from the kernel: %s",
			    strerror(errno));
	if ((size_t)n > BUFFER_SIZE)
		return fail(why, FAIL_LOST,
			    "a message of %zd bytes from the kernel was truncated", n);
	if (!n)
		return fail(why, FAIL_LOST, "the kernel closed the connection");
	return n;
}

static int netlink_send(struct netlink *nl, const struct nlmsghdr *nlh,
			struct failure *why)
{
	ssize_t n;

	n = TEMP_FAILURE_RETRY(mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len));
	if (n < 0)
		return reply_error(why, errno);
	return 0;
}

static int family_parse(struct netlink *nl, const struct nlmsghdr *nlh,
			struct failure *why)
{
	uint32_t version = MEMCENSUS_GENL_VERSION;
	const struct nlattr *attr;
	struct attrs attrs;

	if (nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return fail(why, FAIL_MALFORMED, "malformed message: too short");
	attrs = attrs_of_message(nlh);
	while ((attr = attrs_next(&attrs))) {
		if (attr_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    attr_len(attr) == sizeof(nl->family))
			memcpy(&nl->family, attr_data(attr), sizeof(nl->family));
		if (attr_type(attr) == CTRL_ATTR_VERSION &&
		    attr_len(attr) == sizeof(version))
			memcpy(&version, attr_data(attr), sizeof(version));
	}
	if (version != MEMCENSUS_GENL_VERSION)
		return fail(why, FAIL_VERSION,
			    "the module has version %u of the netlink family, this reader has version %u: install both from one release",
			    version, MEMCENSUS_GENL_VERSION);
	return 0;
}

static int netlink_resolve(struct netlink *nl, struct failure *why)
{
	/* Zeroed: libmnl does not write the padding of attributes. */
	char buf[128] __attribute__((aligned(NLMSG_ALIGNTO))) = "";
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	enum reply_state state = REPLY_MORE;
	const struct nlmsghdr *nlh;
	struct genlmsghdr *genl;
	struct attrs messages;
	ssize_t n;

	request->nlmsg_type = GENL_ID_CTRL;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(request, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, MEMCENSUS_GENL_NAME);
	if (netlink_send(nl, request, why))
		return -1;
	while (state == REPLY_MORE) {
		n = netlink_receive(nl, why);
		if (n < 0)
			return -1;
		messages = attrs_of(nl->buf, n);
		while (state == REPLY_MORE && (nlh = attrs_next_message(&messages))) {
			if (nlh->nlmsg_seq != nl->seq)
				continue;
			state = reply_control(nlh, why);
			if (nlh->nlmsg_type == GENL_ID_CTRL &&
			    family_parse(nl, nlh, why))
				return -1;
		}
	}
	if (state == REPLY_FAILED)
		return -1;
	return nl->family ? 0 : reply_error(why, ENOENT);
}

/* Shows the messages at @nlh, all of one dump, to the tap if they belong to this request. */
static void netlink_tap(struct netlink *nl, const struct nlmsghdr *nlh,
			size_t len)
{
	struct tap *tap = nl->source.tap;

	if (tap && len >= sizeof(*nlh) && nlh->nlmsg_seq == nl->seq)
		tap->see(tap, nlh, len);
}

static enum taken netlink_take(struct source *source,
			       const struct request *request,
			       struct snapshot *snap, struct failure *why)
{
	struct netlink *nl = (struct netlink *)source;
	char buf[REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	enum reply_state state = REPLY_MORE;
	unsigned int proc_texts = request->proc_texts;
	struct nlmsghdr *nlh;
	ssize_t n;

	/* A dump that goes on would refuse the next one. */
	if (nl->unfinished && netlink_open(nl, why))
		return TAKE_FAILED;
	nl->unfinished = true;
	nlh = request_put(buf, nl->family, ++nl->seq, request);
	netlink_tap(nl, nlh, nlh->nlmsg_len);
	if (netlink_send(nl, nlh, why))
		return TAKE_FAILED;
	while (state == REPLY_MORE) {
		n = netlink_receive(nl, why);
		if (n < 0)
			return TAKE_FAILED;
		netlink_tap(nl, nl->buf, n);
		state = reply_feed(snap, nlh, nl->buf, n, why);
	}
	if (state == REPLY_FAILED)
		return TAKE_FAILED;
	nl->unfinished = false;

	names_live(snap);
	/* Beside a census before an OOM kill, what /proc says now means nothing. */
	if ((snap->has_totals && request->command != MEMCENSUS_CMD_OOM) || snap->has_physical)
		proc_texts |= PROC_TEXTS_BIT_MEMINFO | PROC_TEXTS_BIT_SOCKSTAT;
	proc_texts_read(snap, proc_texts);
	proc_texts_apply(snap);
	/* Groups of selected processes are no cgroups. */
	if (request->group_by == MEMCENSUS_BY_CGROUP && !request->pids.n) {
		charges_read(snap);
		charges_apply(snap);
	}
	cgroup_tree_link(snap);
	on_nodes_link(snap);
	return TAKE_DONE;
}

static void netlink_close(struct source *source)
{
	struct netlink *nl = (struct netlink *)source;

	if (nl->socket)
		mnl_socket_close(nl->socket);
	free(nl->buf);
	free(nl);
}

static const struct source_ops netlink_ops = {
	.live = true,
	.take = netlink_take,
	.close = netlink_close,
};

/* The program that the kernel itself uses; an empty line: none may be loaded. */
#define MODPROBE	"/proc/sys/kernel/modprobe"

/*
 * Loads the installed module, as root; false if it is not loaded afterwards.  Messages of modprobe
 * are not shown: the reader says what is missing and how to find out why.
 */
static bool load_module(void)
{
	char path[256], name[] = "modprobe", quiet[] = "-q", module[] = "memcensus";
	char directories[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *const words[] = { name, quiet, module, NULL };
	char *const environment[] = { directories, NULL };
	posix_spawn_file_actions_t silent;
	int status = 1;
	pid_t pid;

	if (geteuid() || !text_line(MODPROBE, path, sizeof(path)) || !*path)
		return false;
	posix_spawn_file_actions_init(&silent);
	posix_spawn_file_actions_addopen(&silent, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&silent, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&silent, 2, "/dev/null", O_WRONLY, 0);
	if (!posix_spawn(&pid, path, &silent, NULL, words, environment))
		TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
	posix_spawn_file_actions_destroy(&silent);
	return !status;
}

struct source *source_open_netlink(struct failure *why)
{
	struct netlink *nl = xcalloc(1, sizeof(*nl));

	nl->source.ops = &netlink_ops;
	nl->buf = xcalloc(1, BUFFER_SIZE);
	if (netlink_open(nl, why))
		goto err;
	if (access("/proc/self", F_OK))
		fprintf(stderr, "memcensus: /proc is not mounted: what is read there is unknown\n");

	/* root's first request loads the module. */
	if (netlink_resolve(nl, why) &&
	    (why->kind != FAIL_NO_MODULE || !load_module() || netlink_resolve(nl, why)))
		goto err;
	return &nl->source;
err:
	netlink_close(&nl->source);
	return NULL;
}
