// SPDX-License-Identifier: GPL-2.0
/* Requests and messages by netlink, and by the service. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/memcensus.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "wire/attrs.h"
#include "wire/channel.h"
#include "wire/reply.h"

const char *channel_service = "/run/memcensus/socket";

int channel_connect(struct channel *c)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (c->service)
		close(c->service);
	strncpy(to.sun_path, channel_service, sizeof(to.sun_path) - 1);
	c->service = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->service > 0 &&
	    !TEMP_FAILURE_RETRY(connect(c->service, (struct sockaddr *)&to, sizeof(to)))) {
		c->family = SERVICE_FAMILY;
		c->greeted = false;
		return 0;
	}
	if (c->service > 0)
		close(c->service);
	c->service = 0;
	return -1;
}

int channel_open(struct channel *c, struct failure *why)
{
	int on = 1;

	if (!c->buf)
		c->buf = xcalloc(1, CHANNEL_SIZE);
	if (c->service)
		return channel_connect(c) ? reply_error(why, ECONNREFUSED) : 0;
	if (c->socket)
		mnl_socket_close(c->socket);
	c->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!c->socket || mnl_socket_bind(c->socket, 0, MNL_SOCKET_AUTOPID))
		return fail(why, FAIL_SYSTEM, "cannot open a netlink socket: %s", strerror(errno));

	/* A kernel without these options still answers, with less detail. */
	mnl_socket_setsockopt(c->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(c->socket, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return 0;
}

void channel_close(struct channel *c)
{
	if (c->socket)
		mnl_socket_close(c->socket);
	if (c->service)
		close(c->service);
	free(c->buf);
}

static int received(ssize_t n, struct failure *why)
{
	if (n < 0 && errno == EINTR)
		return fail(why, FAIL_INTERRUPTED, "interrupted");
	if (n < 0 && errno == ENOBUFS)
		return reply_error(why, errno);
	if (n < 0)
		return fail(why, FAIL_SYSTEM, "cannot receive from the kernel: %s",
			    strerror(errno));
	if ((size_t)n > CHANNEL_SIZE)
		return fail(why, FAIL_LOST,
			    "a message of %zd bytes from the kernel was truncated", n);
	return 0;
}

/* Reads exactly @len bytes. */
static int service_read(struct channel *c, void *to, size_t len, struct failure *why)
{
	ssize_t n;

	for (; len; to = (char *)to + n, len -= (size_t)n) {
		do {
			n = recv(c->service, to, len, 0);
		} while (n < 0 && errno == EINTR && !signals_stopped());
		if (n < 0)
			return received(n, why);
		if (!n)
			return fail(why, FAIL_LOST,
				    "%s closed the connection: it has too many, or this took too long",
				    channel_service);
	}
	return 0;
}

/* One message of the stream. */
static ssize_t service_receive(struct channel *c, struct failure *why)
{
	const struct nlmsghdr *nlh = c->buf;
	size_t len;

	if (service_read(c, c->buf, NLMSG_HDRLEN, why))
		return -1;
	if (nlh->nlmsg_len < NLMSG_HDRLEN || nlh->nlmsg_len > CHANNEL_SIZE)
		return fail(why, FAIL_MALFORMED, "malformed message: %u bytes", nlh->nlmsg_len);
	len = NLMSG_ALIGN(nlh->nlmsg_len);
	if (service_read(c, (char *)c->buf + NLMSG_HDRLEN, len - NLMSG_HDRLEN, why))
		return -1;
	return (ssize_t)len;
}

/* Datagrams from other senders than the kernel are skipped. */
ssize_t channel_receive(struct channel *c, struct failure *why)
{
	struct sockaddr_nl from;
	socklen_t from_len;
	ssize_t n;

	if (c->service)
		return service_receive(c, why);
	do {
		from_len = sizeof(from);
		n = recvfrom(mnl_socket_get_fd(c->socket), c->buf, CHANNEL_SIZE, MSG_TRUNC,
			     (struct sockaddr *)&from, &from_len);
	} while ((n < 0 && errno == EINTR && !signals_stopped()) ||
		 (n >= 0 && from.nl_pid));
	if (received(n, why))
		return -1;
	if (!n)
		return fail(why, FAIL_LOST, "the kernel closed the connection");
	return n;
}

/* The service ends a connection on which nothing is asked. */
static bool service_ended(const struct channel *c)
{
	char byte;

	return !recv(c->service, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

/* What this process sends before the service knows it, the service refuses. */
static int service_greeted(struct channel *c, struct failure *why)
{
	if (!c->greeted && service_receive(c, why) < 0)
		return -1;
	c->greeted = true;
	return 0;
}

static int service_send(struct channel *c, const struct nlmsghdr *nlh, struct failure *why)
{
	size_t sent = 0;
	ssize_t n;

	if (c->greeted && service_ended(c) && channel_open(c, why))
		return -1;
	if (service_greeted(c, why))
		return -1;
	while (sent < nlh->nlmsg_len) {
		n = TEMP_FAILURE_RETRY(send(c->service, (const char *)nlh + sent,
					    nlh->nlmsg_len - sent, MSG_NOSIGNAL));
		if (n < 0)
			return fail(why, FAIL_SYSTEM, "cannot send to %s: %s", channel_service,
				    strerror(errno));
		sent += (size_t)n;
	}
	return 0;
}

int channel_send(struct channel *c, const struct nlmsghdr *nlh, struct failure *why)
{
	ssize_t n;

	if (c->service)
		return service_send(c, nlh, why);
	n = TEMP_FAILURE_RETRY(mnl_socket_sendto(c->socket, nlh, nlh->nlmsg_len));
	if (n < 0)
		return reply_error(why, errno);
	return 0;
}

static int family_parse(struct channel *c, const struct nlmsghdr *nlh,
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
		    attr_len(attr) == sizeof(c->family))
			memcpy(&c->family, attr_data(attr), sizeof(c->family));
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

static struct nlmsghdr *put_command(struct channel *c, void *buf, uint16_t type, uint8_t cmd,
				    uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++c->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

/* Sends a request that asks for an ack, and receives up to that. */
static int talk(struct channel *c, const struct nlmsghdr *request, struct failure *why)
{
	enum reply_state state = REPLY_MORE;
	const struct nlmsghdr *nlh;
	struct attrs messages;
	ssize_t n;

	if (channel_send(c, request, why))
		return -1;
	while (state == REPLY_MORE) {
		n = channel_receive(c, why);
		if (n < 0)
			return -1;
		messages = attrs_of(c->buf, n);
		while (state == REPLY_MORE && (nlh = attrs_next_message(&messages))) {
			if (nlh->nlmsg_seq != c->seq)
				continue;
			state = reply_control(nlh, why);
			if (request->nlmsg_type == GENL_ID_CTRL &&
			    nlh->nlmsg_type == GENL_ID_CTRL && family_parse(c, nlh, why))
				return -1;
		}
	}
	return state == REPLY_FAILED ? -1 : 0;
}

int channel_resolve(struct channel *c, struct failure *why)
{
	/* Zeroed: libmnl does not write the padding of attributes. */
	char buf[128] __attribute__((aligned(NLMSG_ALIGNTO))) = "";
	struct nlmsghdr *request = put_command(c, buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);

	mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, MEMCENSUS_GENL_NAME);
	if (talk(c, request, why))
		return -1;
	return c->family ? 0 : reply_error(why, ENOENT);
}

int channel_permitted(struct channel *c, struct failure *why)
{
	char buf[64] __attribute__((aligned(NLMSG_ALIGNTO))) = "";

	return talk(c, put_command(c, buf, c->family, MEMCENSUS_CMD_INFO, MEMCENSUS_GENL_VERSION),
		    why);
}
