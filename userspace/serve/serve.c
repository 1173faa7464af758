// SPDX-License-Identifier: GPL-2.0
/*
 * Answers the user at the other end of standard input with what this user may see.
 *
 * The program has CAP_PERFMON and reads what anybody sends, so it does little: it checks a request
 * (ask.c), writes one of its own, which says whose processes the module may send, and relays
 * the messages of the module.  An answer is received completely before a byte of it is sent,
 * so that a user who does not read keeps nothing in the kernel.  All of it has a time limit.
 */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "serve/ask.h"
#include "serve/peer.h"
#include "serve/serve.h"
#include "serve/turns.h"
#include "wire/attrs.h"
#include "wire/channel.h"
#include "wire/reply.h"

unsigned int serve_idle_seconds = 60, serve_answer_seconds = 30;

/* Bytes of an answer: 50,000 processes, or 20,000 mappings with long names. */
#define ANSWER_MAX	(32UL << 20)

/* Age of a census that is shared. */
#define MAX_AGE_MS	1000

/**
 * struct cost - limits for the requests of a user
 * @pause: ns between two, at least
 * @cpu: seconds of processor time for one
 */
static const struct cost {
	uint64_t pause;
	time_t cpu;
} shared = {
	/* For each the module reads through the records of all processes. */
	.pause = UINT64_C(100000000),
	.cpu = 10,
}, named = {
	/*
	 * A census of all processes for one caller, for mappings.  So all users together get
	 * one in the time for which a shared one answers.
	 */
	.pause = UINT64_C(1000000) * MAX_AGE_MS,
	.cpu = 10,
};

/**
 * struct answer - messages for the user
 * @buf: owned
 * @len: bytes of it
 * @room: bytes that are allocated
 */
struct answer {
	char *buf;
	size_t len;
	size_t room;
};

/* Receives exactly @len bytes, or ends.  Returns who sent the last of them. */
static struct ucred receive(void *to, size_t len)
{
	struct ucred sender = { 0 };
	ssize_t n;

	for (; len; to = (char *)to + n, len -= (size_t)n) {
		n = peer_receive(STDIN_FILENO, to, len, &sender);
		if (n <= 0)
			_exit(0);
	}
	return sender;
}

/* Fails if the client has gone. */
static void send_all(const void *from, size_t len)
{
	ssize_t n;

	for (; len; from = (const char *)from + n, len -= (size_t)n) {
		n = TEMP_FAILURE_RETRY(send(STDIN_FILENO, from, len, MSG_NOSIGNAL));
		if (n <= 0)
			_exit(0);
	}
}

/* An error in answer to @request, with @text as its extended ack. */
static void send_error(const struct nlmsghdr *request, const char *text)
{
	char buf[2048] __attribute__((aligned(NLMSG_ALIGNTO))) = "";
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nlmsgerr *err;

	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	nlh->nlmsg_seq = request->nlmsg_seq;
	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = -EINVAL;
	err->msg = *request;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	send_all(nlh, nlh->nlmsg_len);
}

/* The client sends its first request after it. */
static void greet(void)
{
	const struct nlmsghdr greeting = { .nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = NLMSG_NOOP };

	send_all(&greeting, sizeof(greeting));
}

/*
 * Returns NULL, or what is wrong: then nothing that follows can be understood.  @refused: that in
 * any case, of a request that comes with the connection or not at all.  A connection that waits
 * keeps its place among those of all users, and this one is none of the eight of a user.
 */
static const char *receive_request(struct nlmsghdr *nlh, struct peer *peer, const char *refused)
{
	struct ucred sender;

	alarm(refused ? 1 : serve_idle_seconds);
	sender = receive(nlh, NLMSG_HDRLEN);
	if (!refused && peer->pidfd >= 0)
		refused = peer_confirm(peer, &sender);
	if (!refused)
		alarm(serve_answer_seconds);
	if (nlh->nlmsg_len < NLMSG_HDRLEN || nlh->nlmsg_len > ASK_SIZE ||
	    nlh->nlmsg_len != NLMSG_ALIGN(nlh->nlmsg_len))
		return "a request is too short, or too long";
	receive((char *)nlh + NLMSG_HDRLEN, nlh->nlmsg_len - NLMSG_HDRLEN);
	return refused;
}

/*
 * Named processes cost a census of their own, so those of others are refused before it; what is
 * sent is the module's decision.  The owner of this file is the user of the process, or root if
 * the user may not read its memory.
 */
static const char *refuse_pids(const struct peer *peer, const struct ask *ask)
{
	static char text[96];
	struct stat status;
	char path[32];
	size_t i;

	for (i = 0; !peer->sees_all && i < ask->n_pids; i++) {
		snprintf(path, sizeof(path), "/proc/%u/status", ask->pids[i]);
		if (stat(path, &status) || status.st_uid == peer->uid)
			continue;
		snprintf(text, sizeof(text), "PIDS: %u: its memory is not yours to read",
			 ask->pids[i]);
		return text;
	}
	return NULL;
}

/* The request to the module. */
static struct nlmsghdr *put_request(struct channel *c, void *buf, const struct ask *ask,
				    const struct peer *peer)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	struct nlattr *nest;

	nlh->nlmsg_type = c->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = ++c->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = MEMCENSUS_CMD_SNAPSHOT;
	genl->version = MEMCENSUS_GENL_VERSION;
	nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	mnl_attr_put_u32(nlh, MEMCENSUS_REQ_PARTS, ask->parts);
	if (ask->group_by)
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_GROUP_BY, ask->group_by);
	if (ask->n_pids)
		mnl_attr_put(nlh, MEMCENSUS_REQ_PIDS, ask->n_pids * sizeof(*ask->pids), ask->pids);
	else
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_MAX_AGE_MS, MAX_AGE_MS);
	if (!peer->sees_all) {
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_READER_UID, peer->uid);
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_READER_GID, peer->gid);
	}
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

/* Adds @nlh as an answer to @request; false: the answer is too long. */
static bool add_message(struct answer *answer, const struct nlmsghdr *nlh, uint16_t family,
			const struct nlmsghdr *request)
{
	const size_t len = NLMSG_ALIGN(nlh->nlmsg_len);
	struct nlmsghdr *copy;

	if (answer->len + len > ANSWER_MAX)
		return false;
	if (answer->len + len > answer->room) {
		answer->room = 2 * (answer->len + len);
		answer->buf = xreallocarray(answer->buf, answer->room, 1);
	}
	copy = (struct nlmsghdr *)(answer->buf + answer->len);
	memset(copy, 0, len);
	memcpy(copy, nlh, nlh->nlmsg_len);
	if (copy->nlmsg_type == family)
		copy->nlmsg_type = SERVICE_FAMILY;
	copy->nlmsg_seq = request->nlmsg_seq;
	copy->nlmsg_pid = 0;
	answer->len += len;
	return true;
}

/* Receives the answer of the module; -1 and @why if there is none to send. */
static int receive_answer(struct channel *c, const struct nlmsghdr *request,
			  struct answer *answer, struct failure *why)
{
	enum reply_state state = REPLY_MORE;
	const struct nlmsghdr *nlh;
	struct failure ignored;
	struct attrs messages;
	ssize_t n;

	while (state == REPLY_MORE) {
		n = channel_receive(c, why);
		if (n < 0)
			return -1;
		messages = attrs_of(c->buf, n);
		while (state == REPLY_MORE && (nlh = attrs_next_message(&messages))) {
			if (nlh->nlmsg_seq != c->seq)
				continue;
			state = reply_control(nlh, &ignored);
			if (!add_message(answer, nlh, c->family, request))
				return fail(why, FAIL_SYSTEM,
					    "the answer is longer than 32 MiB: name fewer processes");
		}
		if (messages.broken)
			return fail(why, FAIL_LOST, "a message from the kernel was truncated");
	}
	return 0;
}

static const struct cost *cost_of(const struct ask *ask)
{
	return ask->n_pids ? &named : &shared;
}

/* Gets what the module answers to @ask; -1 and @why. */
static int ask_module(struct channel *c, const struct nlmsghdr *request, const struct ask *ask,
		      const struct peer *peer, struct answer *answer, struct failure *why)
{
	char buf[ASK_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));

	if (channel_send(c, put_request(c, buf, ask, peer), why))
		return -1;
	return receive_answer(c, request, answer, why);
}

/* From now on: at the end of either time the kernel ends this process, also in a census. */
static void limit(unsigned int seconds, time_t cpu)
{
	const struct itimerval timer = { .it_value.tv_sec = cpu };

	alarm(seconds);
	setitimer(ITIMER_PROF, &timer, NULL);
}

/* Sends what @ask asks for; -1 and @why. */
static int relay(struct channel *c, const struct nlmsghdr *request, const struct ask *ask,
		 const struct peer *peer, struct turns *turns, struct failure *why)
{
	const char *wrong = ask->n_pids ? turns_alone(turns) : NULL;
	const struct cost *cost = cost_of(ask);
	struct answer answer = { 0 };
	int ret;

	if (wrong)
		return fail(why, FAIL_SYSTEM, "%s", wrong);
	/* The limit, and a client that goes away, end this process. */
	turns_owe(turns, (uint64_t)cost->cpu * NSEC_PER_SEC);
	limit(serve_answer_seconds, cost->cpu);
	ret = ask_module(c, request, ask, peer, &answer, why);
	turns_pay(turns, cost->pause);
	if (ask->n_pids)
		turns_join(turns, cost->pause);
	if (!ret)
		send_all(answer.buf, answer.len);
	free(answer.buf);
	limit(serve_idle_seconds, 0);
	return ret;
}

/*
 * Answers a request in a turn of the user, also one that is refused; false: the connection ends.
 */
static bool answer_request(struct channel *c, const struct nlmsghdr *request,
			   const struct peer *peer, struct turns *turns)
{
	struct failure why;
	const char *wrong;
	bool more = true;
	struct ask ask;

	wrong = ask_read(request, &ask) ?: refuse_pids(peer, &ask);
	if (!wrong && relay(c, request, &ask, peer, turns, &why)) {
		wrong = why.text;
		more = false;
	}
	turns_end(turns, cost_of(&ask)->pause);
	if (wrong)
		send_error(request, wrong);
	return more;
}

/* Serves one request; false: the connection ends. */
static bool serve(struct channel *c, struct nlmsghdr *request, struct peer *peer,
		  struct turns *turns, const char *refused)
{
	const char *wrong = receive_request(request, peer, refused);

	alarm(serve_idle_seconds);
	wrong = wrong ?: turns_begin(turns);
	if (!wrong)
		return answer_request(c, request, peer, turns);
	send_error(request, wrong);
	return false;
}

static int wrong_usage(void)
{
	fprintf(stderr, "Usage: memcensus-serve [--group GROUP]\n");
	return 2;
}

int serve_run(int argc, char **argv)
{
	static char buf[ASK_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	const char *dir = getenv("RUNTIME_DIRECTORY"), *refused;
	const struct group *group = NULL;
	struct channel channel = { 0 };
	struct failure why;
	struct turns turns;
	struct peer peer;

	if (argc != 1 && (argc != 3 || strcmp(argv[1], "--group")))
		return wrong_usage();
	if (argc == 3)
		group = getgrnam(argv[2]);
	if ((argc == 3 && !group) || !dir) {
		fprintf(stderr, "memcensus-serve: %s\n", dir ? "no such group" :
			"RUNTIME_DIRECTORY is not set");
		return 1;
	}
	refused = peer_get(STDIN_FILENO, group ? &group->gr_gid : NULL, &peer);
	if (!refused)
		refused = turns_connect(&turns, dir, peer.uid);
	if (!refused && (channel_open(&channel, &why) || channel_resolve(&channel, &why)))
		refused = why.text;
	greet();
	while (serve(&channel, (struct nlmsghdr *)buf, &peer, &turns, refused))
		;
	return 0;
}
