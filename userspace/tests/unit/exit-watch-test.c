// SPDX-License-Identifier: GPL-2.0
/*
 * Process events through a filter of this kernel: what comes of the processes that are watched,
 * however many there are or were, and what does not come.  The test sends them.
 */
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

ssize_t recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *from,
		 socklen_t *from_len)
{
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

int main(void)
{
	if (!connect_ends())
		return 1;
	test_turns();
	test_crowd();
	return tap_done();
}
