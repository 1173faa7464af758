// SPDX-License-Identifier: GPL-2.0
/*
 * The source of the kernel, with a kernel in this program: after an answer that is not read to
 * its end, the next request has an answer of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "fake-mnl.h"
#include "stream.h"
#include "tap.h"
#include "wire/source-netlink.h"

/* What is wrong with the next answer. */
static enum { WHOLE, MALFORMED, OVERRUN } next;

/* Datagrams for the socket, the first of which is @at; while there is one, its dump goes on. */
static struct {
	struct stream v[4];
	size_t n;
	size_t at;
	int error;
} queue;

static struct stream *add_datagram(uint32_t seq)
{
	struct stream *s = &queue.v[queue.n++];

	stream_init(s, seq);
	return s;
}

static void empty_queue(void)
{
	while (queue.n)
		stream_free(&queue.v[--queue.n]);
	queue.at = 0;
	queue.error = 0;
}

int mnl_socket_close(struct mnl_socket *socket)
{
	(void)socket;
	empty_queue();
	return 0;
}

static void answer_family(uint32_t seq)
{
	struct stream *s = add_datagram(seq);
	const uint16_t id = STREAM_FAMILY;

	stream_begin(s, 0);
	((struct nlmsghdr *)s->buf)->nlmsg_type = GENL_ID_CTRL;
	stream_put(s, CTRL_ATTR_FAMILY_ID, &id, sizeof(id));
	stream_end(s);
	stream_done(s, 0, NULL, 0);
}

static void answer_census(uint32_t seq)
{
	struct stream *s = add_datagram(seq);

	stream_head(s, 1, MEMCENSUS_ABI);
	if (next == MALFORMED) {
		stream_begin(s, 0);
		stream_end(s);
	}
	queue.error = next == OVERRUN ? ENOBUFS : 0;
	stream_done(add_datagram(seq), 0, NULL, 0);
}

ssize_t mnl_socket_sendto(const struct mnl_socket *socket, const void *request, size_t len)
{
	const struct nlmsghdr *nlh = request;

	(void)socket;
	if (queue.at < queue.n) {
		stream_error(add_datagram(nlh->nlmsg_seq), -EBUSY, NULL, 0, nlh, 0);
	} else {
		empty_queue();
		if (nlh->nlmsg_type == GENL_ID_CTRL)
			answer_family(nlh->nlmsg_seq);
		else
			answer_census(nlh->nlmsg_seq);
	}
	return (ssize_t)len;
}

ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
		 socklen_t *from_len)
{
	const struct stream *s = &queue.v[queue.at];

	(void)fd;
	(void)flags;
	memset(from, 0, *from_len);
	if (queue.error || queue.at == queue.n) {
		errno = queue.error ? queue.error : EAGAIN;
		queue.error = 0;
		return -1;
	}
	queue.at++;
	memcpy(buf, s->buf, s->len < len ? s->len : len);
	return (ssize_t)s->len;
}

static enum taken take(struct source *source, struct failure *why)
{
	const struct request request = { .parts = MEMCENSUS_PART_TASKS };
	struct snapshot *snap = snapshot_new();
	enum taken taken = source->ops->take(source, &request, snap, why);

	snapshot_free(snap);
	return taken;
}

static void test_after(int fault, enum failure_kind kind, const char *name)
{
	struct failure why = { .text = "" };
	struct source *source = source_open_netlink(&why);
	enum taken taken;

	if (!ok(source, "%s: a source %s", name, why.text))
		return;
	next = fault;
	taken = take(source, &why);
	ok(taken == TAKE_FAILED && why.kind == kind, "%s fails: %s", name, why.text);
	next = WHOLE;
	why.text[0] = '\0';
	ok(take(source, &why) == TAKE_DONE, "the census after it does not: %s", why.text);
	ok(take(source, &why) == TAKE_DONE, "nor that after this one");
	source->ops->close(source);
}

int main(void)
{
	test_after(MALFORMED, FAIL_MALFORMED, "an answer with a malformed message");
	test_after(OVERRUN, FAIL_LOST, "an answer that did not fit");
	return tap_done();
}
