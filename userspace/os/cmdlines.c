// SPDX-License-Identifier: GPL-2.0
/* Command lines, read so that a stuck process does not block the reader. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "os/cmdlines.h"
#include "os/process.h"

/* Waits for one command line @patience times. */
#define PATIENCE_MS	50
/* Several short waits: on busy CPUs they last longer, as the reading does. */
static unsigned int patience = 10;

/* After so many timeouts the rest is skipped. */
#define STUCK_MAX	5

void cmdlines_patience(unsigned int times)
{
	patience = times;
}

/**
 * struct cmdline_of - the process whose command line is read
 * @pid: process; 0: read none
 * @start: as in struct task; 0: unknown.  It detects that another process has
 *	the PID now
 */
struct cmdline_of {
	uint32_t pid;
	uint64_t start;
};

/**
 * struct reading - the command lines that one thread reads; it owns them
 * @socket: where it sends each; its other end is closed: the rest is not wanted
 * @buf: the one being sent
 * @of: @n processes
 */
struct reading {
	int socket;
	char buf[CMDLINE_MAX + 1];
	size_t n;
	struct cmdline_of of[];
};

/* Reads into @buf of CMDLINE_MAX + 1 bytes; "": there is none. */
static void read_one(const struct cmdline_of *of, char *buf)
{
	size_t len, i;

	len = of->pid ? process_read(of->pid, "cmdline", buf, CMDLINE_MAX + 1) : 0;
	/* Processes that write a title there leave padding behind it. */
	while (len && (!buf[len - 1] || buf[len - 1] == ' '))
		len--;
	buf[len] = '\0';
	for (i = 0; i < len; i++)
		if (!buf[i])
			buf[i] = ' ';
	if (len && !process_is_same(of->pid, of->start))
		*buf = '\0';
}

static void *read_each(void *arg)
{
	struct reading *reading = arg;
	size_t i;

	for (i = 0; i < reading->n; i++) {
		read_one(&reading->of[i], reading->buf);
		if (send(reading->socket, reading->buf, strlen(reading->buf) + 1,
			 MSG_NOSIGNAL) < 0)
			break;
	}
	close(reading->socket);
	free(reading);
	return NULL;
}

/* Starts a thread that reads @n command lines; returns where they come from, or -1. */
static int start_reading(const struct cmdline_of *of, size_t n)
{
	struct reading *reading;
	pthread_t thread;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -1;
	reading = xcalloc(1, sizeof(*reading) + n * sizeof(*of));
	reading->socket = pair[1];
	reading->n = n;
	memcpy(reading->of, of, n * sizeof(*of));
	if (!signals_thread(&thread, 0, read_each, reading)) {
		pthread_detach(thread);
		return pair[0];
	}
	free(reading);
	close(pair[0]);
	close(pair[1]);
	return -1;
}

/* Lets a thread read those from @first on, up to one that does not come in time. */
static size_t read_some(struct snapshot *snap, const struct cmdline_of *of, size_t first)
{
	struct pollfd wait = {
		.fd = start_reading(of + first, snap->n_tasks - first), .events = POLLIN };
	static char text[CMDLINE_MAX + 1];
	unsigned int tries = 0;
	size_t i = first;

	while (wait.fd >= 0 && i < snap->n_tasks && tries < patience) {
		if (TEMP_FAILURE_RETRY(poll(&wait, 1, PATIENCE_MS)) <= 0) {
			tries++;
			continue;
		}
		if (recv(wait.fd, text, sizeof(text), 0) <= 0)
			break;
		if (*text)
			snap->tasks[i].cmdline = snapshot_text(snap, text, strlen(text));
		i++;
		tries = 0;
	}
	if (wait.fd >= 0)
		close(wait.fd);
	return i;
}

/* None if its PID is unknown or its mmap_lock was busy. */
static struct cmdline_of cmdline_of_task(const struct task *task)
{
	struct cmdline_of of = { 0 };

	if (!KNOWN(task, MEMCENSUS_TASK_PID) ||
	    (KNOWN(task, MEMCENSUS_TASK_STATE) && task->state == MEMCENSUS_STATE_BUSY))
		return of;
	of.pid = (uint32_t)task->pid;
	if (KNOWN(task, MEMCENSUS_TASK_START_NS))
		of.start = task->start;
	return of;
}

size_t cmdlines_add(struct snapshot *snap)
{
	struct cmdline_of *of = xcalloc(snap->n_tasks, sizeof(*of));
	size_t i, stuck = 0;

	for (i = 0; i < snap->n_tasks; i++)
		of[i] = cmdline_of_task(&snap->tasks[i]);
	/* The one that blocks is skipped. */
	for (i = 0; i < snap->n_tasks && stuck < STUCK_MAX; i++) {
		i = read_some(snap, of, i);
		stuck += i < snap->n_tasks;
	}
	for (; i < snap->n_tasks; i++)
		stuck += !!of[i].pid;
	free(of);
	return stuck;
}
