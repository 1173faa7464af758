// SPDX-License-Identifier: GPL-2.0
/* Sends a datagram and compares the answers with the expected ones; see fuzz.h. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "client/client_parse.h"
#include "owners/counted.h"
#include "fuzz/fuzz.h"
#include "memory/pages.h"
#include "subject.h"

/**
 * struct talk - one round
 * @strict: compare every answer with @expects; else check only its form
 * @words: the socket has NETLINK_EXT_ACK: errors have messages
 * @crowded: other threads use the same socket, and one of them closes it
 * @next: index in @expects
 * @dump: the dump in progress
 * @census: its result
 */
struct talk {
	struct fuzz_worker *w;
	struct fuzz_random random;
	uint64_t round;
	unsigned char *sent, *got;
	size_t len;
	struct fuzz_expect expects[FUZZ_EXPECTS_MAX];
	unsigned int n, next;
	bool strict, words, failed, crowded;
	const struct fuzz_expect *dump;
	struct census census;
};

static struct census_socket socket_;
static unsigned char *room_sent, *room_got;

static __attribute__((format(printf, 2, 3))) bool fail(struct talk *t,
						       const char *fmt, ...)
{
	struct fuzz_failure *f = t->w->failure;
	va_list args;

	t->failed = true;
	/* Keep the first failure of all workers; a race may overwrite it. */
	if (*f->text)
		return false;
	va_start(args, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, args);
	va_end(args);
	f->worker = t->w->number;
	f->round = t->round;
	f->len = t->len;
	memcpy(f->datagram, t->sent, t->len < sizeof(f->datagram) ? t->len :
	       sizeof(f->datagram));
	return false;
}

static void count(uint64_t *counter)
{
	__atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

static void count_error(struct talk *t, int error)
{
	count(&t->w->counts->errors[__builtin_ctz(fuzz_error_bit(error))]);
}

/* Opens a socket and sets its options. */
static void open_socket(struct talk *t, bool odd)
{
	int on = 1, size = 8 << 20, fd;

	/* Not census_open(): it would look up the family's number, which is expensive. */
	census_close(&socket_);
	socket_.nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	need(socket_.nl && !mnl_socket_bind(socket_.nl, 0, MNL_SOCKET_AUTOPID),
	     "netlink");
	mnl_socket_setsockopt(socket_.nl, NETLINK_EXT_ACK, &on, sizeof(on));
	socket_.port = mnl_socket_get_portid(socket_.nl);
	fd = mnl_socket_get_fd(socket_.nl);
	need(!setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)),
	     "SO_RCVBUFFORCE");
	size = FUZZ_ROOM;
	need(!setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)),
	     "SO_SNDBUFFORCE");
	t->words = true;
	if (!odd)
		return;
	if (fuzz_one_in(&t->random, 2))
		setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	if (fuzz_one_in(&t->random, 2))
		setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on,
			   sizeof(on));
	on = 0;
	if (fuzz_one_in(&t->random, 2)) {
		setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
		t->words = false;
	}
}

static int peer(void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

/* A process with a CLONE_VM peer, a zombie child, and an odd name. */
static void a_family(void *arg)
{
	static char stack[16384] __attribute__((aligned(16)));
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	*(volatile pid_t *)arg = pid;
	prctl(PR_SET_NAME, "\n\x1b[2J)\xff\xff ");
	need(clone(peer, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL) > 0,
	     "clone");
	sleep_ms(50);
}

void fuzz_worker_begin(struct fuzz_worker *w)
{
	struct fuzz_target *t = &w->target;
	pid_t *zombie = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	need(zombie != MAP_FAILED, "shared memory");
	room_sent = malloc(FUZZ_ROOM);
	room_got = malloc(2 * FUZZ_ROOM);
	need(room_sent && room_got, "memory");
	need(!census_open(&socket_), "netlink");
	t->family = socket_.family;
	t->subjects = subjects_built();
	t->alive[0] = getpid();
	t->alive[1] = 1;
	t->alive[2] = child_start(a_family, zombie);
	t->kthread = 2;
	t->zombie = *zombie;
	need(t->alive[2] && t->zombie, "children");
	census_close(&socket_);
}

static int text_attr(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
		*(const char **)data = mnl_attr_get_str(attr);
	return MNL_CB_OK;
}

/* The message of an error, or NULL. */
static const char *words_of(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	unsigned int hlen = sizeof(int);
	const char *text = NULL;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		hlen = sizeof(*err);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			hlen += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_parse(nlh, hlen, text_attr, &text);
	return text;
}

static int error_of(const struct nlmsghdr *nlh)
{
	int error;

	memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	return -error;
}

static bool end_is_right(struct talk *t, const struct nlmsghdr *nlh,
			 const struct fuzz_expect *e)
{
	int error = error_of(nlh);
	const char *words = words_of(nlh);

	if (!(fuzz_error_bit(error) & e->errors))
		return fail(t, "answer %u: error %d (%s), bits %#x expected",
			    t->next, error, words ?: "no words", e->errors);
	count_error(t, error);
	if (!error)
		count(&t->w->counts->acks);
	if (t->words && error && e->text && (!words || !*words))
		return fail(t, "answer %u: error %d without words", t->next,
			    error);
	return true;
}

/* Checks a whole dump. */
static bool dump_is_right(struct talk *t)
{
	const struct census_request *r = &t->dump->request;
	const struct census *c = &t->census;
	bool tasks = r->parts & MEMCENSUS_PART_TASKS;
	const char *text;

	count(&t->w->counts->dumps);
	/* Each message was compared with the ABI. */
	if (t->dump->physical)
		return true;
	if (c->scan_known >> MEMCENSUS_SCAN_MMS & 1)
		count(&t->w->counts->scans);
	if (!census_is_whole(c))
		return fail(t, "the dump is not whole");
	if (r->parts & ~c->scan[MEMCENSUS_SCAN_PARTS])
		return fail(t, "parts %#llx for %#x",
			    (unsigned long long)c->scan[MEMCENSUS_SCAN_PARTS], r->parts);
	if (!!c->n_tasks != (tasks && !t->dump->strange) && !t->dump->strange)
		return fail(t, "%zu tasks, parts %#x", c->n_tasks, r->parts);
	if (!!c->n_vmas > !!(r->parts & (MEMCENSUS_PART_VMAS | MEMCENSUS_PART_MEMORY_VMAS)) ||
	    !!c->n_groups > !!r->group_by ||
	    !!c->n_zones != !!(r->parts & MEMCENSUS_PART_ZONES) ||
	    !!c->n_nodes != !!(r->parts & MEMCENSUS_PART_NODES))
		return fail(t, "not the parts %#x", r->parts);
	if ((r->share || r->parts & MEMCENSUS_PART_OWNERS) && tasks && !t->dump->reader) {
		text = counted_unsound(c, !r->pids);
		if (text)
			return fail(t, "unsound: %s", text);
	}
	return true;
}

/* Is it the first message of a dump? */
static bool begins_dump(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *first = (const void *)(genl + 1);

	return mnl_attr_get_type(first) == MEMCENSUS_A_INFO;
}

/* Checks a message of the family. */
static bool answer_is_right(struct talk *t, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct fuzz_expect *e = &t->expects[t->next];
	const char *text = abi_answer_wrong(nlh);

	count(&t->w->counts->answers);
	if (text)
		return fail(t, "%s", text);
	if (!t->strict)
		return true;
	if (!(nlh->nlmsg_flags & NLM_F_MULTI)) {
		if (t->next >= t->n || e->what != FUZZ_INFO ||
		    genl->cmd != MEMCENSUS_CMD_INFO || nlh->nlmsg_seq != e->seq)
			return fail(t, "command %u for answer %u", genl->cmd,
				    t->next);
		t->next++;
		count(&t->w->counts->infos);
		return true;
	}
	if (begins_dump(nlh)) {
		if (t->next >= t->n || e->what != FUZZ_DUMP || t->dump ||
		    !(e->errors & FUZZ_NONE))
			return fail(t, "a dump for answer %u", t->next);
		t->dump = e;
		t->next++;
	}
	if (!t->dump || nlh->nlmsg_seq != t->dump->seq)
		return fail(t, "a dump's message of number %#x",
			    nlh->nlmsg_seq);
	if (!t->dump->physical && census_parse(nlh, &t->census))
		return fail(t, "command %u does not decode", genl->cmd);
	return true;
}

static bool done_is_right(struct talk *t, const struct nlmsghdr *nlh)
{
	const struct fuzz_expect *e = &t->expects[t->next];

	if (!t->strict)
		return true;
	if (t->dump && nlh->nlmsg_seq == t->dump->seq && !error_of(nlh)) {
		bool right = dump_is_right(t);

		t->dump = NULL;
		return right;
	}
	if (t->next >= t->n || e->what != FUZZ_DUMP || nlh->nlmsg_seq != e->seq)
		return fail(t, "the end of a dump, error %d, for answer %u",
			    error_of(nlh), t->next);
	t->next++;
	return end_is_right(t, nlh, e);
}

static bool message_is_right(struct talk *t, const struct nlmsghdr *nlh)
{
	const struct fuzz_expect *e = &t->expects[t->next];

	if (nlh->nlmsg_pid != socket_.port)
		return fail(t, "port %u, not %u", nlh->nlmsg_pid, socket_.port);
	if (nlh->nlmsg_type == socket_.family)
		return answer_is_right(t, nlh);
	if (nlh->nlmsg_type == NLMSG_DONE)
		return done_is_right(t, nlh);
	if (nlh->nlmsg_type != NLMSG_ERROR)
		return fail(t, "message type %u", nlh->nlmsg_type);
	if (!fuzz_error_bit(error_of(nlh)))
		return fail(t, "error %d", error_of(nlh));
	if (!t->strict)
		return true;
	if (t->next >= t->n || e->what == FUZZ_DUMP || e->what == FUZZ_INFO ||
	    nlh->nlmsg_seq != e->seq)
		return fail(t, "error %d (%s) for answer %u of %u, kind %u, %#x",
			    error_of(nlh), words_of(nlh) ?: "no words", t->next,
			    t->n, t->next < t->n ? e->what : 0, nlh->nlmsg_seq);
	t->next++;
	return end_is_right(t, nlh, e);
}

static bool take_apart(struct talk *t, const unsigned char *at, int len)
{
	const struct nlmsghdr *nlh = (const void *)at;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		if (!message_is_right(t, nlh))
			return false;
	return len <= 0 || fail(t, "%d bytes are no message", len);
}

/* 1: received; 0: nothing more; -1: receive failed, or a wrong answer. */
static int receive(struct talk *t, size_t size)
{
	int fd = mnl_socket_get_fd(socket_.nl);
	struct iovec iov = { t->got, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (fuzz_one_in(&t->random, 24)) {
		recvmsg(fd, &msg, MSG_DONTWAIT | MSG_PEEK);
		count(&t->w->counts->peeks);
	}
	n = recvmsg(fd, &msg, MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n < 0 && t->crowded)
		return -1;
	if (n < 0) {
		fail(t, "receive: %s", strerror(errno));
		return -1;
	}
	if (msg.msg_flags & MSG_TRUNC) {
		t->strict = false;
		return 1;
	}
	return take_apart(t, t->got, n) ? 1 : -1;
}

static bool receive_all(struct talk *t, bool small)
{
	int more;

	do {
		more = receive(t, small ? 1 + fuzz_below(&t->random, 600) :
			       2 * FUZZ_ROOM);
	} while (more > 0);
	if (more < 0)
		return false;
	if (t->strict && t->next != t->n)
		return fail(t, "answer %u of %u is missing", t->next, t->n);
	if (t->strict && t->dump)
		return fail(t, "the dump did not end");
	return true;
}

/* After a PID that may not exist it is unknown whether a dump is in progress. */
static bool is_sure(const struct talk *t)
{
	unsigned int i;

	for (i = 0; i + 1 < t->n; i++)
		if (t->expects[i].strange)
			return false;
	return t->n < FUZZ_EXPECTS_MAX - 1;
}

static bool send_it(struct talk *t)
{
	if (send(mnl_socket_get_fd(socket_.nl), t->sent, t->len, 0) ==
	    (ssize_t)t->len)
		return true;
	return fail(t, "send: %s", strerror(errno));
}

static void count_messages(struct talk *t)
{
	size_t at = 0;
	uint32_t len;

	while (at + NLMSG_HDRLEN <= t->len) {
		memcpy(&len, t->sent + at, sizeof(len));
		count(&t->w->counts->messages);
		if (len < NLMSG_HDRLEN || len > t->len - at)
			break;
		at += NLMSG_ALIGN(len);
	}
	count(&t->w->counts->datagrams);
}

/* A census of processes is expensive; most messages should be cheap. */
static bool is_dear(const struct talk *t)
{
	const struct fuzz_expect *e;

	for (e = t->expects; e < t->expects + t->n; e++)
		if (e->what == FUZZ_DUMP && e->errors & FUZZ_NONE &&
		    (e->request.group_by || e->request.parts &
		     (MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS | MEMCENSUS_PART_MEMORY_VMAS)))
			return true;
	return false;
}

static void make(struct talk *t)
{
	do {
		t->len = fuzz_build(&t->random, &t->w->target, t->sent);
		t->n = fuzz_expect(&t->w->target, t->sent, t->len, t->expects);
	} while (is_dear(t) && !fuzz_one_in(&t->random, 24));
	count_messages(t);
}

static bool talk(struct talk *t)
{
	unsigned int how = fuzz_below(&t->random, 100);
	bool right;

	if (!socket_.nl || how < 3)
		open_socket(t, how < 3);
	make(t);
	t->strict = is_sure(t);
	if (!send_it(t))
		return false;
	if (how >= 95) {	/* close at any point */
		right = how < 97 || receive(t, 2 * FUZZ_ROOM) >= 0;
		census_close(&socket_);
		count(&t->w->counts->closed);
		return right;
	}
	right = receive_all(t, how >= 86);
	if (!t->strict)
		count(&t->w->counts->torn);
	/* The options were for this round only. */
	if (how < 3 || !right)
		census_close(&socket_);
	return right;
}

static struct talk new_talk(struct fuzz_worker *w, uint64_t round)
{
	return (struct talk) {
		.w = w,
		.random.state = fuzz_mix(fuzz_mix(w->seed, w->number), round),
		.round = round,
		.sent = room_sent,
		.got = room_got,
		.words = true,
	};
}

bool fuzz_round(struct fuzz_worker *w, uint64_t round)
{
	struct talk t = new_talk(w, round);
	bool right = talk(&t);

	census_free(&t.census);
	return right;
}

/* One of several threads: it may receive another thread's answer. */
static void *talk_in_crowd(void *arg)
{
	struct talk *t = arg;
	int fd = mnl_socket_get_fd(socket_.nl), i, more;

	for (i = 0; i < 40 && !t->failed; i++) {
		make(t);
		if (send(fd, t->sent, t->len, 0) < 0 && errno == EBADF)
			break;
		for (more = 1; more > 0 && !fuzz_one_in(&t->random, 8); )
			more = receive(t, 2 * FUZZ_ROOM);
		if (!t->w->number && i == 30)
			close(fd);
	}
	free(t->sent);
	free(t->got);
	return NULL;
}

bool fuzz_crowd(struct fuzz_worker *w, uint64_t round)
{
	struct fuzz_worker each[3] = { *w, *w, *w };
	struct talk t[3];
	pthread_t threads[3];
	bool right = true;
	unsigned int i;

	t[0] = new_talk(w, round);
	open_socket(&t[0], false);
	for (i = 0; i < 3; i++) {
		each[i].number = i;
		t[i] = new_talk(&each[i], round);
		t[i].sent = malloc(FUZZ_ROOM);
		t[i].got = malloc(2 * FUZZ_ROOM);
		t[i].crowded = true;
		need(t[i].sent && t[i].got, "memory");
	}
	for (i = 0; i < 3; i++)
		need(!pthread_create(&threads[i], NULL, talk_in_crowd, &t[i]),
		     "thread");
	for (i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		right &= !t[i].failed;
	}
	count(&w->counts->closed);
	/* The descriptor is already closed. */
	census_close(&socket_);
	return right;
}
