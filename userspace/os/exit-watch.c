// SPDX-License-Identifier: GPL-2.0
/* How processes end: process events, zombies, the kernel's log. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "os/exit-watch.h"
#include "os/process.h"

#define KMSG_PATH	"/dev/kmsg"
/* Maximum length of a record of /dev/kmsg. */
#define KMSG_SIZE	8192

/* Offsets in a message: headers of netlink and connector, then the event. */
#define EVENT_AT	(NLMSG_HDRLEN + sizeof(struct cn_msg))
#define WHAT_AT		(EVENT_AT + offsetof(struct proc_event, what))
#define TGID_AT		(EVENT_AT + offsetof(struct proc_event, event_data.exit.process_tgid))
_Static_assert(offsetof(struct proc_event, event_data.exit.process_tgid) ==
	       offsetof(struct proc_event, event_data.exec.process_tgid),
	       "one filter serves both events");

/**
 * struct exit_watch_process - what the kernel has reported about one process
 * @executed: it has executed a program since the last query
 * @exited: how it ended, as far as known
 */
struct exit_watch_process {
	uint32_t pid;
	bool executed;
	struct exit_status exited;
};

/**
 * struct exit_watch - sources of events, and the processes watched
 * @events: socket of the process events, or NULL
 * @lost: messages were dropped
 * @log: /dev/kmsg, at the first unread record, or -1
 * @processes: those watched; owned
 */
struct exit_watch {
	struct mnl_socket *events;
	bool lost;
	int log;
	struct exit_watch_process *processes;
	size_t n;
};

/*
 * Lets only exec and exit of the first @n processes through, and of others if @others is not 0; or
 * -1: the filter is too long for the kernel.
 */
static int attach_filter(const struct exit_watch *exits, size_t n, uint32_t others)
{
	const struct sock_filter begin[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, WHAT_AT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(PROC_EVENT_EXIT), 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(PROC_EVENT_EXEC), 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, TGID_AT),
	};
	const size_t n_begin = sizeof(begin) / sizeof(begin[0]);
	const size_t len = n_begin + 2 * n + 1;
	struct sock_fprog program = { .len = (unsigned short)len };
	struct sock_filter *c;
	size_t i;
	int ret;

	if (len > BPF_MAXINSNS)
		return -1;
	program.filter = xcalloc(len, sizeof(*program.filter));
	c = mempcpy(program.filter, begin, sizeof(begin));
	for (i = 0; i < n; i++) {
		*c++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						    htonl(exits->processes[i].pid), 0, 1);
		*c++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ~0U);
	}
	*c++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, others);
	ret = setsockopt(mnl_socket_get_fd(exits->events), SOL_SOCKET, SO_ATTACH_FILTER,
			 &program, sizeof(program));
	free(program.filter);
	return ret;
}

/*
 * Lets only exec and exit of the watched processes through: on a machine that forks
 * a lot, the socket buffer would overflow before it is read.  Those of all processes if there are
 * too many for a filter (BPF_MAXINSNS, net.core.optmem_max).
 */
static void set_filter(const struct exit_watch *exits)
{
	const int unused = 0;

	if (!attach_filter(exits, exits->n, 0))
		return;
	/* The filter that it replaces would count too. */
	setsockopt(mnl_socket_get_fd(exits->events), SOL_SOCKET, SO_DETACH_FILTER, &unused,
		   sizeof(unused));
	attach_filter(exits, 0, ~0U);
}

static int subscribe(const struct mnl_socket *events)
{
	const uint32_t op = PROC_CN_MCAST_LISTEN;
	char buf[NLMSG_SPACE(sizeof(struct cn_msg) + sizeof(op))]
		__attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct cn_msg *message = mnl_nlmsg_put_extra_header(nlh, sizeof(*message) + sizeof(op));

	nlh->nlmsg_type = NLMSG_DONE;
	message->id = (struct cb_id){ CN_IDX_PROC, CN_VAL_PROC };
	message->len = sizeof(op);
	memcpy(message->data, &op, sizeof(op));
	return mnl_socket_sendto(events, nlh, nlh->nlmsg_len) < 0 ? -1 : 0;
}

struct exit_watch *exit_watch_listen(const uint64_t *pids, size_t n)
{
	struct exit_watch *exits = xcalloc(1, sizeof(*exits));
	size_t i;

	exits->processes = xcalloc(n, sizeof(*exits->processes));
	exits->n = n;
	for (i = 0; i < n; i++)
		exits->processes[i].pid = pids[i];

	exits->log = open(KMSG_PATH, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (exits->log >= 0)
		lseek(exits->log, 0, SEEK_END);
	exits->events = mnl_socket_open2(NETLINK_CONNECTOR, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (exits->events)
		set_filter(exits);
	if (exits->events &&
	    (mnl_socket_bind(exits->events, CN_IDX_PROC, MNL_SOCKET_AUTOPID) ||
	     subscribe(exits->events))) {
		mnl_socket_close(exits->events);
		exits->events = NULL;
	}
	return exits;
}

static struct exit_watch_process *find_exit(struct exit_watch *exits, uint32_t pid)
{
	size_t i;

	for (i = 0; i < exits->n; i++)
		if (exits->processes[i].pid == pid)
			return &exits->processes[i];
	return NULL;
}

void exit_watch_add(struct exit_watch *exits, uint32_t pid)
{
	struct exit_watch_process *process = find_exit(exits, pid);

	if (process) {
		if (process->exited.known)
			*process = (struct exit_watch_process){ .pid = pid };
		return;
	}
	exits->processes = xreallocarray(exits->processes, exits->n + 1, sizeof(*process));
	exits->processes[exits->n++] = (struct exit_watch_process){ .pid = pid };
	if (exits->events)
		set_filter(exits);
}

void exit_watch_free(struct exit_watch *exits)
{
	if (!exits)
		return;
	if (exits->events)
		mnl_socket_close(exits->events);
	if (exits->log >= 0)
		close(exits->log);
	free(exits->processes);
	free(exits);
}

static void read_events(struct exit_watch *exits)
{
	struct exit_watch_process *process;
	char buf[512];
	struct sockaddr_nl from;
	struct proc_event event;
	bool dropped = false;
	socklen_t from_len;
	ssize_t n;
	size_t i;

	while (exits->events) {
		from_len = sizeof(from);
		n = recvfrom(mnl_socket_get_fd(exits->events), buf, sizeof(buf), 0,
			     (void *)&from, &from_len);
		if (n < 0) {
			dropped |= errno == ENOBUFS;
			if (errno == ENOBUFS || errno == EINTR)
				continue;
			break;
		}
		/* Newer kernels may send longer events that begin with ours. */
		memset(&event, 0, sizeof(event));
		if (from.nl_pid || (size_t)n < TGID_AT + sizeof(uint32_t))
			continue;
		n -= EVENT_AT;
		memcpy(&event, buf + EVENT_AT,
		       (size_t)n < sizeof(event) ? (size_t)n : sizeof(event));
		process = find_exit(exits, (uint32_t)event.event_data.exit.process_tgid);
		if (process && event.what == PROC_EVENT_EXEC)
			process->executed = true;
		if (!process || event.what != PROC_EVENT_EXIT)
			continue;
		/*
		 * Threads end one by one.  If exit_group(2) or a signal ends the whole
		 * process, all have its status, so the last event counts.
		 */
		process->exited.known = true;
		process->exited.status = (int)event.event_data.exit.exit_code;
		process->exited.realtime = signals_realtime() -
					   (signals_now() - event.timestamp_ns);
	}
	/* What came may be of a thread, and the event of the last one is missing. */
	for (i = 0; dropped && i < exits->n; i++)
		exits->processes[i].exited.known = false;
	exits->lost |= dropped;
}

bool exit_watch_executed(struct exit_watch *exits, uint32_t pid)
{
	struct exit_watch_process *process;
	bool executed;

	if (!exits)
		return false;
	read_events(exits);
	process = find_exit(exits, pid);
	executed = process && process->executed;
	if (executed)
		process->executed = false;
	return executed;
}

/* A record with names of cgroups and programs, which a user chooses, begins with other words. */
uint32_t exit_watch_victim(const char *record)
{
	static const char *const begins[] = {
		"Out of memory", "Memory cgroup out of memory",
		"Out of memory (oom_kill_allocating_task)",
	};
	const char *text = strchr(record, ';');
	size_t i, len;
	uint32_t pid;

	for (i = 0; text && i < sizeof(begins) / sizeof(begins[0]); i++) {
		len = strlen(begins[i]);
		if (!strncmp(text + 1, begins[i], len) &&
		    sscanf(text + 1 + len, ": Killed process %" SCNu32 " (", &pid) == 1)
			return pid;
	}
	return 0;
}

static void read_log(struct exit_watch *exits)
{
	struct exit_watch_process *process;
	char record[KMSG_SIZE + 1];
	uint32_t pid;
	ssize_t n;

	while (exits->log >= 0) {
		n = read(exits->log, record, KMSG_SIZE);
		/* EPIPE: overwritten before it was read; the next record follows. */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			return;
		record[n] = '\0';
		pid = exit_watch_victim(record);
		process = pid ? find_exit(exits, pid) : NULL;
		if (process)
			process->exited.oom = true;
	}
}

struct exit_status exit_watch_end(struct exit_watch *exits, uint32_t pid)
{
	struct exit_status exited = { .why_not = "records do not have it" };
	struct exit_watch_process *process;
	struct process_state state;

	if (!exits)
		return exited;
	read_events(exits);
	read_log(exits);
	process = find_exit(exits, pid);
	if (process) {
		exited = process->exited;
		*process = exits->processes[--exits->n];
	}
	if (!exited.known) {
		state = process_state(pid);
		exited.known = state.has_status;
		exited.status = state.status;
		exited.why_not = !exits->events ?
			"no process events, and its parent reaped it" :
			exits->lost ? "the kernel dropped the event" :
			"no process event: not in the initial PID namespace?";
	}
	/* The log may name who had the number before. */
	exited.oom &= !exited.known || WIFSIGNALED(exited.status);
	return exited;
}

void exit_status_text(char *buf, const struct exit_status *exited)
{
	const char *name;

	if (!exited->known) {
		snprintf(buf, EXIT_STATUS_SIZE, "exit status unavailable: %s", exited->why_not);
	} else if (WIFSIGNALED(exited->status)) {
		name = sigabbrev_np(WTERMSIG(exited->status));
		snprintf(buf, EXIT_STATUS_SIZE, "killed by signal %d (%s)%s%s",
			 WTERMSIG(exited->status), name ? name : "real-time",
			 WCOREDUMP(exited->status) ? ", core dumped" : "",
			 exited->oom ? ": by the OOM killer, says the kernel log" : "");
	} else {
		snprintf(buf, EXIT_STATUS_SIZE, "exit status %d", WEXITSTATUS(exited->status));
	}
}
