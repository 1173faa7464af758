// SPDX-License-Identifier: GPL-2.0
/*
 * Process events through a filter of this kernel: what comes of the processes that are watched,
 * however many there are or were, and what does not come.  The test sends them.
 */
#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mnl-ends.h"
#include "os/exit-watch.h"
#include "tap.h"

/* Beyond those of any kernel. */
#define FIRST_PID	16777216U

/* More processes than a filter has room for. */
#define MANY		BPF_MAXINSNS

/* The kernel has dropped events behind those that wait. */
static bool has_dropped;

ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
		 socklen_t *from_len)
{
	if (has_dropped) {
		has_dropped = false;
		errno = ENOBUFS;
		return -1;
	}
	memset(from, 0, *from_len);
	return recv(fd, buf, len, flags | MSG_DONTWAIT);
}

/* @status: as in wait(2). */
static void send_event(unsigned int what, uint32_t pid, uint32_t status)
{
	const size_t head = NLMSG_HDRLEN + sizeof(struct cn_msg);
	struct proc_event event = { .what = what };
	char datagram[512] = "";

	event.event_data.exit.process_pid = pid;
	event.event_data.exit.process_tgid = pid;
	event.event_data.exit.exit_code = status;
	memcpy(datagram + head, &event, sizeof(event));
	send(ends[0], datagram, head + sizeof(event), 0);
}

/* Whether the filter lets an event through, which is read then. */
static bool comes(struct exit_watch *exits, unsigned int what, uint32_t pid)
{
	int waiting = 0;

	send_event(what, pid, 0);
	ioctl(ends[1], SIOCINQ, &waiting);
	exit_watch_executed(exits, pid);
	return waiting;
}

static bool ends_with(struct exit_watch *exits, uint32_t pid, int status)
{
	struct exit_status exited;
	char text[EXIT_STATUS_SIZE];

	send_event(PROC_EVENT_EXIT, pid, (uint32_t)status);
	exited = exit_watch_end(exits, pid);
	exit_status_text(text, &exited);
	if (exited.known && exited.status == status)
		return true;
	printf("# %u: %s\n", pid, text);
	return false;
}

/* Many one after the other. */
static void test_turns(void)
{
	struct exit_watch *exits = exit_watch_listen(NULL, 0);
	unsigned int i;

	for (i = 0; i < MANY; i++) {
		exit_watch_add(exits, FIRST_PID + i);
		if (!ends_with(exits, FIRST_PID + i, i % 256 << 8))
			break;
	}
	ok(i == MANY, "%u of %u processes that run one after the other have a status", i, MANY);
	exit_watch_add(exits, FIRST_PID);
	ok(comes(exits, PROC_EVENT_EXIT, FIRST_PID), "the event of one that runs comes");
	ok(!comes(exits, PROC_EVENT_EXIT, FIRST_PID + 1), "none comes of one that has ended");
	exit_watch_free(exits);
}

/* Many at once. */
static void test_crowd(void)
{
	struct exit_watch *exits = exit_watch_listen(NULL, 0);
	unsigned int i;

	for (i = 0; i < MANY; i++)
		exit_watch_add(exits, FIRST_PID + i);
	ok(!comes(exits, PROC_EVENT_FORK, FIRST_PID), "no fork comes");
	ok(comes(exits, PROC_EVENT_EXEC, FIRST_PID), "but exec does");
	for (i = 0; i < MANY; i++)
		if (!ends_with(exits, FIRST_PID + i, i % 256 << 8))
			break;
	ok(i == MANY, "%u of %u processes that run at once have a status", i, MANY);
	exit_watch_add(exits, FIRST_PID);
	ok(!comes(exits, PROC_EVENT_EXIT, FIRST_PID + 1), "then none comes of another one");
	exit_watch_free(exits);
}

/* A thread of a server has ended well, and what ended the server was dropped. */
static void test_dropped(void)
{
	struct exit_watch *exits = exit_watch_listen(NULL, 0);
	struct exit_status exited;

	exit_watch_add(exits, FIRST_PID);
	send_event(PROC_EVENT_EXIT, FIRST_PID, 0);
	has_dropped = true;
	exited = exit_watch_end(exits, FIRST_PID);
	ok(!exited.known && !strcmp(exited.why_not, "the kernel dropped the event"),
	   "a dropped event: unknown, not the status of a thread");
	exit_watch_free(exits);
}

#define WHO_ASKED	"3,8,5,-;Out of memory (oom_kill_allocating_task): Killed process 7 (a) x"
#define IN_CGROUP	"6,8,5,-;oom-kill:oom_memcg=/Out of memory: Killed process 4711 (,pid=12"

static void test_victims(void)
{
	ok(exit_watch_victim("3,8,5,-;Out of memory: Killed process 4711 (leaky) x") == 4711,
	   "a victim of the machine");
	ok(exit_watch_victim("3,8,5,-;Memory cgroup out of memory: Killed process 12 (a) x") == 12,
	   "a victim of a cgroup");
	ok(exit_watch_victim(WHO_ASKED) == 7, "one that asked for the memory");
	ok(!exit_watch_victim(IN_CGROUP), "no victim is named by the name of a cgroup");
	ok(!exit_watch_victim("6,811,5168,-;python: Out of memory: Killed process 4711 (x)") &&
	   !exit_watch_victim("Out of memory: Killed process 4711 (x)"),
	   "nor by another program");
}

int main(void)
{
	if (!connect_ends())
		return 1;
	test_dropped();
	test_victims();
	test_turns();
	test_crowd();
	return tap_done();
}
