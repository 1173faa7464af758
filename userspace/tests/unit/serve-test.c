// SPDX-License-Identifier: GPL-2.0
/*
 * The service for users, with a kernel in this program: what it asks the module, what it refuses,
 * and that no client costs more than its own connection.  A client is a process of the user; so is
 * the reader, to which this kernel says that it may not take a census.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
/* The reader has a struct of this name. */
#define group unix_group
#include <grp.h>
#undef group
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "fake-mnl.h"
#include "lib/signals.h"
#include "serve/ask.h"
#include "serve/serve.h"
#include "serve/turns.h"
#include "stream.h"
#include "tap.h"
#include "tools/flame/sandbox.h"
#include "wire/attrs.h"
#include "wire/channel.h"
#include "wire/source-netlink.h"

#define USER	1234
#define GROUP	4321

/* What the service asked the module, in memory that all processes of the test share. */
static struct shared {
	unsigned int n_asked;
	uint32_t parts, uid, gid, max_age, n_pids, group_by, others;
	bool has_reader;
	/* What the next services do; connections wait while @hold. */
	size_t answer_size;
	/* The limit of the next service alone; 0: it was taken. */
	volatile unsigned int answer_seconds;
	/* What the module needs for an answer: time, or processor time without an end. */
	uint64_t census_ns;
	volatile bool busy;
	/* Processes that are in a census of named ones, and how many there were at most. */
	unsigned int n_named, most_named;
	volatile bool hold;
} *shared;

/* Its members see all. */
static struct unix_group *group;

/* This process is a user, whom the kernel refuses. */
static bool is_user;

/* Bytes of the answer of this kernel. */
static size_t answer_size;

static char dir[64];
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static int listener;

static struct stream answer;

int mnl_socket_close(struct mnl_socket *socket)
{
	(void)socket;
	return 0;
}

static void answer_family(void)
{
	const uint16_t id = STREAM_FAMILY;

	stream_begin(&answer, 0);
	((struct nlmsghdr *)answer.buf)->nlmsg_type = GENL_ID_CTRL;
	stream_put(&answer, CTRL_ATTR_FAMILY_ID, &id, sizeof(id));
	stream_end(&answer);
	stream_done(&answer, 0, NULL, 0);
}

static void note_request(const struct nlmsghdr *nlh)
{
	struct attrs all = attrs_of_message(nlh), attrs = attrs_in(attrs_next(&all));
	const struct nlattr *attr;

	shared->n_asked++;
	shared->has_reader = false;
	shared->parts = 0;
	shared->uid = 0;
	shared->gid = 0;
	shared->max_age = 0;
	shared->n_pids = 0;
	shared->group_by = 0;
	shared->others = 0;
	while ((attr = attrs_next(&attrs))) {
		uint32_t number = *(const uint32_t *)attr_data(attr);

		switch (attr_type(attr)) {
		case MEMCENSUS_REQ_PARTS:
			shared->parts = number;
			break;
		case MEMCENSUS_REQ_READER_UID:
			shared->uid = number;
			shared->has_reader = true;
			break;
		case MEMCENSUS_REQ_READER_GID:
			shared->gid = number;
			break;
		case MEMCENSUS_REQ_MAX_AGE_MS:
			shared->max_age = number;
			break;
		case MEMCENSUS_REQ_GROUP_BY:
			shared->group_by = number;
			break;
		case MEMCENSUS_REQ_PIDS:
			shared->n_pids = attr_len(attr) / sizeof(number);
			break;
		default:
			shared->others++;
		}
	}
}

static void take_census(void)
{
	const bool named = shared->n_pids;
	unsigned int n;

	if (named) {
		n = __atomic_add_fetch(&shared->n_named, 1, __ATOMIC_SEQ_CST);
		if (n > shared->most_named)
			shared->most_named = n;
	}
	while (shared->busy)
		;
	signals_sleep_until(signals_now() + shared->census_ns);
	if (named)
		__atomic_sub_fetch(&shared->n_named, 1, __ATOMIC_SEQ_CST);
}

ssize_t mnl_socket_sendto(const struct mnl_socket *socket, const void *request, size_t len)
{
	const struct nlmsghdr *nlh = request;
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);

	(void)socket;
	stream_init(&answer, nlh->nlmsg_seq);
	if (nlh->nlmsg_type == GENL_ID_CTRL) {
		answer_family();
	} else if (is_user) {
		stream_error(&answer, -EPERM, "no", 0, nlh, 0);
	} else if (genl->cmd == MEMCENSUS_CMD_SNAPSHOT) {
		note_request(nlh);
		take_census();
		stream_head(&answer, 7, MEMCENSUS_ABI);
	}
	return (ssize_t)len;
}

/* The same messages again until they are as many as this kernel is to send, then the end. */
ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
		 socklen_t *from_len)
{
	ssize_t n = (ssize_t)answer.len;

	(void)fd;
	(void)flags;
	(void)len;
	memset(from, 0, *from_len);
	memcpy(buf, answer.buf, answer.len);
	if (answer_size > answer.len && answer.len) {
		answer_size -= answer.len;
		return n;
	}
	answer_size = 0;
	answer.len = 0;
	stream_done(&answer, 0, NULL, 0);
	return n;
}

/* Accepts connections, as systemd or inetd: a child is the service of one. */
static pid_t start_inetd(void)
{
	char name[] = "memcensus-serve", option[] = "--group";
	char *words[4] = { name, option, group->gr_name };
	pid_t pid = fork();
	unsigned int seconds;
	int fd;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		fd = accept(listener, NULL, NULL);
		while (shared->hold)
			sched_yield();
		seconds = shared->answer_seconds;
		shared->answer_seconds = 0;
		if (!fork()) {
			answer_size = shared->answer_size;
			if (seconds)
				serve_answer_seconds = seconds;
			dup2(fd, STDIN_FILENO);
			close(fd);
			close(listener);
			_exit(serve_run(3, words));
		}
		close(fd);
	}
}

/* A connection that the service has not accepted yet. */
static int connect_only(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		abort();
	return fd;
}

/* Waits until the service takes requests. */
static int be_greeted(int fd)
{
	struct nlmsghdr nlh;

	if (recv(fd, &nlh, sizeof(nlh), MSG_WAITALL) != sizeof(nlh) ||
	    nlh.nlmsg_type != NLMSG_NOOP || nlh.nlmsg_len != sizeof(nlh))
		_exit(97);
	return fd;
}

static int connect_user(void)
{
	return be_greeted(connect_only());
}

/* Other groups of a user */
#define GROUPS	1000

static void become_user(gid_t gid)
{
	/* The PIDs follow these in its status. */
	static gid_t groups[GROUPS];
	size_t i;

	for (i = 0; i < GROUPS; i++)
		groups[i] = (gid_t)(4000000000U + i);
	is_user = true;
	if (!geteuid() && (setgroups(GROUPS, groups) || setresgid(gid, gid, gid) ||
			   setresuid(USER, USER, USER)))
		_exit(99);
}

/* What a client does; its result is its exit status. */
typedef int client_fn(const void *arg);

static pid_t start_client(client_fn *body, const void *arg)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		become_user(GROUP);
		_exit(body(arg));
	}
	return pid;
}

static int end_client(pid_t pid)
{
	int status = 1;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int run_client(client_fn *body, const void *arg)
{
	return end_client(start_client(body, arg));
}

/* A request in @buf, with the attributes that @put adds. */
static struct nlmsghdr *begin(void *buf, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = SERVICE_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 77;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = MEMCENSUS_GENL_VERSION;
	return nlh;
}

/* Receives one message; its bytes, 0: the end. */
static size_t receive_one(int fd, void *buf, size_t size)
{
	struct nlmsghdr *nlh = buf;

	if (recv(fd, buf, NLMSG_HDRLEN, MSG_WAITALL) != NLMSG_HDRLEN || nlh->nlmsg_len > size)
		return 0;
	recv(fd, (char *)buf + NLMSG_HDRLEN, NLMSG_ALIGN(nlh->nlmsg_len) - NLMSG_HDRLEN,
	     MSG_WAITALL);
	return nlh->nlmsg_len;
}

/* Whether the answer to @nlh is an error with @text. */
static bool refused(int fd, const void *nlh, size_t len, const char *text)
{
	char buf[4096] __attribute__((aligned(8))) = "";
	const struct nlmsghdr *got = (const void *)buf;

	return send(fd, nlh, len, MSG_NOSIGNAL) == (ssize_t)len &&
	       receive_one(fd, buf, sizeof(buf) - 1) && got->nlmsg_type == NLMSG_ERROR &&
	       memmem(buf, sizeof(buf), text, strlen(text));
}

static int as_reader(const void *arg)
{
	struct failure why = { .text = "" };
	struct source *source = source_open_netlink(&why);
	enum taken taken = TAKE_FAILED;
	struct snapshot *snap;
	unsigned int n;

	for (n = 0; source && n < 2; n++) {
		snap = snapshot_new();
		taken = source->ops->take(source, arg, snap, &why);
		if (taken == TAKE_DONE && snap->seq != 7)
			taken = TAKE_END;
		snapshot_free(snap);
	}
	if (taken != TAKE_DONE)
		printf("# %s\n", why.text);
	fflush(stdout);
	if (source)
		source->ops->close(source);
	return taken != TAKE_DONE;
}

static void test_reader(void)
{
	const struct request all = { .parts = MEMCENSUS_PART_TASKS };
	const uid_t uid = geteuid() ?: USER;
	const struct request trees = { .group_by = MEMCENSUS_BY_TREE };
	struct request named = { .parts = MEMCENSUS_PART_VMAS };
	/* A process that does not exist belongs to nobody else. */
	uint64_t process = 4000000000;
	uint64_t begun;

	ok(!run_client(as_reader, &all), "the reader of a user asks the service, and again");
	ok(shared->n_asked == 2, "the module was asked by it (%u)", shared->n_asked);
	ok(shared->has_reader && shared->uid == uid && shared->max_age == 1000 &&
	   !shared->n_pids && !shared->others &&
	   shared->parts == (MEMCENSUS_PART_TASKS | MEMCENSUS_PART_OWNERS),
	   "for this user (%u), a census of the last second", shared->uid);
	ok(geteuid() || shared->gid == GROUP, "and group (%u)", shared->gid);
	ok(!run_client(as_reader, &trees) && shared->group_by == MEMCENSUS_BY_TREE &&
	   shared->max_age == 1000 && shared->has_reader, "and with trees");
	shared->n_asked = 2;

	named.pids = (struct numbers){ 1, &process };
	begun = signals_now();
	ok(!run_client(as_reader, &named), "a named process");
	ok(shared->n_pids == 1 && !shared->max_age && shared->uid == uid, "is asked for");
	ok(signals_now() - begun >= NSEC_PER_SEC, "once a second");
	process = 1;
	ok(run_client(as_reader, &named) == 1 && shared->n_asked == 4,
	   "a process of another user is not");
}

static int as_member(const void *arg)
{
	if (!geteuid())
		return 77;
	return as_reader(arg);
}

/* Of the group whose members see all, by its GID and as one of several. */
static void test_group(void)
{
	const struct request all = { .parts = MEMCENSUS_PART_TASKS };
	unsigned int n;
	pid_t pid;

	if (geteuid()) {
		ok(true, "members of a group # SKIP needs root");
		return;
	}
	for (n = 0; n < 2; n++) {
		fflush(stdout);
		pid = fork();
		if (!pid) {
			is_user = true;
			if (setgroups(n, &group->gr_gid) ||
			    setgid(n ? GROUP : group->gr_gid) || setuid(USER))
				_exit(99);
			_exit(as_member(&all));
		}
		ok(!end_client(pid) && !shared->has_reader, "a member of the group sees all");
	}
	ok(!run_client(as_reader, &all) && shared->has_reader, "another user does not");
}

/* Attributes of a request, and what is said of it. */
static const struct wrong {
	const char *name, *text;
	uint8_t cmd;
	uint16_t type;
	uint32_t value;
	uint16_t size;
} wrongs[] = {
	{ "SHARE", "this needs root", MEMCENSUS_CMD_SHARE, 0, 0, 0 },
	{ "PHYSICAL", "this needs root", MEMCENSUS_CMD_PHYSICAL, 0, 0, 0 },
	{ "INFO", "this needs root", MEMCENSUS_CMD_INFO, 0, 0, 0 },
	{ "files in memory", "PARTS: what comes back if processes end needs root", 0,
	  MEMCENSUS_REQ_PARTS, MEMCENSUS_PART_MEMORY_VMAS, 4 },
	{ "a part to come", "PARTS: a part that the service does not know", 0, MEMCENSUS_REQ_PARTS,
	  ~MEMCENSUS_PART_ALL & (MEMCENSUS_PART_ALL + 1), 4 },
	{ "mappings of all", "PARTS: mappings and flags", 0, MEMCENSUS_REQ_PARTS,
	  MEMCENSUS_PART_VMAS, 4 },
	{ "parts of two bytes", "PARTS: not a number", 0, MEMCENSUS_REQ_PARTS, 1, 2 },
	{ "process 0", "PIDS: 0 is", 0, MEMCENSUS_REQ_PIDS, 0, 4 },
	{ "half a PID", "PIDS: needs", 0, MEMCENSUS_REQ_PIDS, 1, 2 },
	{ "groups", "GROUP_BY: groups", 0, MEMCENSUS_REQ_GROUP_BY, MEMCENSUS_BY_UID, 4 },
	{ "a file", "FILE: the memory", 0, MEMCENSUS_REQ_FILE, 0, 4 },
	{ "another reader", "does not know", 0, MEMCENSUS_REQ_READER_UID, 0, 4 },
	{ "an unknown attribute", "unknown, or there twice", 0, 77, 0, 4 },
};

static int send_wrong(const void *arg)
{
	char buf[256] __attribute__((aligned(8))) = "";
	const struct wrong *wrong = arg;
	struct nlmsghdr *nlh = begin(buf, wrong->cmd ?: MEMCENSUS_CMD_SNAPSHOT);
	struct nlattr *nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);

	if (wrong->size)
		mnl_attr_put(nlh, wrong->type, wrong->size, &wrong->value);
	mnl_attr_nest_end(nlh, nest);
	return !refused(connect_user(), nlh, nlh->nlmsg_len, wrong->text);
}

static int send_twice(const void *arg)
{
	char buf[256] __attribute__((aligned(8))) = "";
	struct nlmsghdr *nlh = begin(buf, MEMCENSUS_CMD_SNAPSHOT);
	struct nlattr *nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
	const char *text = arg ?: "there twice";
	int fd = connect_user();

	mnl_attr_put_u32(nlh, MEMCENSUS_REQ_PARTS, MEMCENSUS_PART_TASKS);
	if (!arg)
		mnl_attr_put_u32(nlh, MEMCENSUS_REQ_PARTS, MEMCENSUS_PART_TASKS);
	mnl_attr_nest_end(nlh, nest);
	if (arg)
		mnl_attr_put_u32(nlh, MEMCENSUS_A_SEQ, 1);
	/* Also after a request that was refused. */
	return !refused(fd, nlh, nlh->nlmsg_len, text) || !refused(fd, nlh, nlh->nlmsg_len, text);
}

/* An attribute that ends after the request, in the place of one that is refused. */
static int send_longer(const void *arg)
{
	char buf[256] __attribute__((aligned(8))) = "";
	struct nlmsghdr *nlh = begin(buf, MEMCENSUS_CMD_SNAPSHOT);
	struct nlattr *nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);

	(void)arg;
	mnl_attr_put_u32(nlh, MEMCENSUS_REQ_GROUP_BY, MEMCENSUS_BY_UID);
	mnl_attr_nest_end(nlh, nest);
	((struct nlattr *)((char *)nest + NLA_HDRLEN))->nla_len = 100;
	return !refused(connect_user(), nlh, nlh->nlmsg_len, "longer than the request");
}

/* A length that is none, or of more than a request has. */
static int send_length(const void *arg)
{
	const struct nlmsghdr nlh = { .nlmsg_len = *(const uint32_t *)arg };
	int fd = connect_user();
	char byte;

	return !refused(fd, &nlh, sizeof(nlh), "too short, or too long") || read(fd, &byte, 1);
}

static void test_wrong(void)
{
	static const uint32_t lengths[] = { 0, 15, 18, 65536, UINT32_MAX };
	const unsigned int asked = shared->n_asked;
	size_t i;

	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++)
		ok(!run_client(send_wrong, &wrongs[i]), "%s: '%s'", wrongs[i].name, wrongs[i].text);
	ok(!run_client(send_twice, NULL), "an attribute that is there twice");
	ok(!run_client(send_twice, "one REQUEST"), "an attribute outside of the request");
	ok(!run_client(send_longer, NULL), "an attribute longer than the request");
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		ok(!run_client(send_length, &lengths[i]), "a request of %u bytes", lengths[i]);
	ok(shared->n_asked == asked, "none of them reached the module");
}

/* Whether the service says @text of a request that it refuses in any case. */
static bool says(int fd, const char *text)
{
	char buf[256] __attribute__((aligned(8))) = "";
	struct nlmsghdr *nlh = begin(buf, MEMCENSUS_CMD_PHYSICAL);

	return refused(fd, nlh, nlh->nlmsg_len, text);
}

static int in_user_namespace(const void *arg)
{
	(void)arg;
	return unshare(CLONE_NEWUSER) ? 77 : !says(connect_user(), "another user namespace");
}

static int in_pid_namespace(void)
{
	int status = 1;

	if (unshare(CLONE_NEWPID))
		return 77;
	if (!fork()) {
		become_user(GROUP);
		_exit(!says(connect_user(), "another PID namespace"));
	}
	wait(&status);
	return WEXITSTATUS(status);
}

/* The process that connected has exited when the service begins. */
static int exited(const void *arg)
{
	int pair[2], fd, status = 1;
	char byte;

	(void)arg;
	shared->hold = true;
	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	if (!fork()) {
		/* The test has the connection too. */
		fd = connect_only();
		_exit(!sandbox_send(pair[1], "", 1, fd));
	}
	sandbox_receive(pair[0], &byte, 1, &fd);
	wait(&status);
	shared->hold = false;
	return status || !says(be_greeted(fd), "exited");
}

/* Says more than the header of a request, so that what is refused is read. */
static void send_early(int fd)
{
	char buf[256] __attribute__((aligned(8))) = "";
	const struct nlmsghdr *nlh = begin(buf, MEMCENSUS_CMD_SNAPSHOT);

	if (send(fd, nlh, nlh->nlmsg_len, 0) != (ssize_t)nlh->nlmsg_len)
		abort();
}

/* What a process has sent before the service has opened it may be of one that has exited. */
static int early(const void *arg)
{
	char buf[4096] __attribute__((aligned(8))) = "";
	int fd;

	(void)arg;
	shared->hold = true;
	fd = connect_only();
	send_early(fd);
	shared->hold = false;
	be_greeted(fd);
	return !receive_one(fd, buf, sizeof(buf) - 1) ||
	       !memmem(buf, sizeof(buf), "after its greeting", 18);
}

/* Another process sends on the connection of this one. */
static int from_another(const void *arg)
{
	int fd = connect_user(), status = 1;
	pid_t pid = fork();

	(void)arg;
	if (!pid)
		_exit(!says(fd, "from the process that connected"));
	waitpid(pid, &status, 0);
	return status;
}

/* Another one may, when this one is known. */
static int from_another_later(const void *arg)
{
	int fd = connect_user(), status = 1;
	pid_t pid;

	(void)arg;
	if (!says(fd, "this needs root"))
		return 1;
	pid = fork();
	if (!pid)
		_exit(!says(fd, "this needs root"));
	waitpid(pid, &status, 0);
	return status;
}

/* A peer that may not be who it says gets no answer. */
static void test_peers(void)
{
	char name[] = "memcensus-serve", *words[] = { name, NULL };
	int pair[2], result;
	pid_t pid;

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(pair[1], STDIN_FILENO);
		close(pair[0]);
		_exit(serve_run(1, words));
	}
	close(pair[1]);
	ok(says(be_greeted(pair[0]), "not an accepted connection"), "a pair of sockets");
	close(pair[0]);
	waitpid(pid, NULL, 0);

	result = run_client(in_user_namespace, NULL);
	ok(!result || result == 77, "a process of another user namespace%s",
	   result == 77 ? " # SKIP cannot make one" : "");
	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(in_pid_namespace());
	result = end_client(pid);
	ok(!result || result == 77, "a process of another PID namespace%s",
	   result == 77 ? " # SKIP cannot make one" : "");
	ok(!run_client(exited, NULL), "a process that has exited");
	ok(!run_client(early, NULL), "a request that was sent too early");
	ok(!run_client(from_another, NULL), "a request of another process");
	ok(!run_client(from_another_later, NULL), "is taken after one of the process itself");
}

static int hold(const void *arg)
{
	const int *pipes = arg;
	char byte = !says(connect_user(), "this needs root");

	close(pipes[3]);
	/* Until the test has seen that there are too many. */
	return write(pipes[1], &byte, 1) != 1 || read(pipes[2], &byte, 1) || byte;
}

static int is_one_more(const void *arg)
{
	(void)arg;
	return !says(connect_user(), "too many connections");
}

/* Whether a connection that is refused ends, also if it says nothing. */
static int is_ended_soon(const void *arg)
{
	struct pollfd fd = { .fd = connect_user(), .events = POLLIN };
	char byte;

	(void)arg;
	return poll(&fd, 1, 10000) != 1 || read(fd.fd, &byte, 1);
}

static void test_many(void)
{
	pid_t pids[TURNS_CONNECTIONS];
	int pipes[4], i, failed = 0;
	char byte = 1;

	if (pipe(pipes) || pipe(pipes + 2))
		abort();
	for (i = 0; i < TURNS_CONNECTIONS; i++) {
		pids[i] = start_client(hold, pipes);
		failed += read(pipes[0], &byte, 1) != 1 || byte;
	}
	ok(!failed, "%d connections of a user", TURNS_CONNECTIONS);
	ok(!run_client(is_one_more, NULL), "one more is refused");
	ok(!run_client(is_ended_soon, NULL), "and keeps no place if it is silent");
	close(pipes[3]);
	for (i = 0; i < TURNS_CONNECTIONS; i++)
		failed += end_client(pids[i]);
	ok(!failed, "the others are not");
	close(pipes[0]);
	close(pipes[1]);
	close(pipes[2]);
}

static int is_refused_often(const void *arg)
{
	const int fd = connect_user();
	int n;

	(void)arg;
	for (n = 0; n < 6; n++)
		if (!says(fd, "this needs root"))
			return 1;
	return 0;
}

/* Each request takes a turn, and the more it takes the longer the next one waits. */
static void test_turns(void)
{
	const struct request all = { .parts = MEMCENSUS_PART_TASKS };
	const uint64_t ms = NSEC_PER_SEC / 1000;
	uint64_t begun = signals_now();
	unsigned int files = 0;
	struct dirent *entry;
	DIR *opened;

	ok(!run_client(is_refused_often, NULL) && signals_now() - begun >= 500 * ms,
	   "refused requests take turns too");
	shared->census_ns = 300 * ms;
	begun = signals_now();
	ok(!run_client(as_reader, &all), "two requests of 300 ms");
	ok(signals_now() - begun >= (300 + TURNS_REST * 300 + 300) * ms,
	   "have a pause between them that is longer");
	shared->census_ns = 0;
	opened = opendir(dir);
	while (opened && (entry = readdir(opened)))
		files += entry->d_name[0] != '.';
	ok(files == 2, "all users have one file beside the socket (%u)", files - 1);
	closedir(opened);
}

/* A request in @buf for a named process. */
static struct nlmsghdr *name_process(void *buf)
{
	struct nlmsghdr *nlh = begin(buf, MEMCENSUS_CMD_SNAPSHOT);
	struct nlattr *nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);

	mnl_attr_put_u32(nlh, MEMCENSUS_REQ_PIDS, 4000000000);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static int is_ended(const void *arg)
{
	char buf[256] __attribute__((aligned(8))) = "";
	const struct nlmsghdr *nlh = name_process(buf);
	const int fd = connect_user();
	char byte;

	(void)arg;
	return send(fd, nlh, nlh->nlmsg_len, 0) < 0 || read(fd, &byte, 1);
}

/* Asks for a named process, and goes before the answer comes. */
static int is_gone(const void *arg)
{
	char buf[256] __attribute__((aligned(8))) = "";
	const struct nlmsghdr *nlh = name_process(buf);
	struct pollfd end = { .fd = connect_user() };

	(void)arg;
	if (send(end.fd, nlh, nlh->nlmsg_len, 0) < 0 || shutdown(end.fd, SHUT_RD))
		return 1;
	return poll(&end, 1, 30000) != 1 || !(end.revents & POLLHUP);
}

/* When the next turn of the user begins, as the file has it. */
static uint64_t next_turn(void)
{
	const uid_t uid = geteuid() ? geteuid() : USER;
	uint64_t next = 0;
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "%s/turns", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, &next, sizeof(next), (off_t)uid * 16) < 0)
		abort();
	close(fd);
	return next;
}

/*
 * What a request took is paid for by the time until the next one, also if its answer is not
 * read, or if it is ended.
 */
static void test_debts(void)
{
	const uint64_t ms = NSEC_PER_SEC / 1000;
	uint64_t begun, before;

	shared->census_ns = 300 * ms;
	before = next_turn();
	begun = signals_now();
	ok(!run_client(is_gone, NULL), "a user who does not wait for the answer");
	ok(next_turn() >= (before > begun ? before : begun) + (1 + TURNS_REST) * 300 * ms,
	   "waits for the next turn as others do");
	shared->census_ns = 0;
	shared->busy = true;
	before = next_turn();
	begun = signals_now();
	ok(!run_client(is_ended, NULL), "a census that needs the processor for 2 s ends");
	ok(next_turn() >= (before > begun ? before : begun) + (1 + TURNS_REST) * 2000 * ms,
	   "the user has the next turn after four times as long");
	shared->busy = false;
}

/* Of users whose censuses of named processes take long, the module has one at a time. */
static void test_named(void)
{
	pid_t pids[4];
	unsigned int i;
	int failed = 0;

	if (geteuid()) {
		ok(true, "several users # SKIP needs root");
		return;
	}
	shared->n_named = 0;
	shared->most_named = 0;
	shared->census_ns = NSEC_PER_SEC / 5;
	for (i = 0; i < 4; i++) {
		fflush(stdout);
		pids[i] = fork();
		if (!pids[i]) {
			const uint64_t process = 4000000000;
			const struct request named = {
				.parts = MEMCENSUS_PART_VMAS,
				.pids = { 1, (uint64_t *)&process },
			};

			is_user = true;
			if (setgid(GROUP) || setuid(USER + 1 + i))
				_exit(99);
			_exit(as_reader(&named));
		}
	}
	for (i = 0; i < 4; i++)
		failed += end_client(pids[i]);
	ok(!failed && shared->most_named == 1, "four users, of whom one is counted at a time (%u)",
	   shared->most_named);
	shared->census_ns = 0;
}

/* Sends @len bytes of a request, then nothing, and reads nothing: until the service has ended. */
static int wait_for_end(int fd, size_t len)
{
	char buf[256] __attribute__((aligned(8))) = "";
	struct pollfd end = { .fd = fd };
	struct nlmsghdr *nlh = begin(buf, MEMCENSUS_CMD_SNAPSHOT);

	mnl_attr_nest_end(nlh, mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST));
	if (send(fd, nlh, len ?: nlh->nlmsg_len, 0) < 0)
		return 1;
	return poll(&end, 1, 30000) != 1 || !(end.revents & POLLHUP);
}

static int does_not_read(const void *arg)
{
	(void)arg;
	return wait_for_end(connect_user(), 0);
}

static int does_not_write(const void *arg)
{
	(void)arg;
	return wait_for_end(connect_user(), NLMSG_HDRLEN);
}

/* Takes a byte of the answer each second. */
static int reads_slowly(const void *arg)
{
	char buf[256] __attribute__((aligned(8))) = "", byte;
	struct nlmsghdr *nlh = begin(buf, MEMCENSUS_CMD_SNAPSHOT);
	struct pollfd end = { .fd = connect_user() };
	unsigned int n;

	(void)arg;
	mnl_attr_nest_end(nlh, mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST));
	if (send(end.fd, nlh, nlh->nlmsg_len, 0) < 0)
		return 1;
	for (n = 0; n < 30; n++) {
		if (poll(&end, 1, 1000) == 1)
			return !n || !(end.revents & POLLHUP);
		if (recv(end.fd, &byte, 1, 0) != 1)
			return 1;
	}
	return 1;
}

/* Sends what is no request for as long as somebody reads. */
static int sends_garbage(const void *arg)
{
	const int fd = connect_user();
	char buf[4096];

	(void)arg;
	memset(buf, 0xa5, sizeof(buf));
	while (send(fd, buf, sizeof(buf), MSG_NOSIGNAL) > 0)
		;
	return errno != EPIPE && errno != ECONNRESET;
}

static int gets_too_much(const void *arg)
{
	char buf[256] __attribute__((aligned(8))) = "";
	struct nlmsghdr *nlh = begin(buf, MEMCENSUS_CMD_SNAPSHOT);

	(void)arg;
	mnl_attr_nest_end(nlh, mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST));
	return !refused(connect_user(), nlh, nlh->nlmsg_len, "longer than 32 MiB");
}

/* Clients that take their time keep their own service for as long as it has, and no other. */
static void test_slow(void)
{
	const struct request all = { .parts = MEMCENSUS_PART_TASKS };
	client_fn *const slow[] = { does_not_read, does_not_write, reads_slowly, sends_garbage };
	const char *const names[] = { "does not read", "does not write", "reads a byte a second",
				      "sends garbage" };
	unsigned int i;
	pid_t pid;

	for (i = 0; i < sizeof(slow) / sizeof(*slow); i++) {
		shared->answer_size = 8 << 20;
		shared->answer_seconds = 2;
		pid = start_client(slow[i], NULL);
		/* On a busy machine a reader may need longer than that. */
		while (shared->answer_seconds && !waitpid(pid, NULL, WNOHANG))
			sched_yield();
		ok(!run_client(as_reader, &all), "beside a user who %s, another one is answered",
		   names[i]);
		ok(!end_client(pid), "the service of the former ends");
	}
	shared->answer_size = 40 << 20;
	ok(!run_client(gets_too_much, NULL), "an answer that is too long");
	shared->answer_size = 0;
}

/* The parser alone, on requests that are changed at random. */
static void test_random(void)
{
	static char buf[ASK_SIZE] __attribute__((aligned(8)));
	const uint64_t end = signals_now() + 2 * NSEC_PER_SEC;
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	unsigned long n = 0, taken = 0, wrong = 0;
	unsigned int i, changes;
	struct nlmsghdr *exact;
	struct nlattr *nest;
	struct ask ask;
	size_t len;

	srandom(1);
	while (signals_now() < end) {
		memset(buf, 0, 256);
		begin(buf, MEMCENSUS_CMD_SNAPSHOT);
		nest = mnl_attr_nest_start(nlh, MEMCENSUS_A_REQUEST);
		for (i = random() % 4; i; i--)
			mnl_attr_put_u32(nlh, random() % 6, random() % 4);
		mnl_attr_nest_end(nlh, nest);
		len = nlh->nlmsg_len;
		/* The caller has checked the length of the message. */
		for (changes = random() % 4; changes; changes--)
			buf[4 + random() % (len - 4)] = (char)random();
		/* Its length on the heap, so that the sanitizer sees a byte beyond. */
		exact = malloc(len);
		memcpy(exact, nlh, len);
		n++;
		if (!ask_read(exact, &ask)) {
			taken++;
			wrong += ask.n_pids > 64 ||
				 (ask.parts & MEMCENSUS_PART_VMAS && !ask.n_pids) ||
				 (ask.n_pids && (const char *)(ask.pids + ask.n_pids) >
				  (const char *)exact + len);
		}
		free(exact);
	}
	ok(n > 10000 && taken && !wrong, "%lu random requests, of which %lu are taken", n, taken);
}

int main(void)
{
	pid_t inetd;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	group = getgrgid(1);
	snprintf(dir, sizeof(dir), "/tmp/serve-test-XXXXXX");
	if (!group || !mkdtemp(dir) || chmod(dir, 0711))
		return 1;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", dir);
	setenv("RUNTIME_DIRECTORY", dir, 1);
	channel_service = address.sun_path;
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 100) ||
	    chmod(address.sun_path, 0666))
		return 1;
	inetd = start_inetd();
	test_reader();
	test_group();
	test_wrong();
	test_peers();
	test_many();
	test_turns();
	test_named();
	test_slow();
	test_debts();
	test_random();
	kill(inetd, SIGKILL);
	waitpid(inetd, NULL, 0);
	setenv("DIR", dir, 1);
	if (system("rm -r \"$DIR\""))
		return 1;
	return tap_done();
}
