// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/acct.h>
#include <linux/genetlink.h>
#include <linux/taskstats.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/descend.h"
#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "tools/watch/exits.h"

/* Bytes of messages that wait, some thousand of them. */
#define WAITING	(8 << 20)

/* How long a process may take to exit, ns: its children may still name it as their parent. */
#define EXITING	(2 * NSEC_PER_SEC)

/* Bytes of a message up to the last member that is read; newer kernels append to it. */
#define STATS_LEN	(offsetof(struct taskstats, ac_tgetime) + sizeof(uint64_t))

/**
 * struct ended - a process that has exited
 * @begin, @end: it ran between these, ns of CLOCK_MONOTONIC
 * @bytes: its largest RSS
 */
struct ended {
	uint64_t begin;
	uint64_t end;
	uint64_t bytes;
	uint32_t pid;
	uint32_t parent;
};

/**
 * struct exits - processes that have exited
 * @read: when nothing was waiting, ns of CLOCK_MONOTONIC
 * @ours: of @v, which are of the tree; of the others it is unknown yet
 * @lost: messages were lost, or there were too many
 */
struct exits {
	struct mnl_socket *socket;
	uint64_t read;
	struct ended *v;
	size_t n;
	size_t ours;
	bool lost;
};

static int take_family(const struct nlmsghdr *nlh, void *family)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(uint16_t *)family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

/* Sends a request with a text.  Returns 0 when it is acknowledged, or -1. */
static int request(struct mnl_socket *socket, uint16_t type, uint8_t command, uint16_t attr,
		   const char *text, uint16_t *family)
{
	char buf[MNL_SOCKET_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	ssize_t n;
	int ret;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl->cmd = command;
	genl->version = 1;
	mnl_attr_put_strz(nlh, attr, text);
	if (mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		return -1;
	/* Messages of exits may come before. */
	do {
		n = mnl_socket_recvfrom(socket, buf, sizeof(buf));
		ret = n > 0 ? mnl_cb_run(buf, (size_t)n, 0, 0, take_family, family) : -1;
	} while (ret > 0);
	return ret;
}

static int listen_to_all(struct exits *exits)
{
	const int waiting = WAITING;
	uint16_t family = 0, unused;
	char processors[1024];

	exits->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!exits->socket || mnl_socket_bind(exits->socket, 0, MNL_SOCKET_AUTOPID))
		return -1;
	/* Without the right to force it, registering is not permitted either. */
	setsockopt(mnl_socket_get_fd(exits->socket), SOL_SOCKET, SO_RCVBUFFORCE, &waiting,
		   sizeof(waiting));
	if (!text_line("/sys/devices/system/cpu/possible", processors, sizeof(processors)))
		return -1;
	if (request(exits->socket, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
		    TASKSTATS_GENL_NAME, &family) || !family)
		return -1;
	return request(exits->socket, family, TASKSTATS_CMD_GET,
		       TASKSTATS_CMD_ATTR_REGISTER_CPUMASK, processors, &unused);
}

struct exits *exits_listen(void)
{
	struct exits *exits = xcalloc(1, sizeof(*exits));

	exits->read = signals_now();
	if (!listen_to_all(exits))
		return exits;
	exits_free(exits);
	return NULL;
}

void exits_free(struct exits *exits)
{
	if (!exits)
		return;
	if (exits->socket)
		mnl_socket_close(exits->socket);
	free(exits->v);
	free(exits);
}

int exits_fd(const struct exits *exits)
{
	return exits ? mnl_socket_get_fd(exits->socket) : -1;
}

/* The last thread of a process has exited. */
static void add(struct exits *exits, const struct taskstats *stats, uint64_t now)
{
	const uint64_t ran = stats->ac_tgetime * 1000;

	/* Kernel threads have no memory. */
	if (!(stats->ac_flag & AGROUP) || !stats->hiwater_rss)
		return;
	if (exits->n == EXITS_MAX) {
		exits->lost = true;
		return;
	}
	exits->v = array_grow(exits->v, exits->n, sizeof(*exits->v));
	exits->v[exits->n++] = (struct ended){
		.begin = exits->read > ran ? exits->read - ran : 0, .end = now,
		.bytes = stats->hiwater_rss << 10, .pid = stats->ac_tgid,
		.parent = stats->ac_ppid,
	};
}

static int take_exit(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *in;
	struct taskstats stats;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != TASKSTATS_TYPE_AGGR_PID)
			continue;
		mnl_attr_for_each_nested(in, attr) {
			if (mnl_attr_get_type(in) != TASKSTATS_TYPE_STATS ||
			    mnl_attr_get_payload_len(in) < STATS_LEN)
				continue;
			memcpy(&stats, mnl_attr_get_payload(in), STATS_LEN);
			add(data, &stats, signals_now());
		}
	}
	return MNL_CB_OK;
}

void exits_read(struct exits *exits)
{
	char buf[MNL_SOCKET_BUFFER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	uint64_t now;
	ssize_t n;

	if (!exits)
		return;
	for (;;) {
		now = signals_now();
		n = recv(exits_fd(exits), buf, sizeof(buf), MSG_DONTWAIT);
		if (n > 0) {
			mnl_cb_run(buf, (size_t)n, 0, 0, take_exit, exits);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n >= 0 || errno == EAGAIN)
			break;
		exits->lost = true;
		if (errno != ENOBUFS)
			break;
	}
	exits->read = now;
}

void exits_narrow(struct exits *exits, const struct snapshot *snap, uint64_t root)
{
	struct descendant *v;
	size_t i, k, n = 1, recent;

	/* Who is not in the census has exited, and said so before. */
	exits_read(exits);
	if (exits->n == exits->ours)
		return;
	for (i = 0; i < snap->n_tasks; i++)
		n += 1 + snap->tasks[i].peers.n;
	v = xcalloc(n + exits->n, sizeof(*v));
	v[0] = (struct descendant){ .pid = root, .row = exits->n, .in = true };
	for (i = 0, n = 1; i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];

		if (task->pid == root || task_is_gone(task))
			continue;
		v[n++] = (struct descendant){ task->pid, KNOWN(task, MEMCENSUS_TASK_PPID) ?
					      task->ppid : 0, exits->n, false };
		for (k = 0; k < task->peers.n; k++)
			v[n++] = (struct descendant){ task->peers.v[k], task->pid, exits->n,
						      false };
	}
	for (recent = exits->ours; recent && exits->v[recent - 1].end + EXITING > exits->read;)
		recent--;
	for (i = recent; i < exits->n; i++)
		v[n++] = (struct descendant){ exits->v[i].pid, exits->v[i].parent, i,
					      i < exits->ours };
	descend(v, n);
	for (i = 0; i < n; i++)
		if (!v[i].in && v[i].row < exits->n)
			exits->v[v[i].row].bytes = 0;
	free(v);
	for (i = k = exits->ours; i < exits->n; i++)
		if (exits->v[i].bytes)
			exits->v[k++] = exits->v[i];
	exits->n = k;
	exits->ours = k;
}

uint64_t exits_count(const struct exits *exits)
{
	return exits->ours;
}

/* The sum of those that run changes. */
struct change {
	uint64_t at;
	int64_t bytes;
};

/* Who ends when another one begins is added to it. */
static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return x->at != y->at ? (x->at > y->at) - (x->at < y->at) :
				(x->bytes < y->bytes) - (x->bytes > y->bytes);
}

struct amount exits_bound(const struct exits *exits, struct amount running)
{
	struct change *v = xcalloc(2 * exits->ours, sizeof(*v));
	struct amount most = running;
	size_t i;

	for (i = 0; i < exits->ours; i++) {
		v[2 * i] = (struct change){ exits->v[i].begin, (int64_t)exits->v[i].bytes };
		v[2 * i + 1] = (struct change){ exits->v[i].end, -(int64_t)exits->v[i].bytes };
	}
	qsort(v, 2 * exits->ours, sizeof(*v), compare_changes);
	for (i = 0; i < 2 * exits->ours; i++) {
		running.bytes += v[i].bytes;
		if (running.bytes > most.bytes)
			most = running;
	}
	free(v);
	most.known &= !exits->lost;
	return most;
}
