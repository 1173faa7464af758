// SPDX-License-Identifier: GPL-2.0
/* To which NUMA nodes a memory policy binds processes. */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/signals.h"
#include "lib/text.h"
#include "os/numa-policy.h"
#include "os/procfs.h"

/* For all processes together. */
#define TIME_MOST	NSEC_PER_SEC

/*
 * Bytes of a read: the kernel walks as many mappings as fill it, and no line of numa_maps is
 * shorter than an address and a policy.
 */
#define STEP	16

bool numa_nodes_parse(const char *text, uint64_t *nodes)
{
	return text_list(text, nodes, 1) && *nodes;
}

/* ADDRESS POLICY[=FLAGS][:NODES] ... */
void numa_policy_parse(struct numa_policy *policy, const char *line)
{
	static const char bind[] = "bind";
	const char *at = strchr(line, ' '), *end;

	policy->known = false;
	policy->bound = false;
	if (!at)
		return;
	at++;
	end = at + strcspn(at, "\n ");
	policy->known = end > at;
	if (strncmp(at, bind, strlen(bind)) || !strchr("=:\n ", at[strlen(bind)]))
		return;
	at = memchr(at, ':', (size_t)(end - at));
	policy->bound = at && numa_nodes_parse(at + 1, &policy->nodes);
	policy->known = policy->bound;
}

/* In the child. */
static void read_policy(struct numa_policy *policy)
{
	char path[32], line[512], *name;
	size_t n = 0;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%" PRIu32 "/numa_maps", policy->pid);
	name = procfs_path(path);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	free(name);
	while (fd >= 0 && n + STEP < sizeof(line) && (got = read(fd, line + n, STEP)) > 0) {
		n += (size_t)got;
		if (memchr(line + n - got, '\n', (size_t)got))
			break;
	}
	if (fd >= 0)
		close(fd);
	line[n] = '\0';
	numa_policy_parse(policy, line);
}

_Noreturn static void read_all(struct numa_policy *v, size_t n, int to)
{
	size_t i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < n; i++) {
		read_policy(&v[i]);
		if (write(to, &v[i], sizeof(v[i])) != (ssize_t)sizeof(v[i]))
			break;
	}
	_exit(0);
}

/* Takes what the child says, in time; whole records, as these are smaller than PIPE_BUF. */
static void take_all(struct numa_policy *v, size_t n, int from)
{
	const uint64_t end = signals_now() + TIME_MOST;
	struct pollfd ready = { .fd = from, .events = POLLIN };
	struct numa_policy one;
	uint64_t now;
	size_t i;

	for (i = 0; i < n; i++) {
		now = signals_now();
		if (now >= end || poll(&ready, 1, (int)((end - now) / 1000000) + 1) <= 0 ||
		    read(from, &one, sizeof(one)) != (ssize_t)sizeof(one))
			break;
		v[i] = one;
	}
}

void numa_policies_read(struct numa_policy *v, size_t n)
{
	int ends[2];
	size_t i;
	pid_t pid;

	for (i = 0; i < n; i++)
		v[i] = (struct numa_policy){ .pid = v[i].pid };
	if (!n || pipe2(ends, O_CLOEXEC))
		return;
	pid = fork();
	if (!pid)
		read_all(v, n, ends[1]);
	close(ends[1]);
	if (pid > 0) {
		take_all(v, n, ends[0]);
		/* One that the kernel does not let go yet is reaped by whoever is there then. */
		kill(pid, SIGKILL);
		waitpid(pid, NULL, WNOHANG);
	}
	close(ends[0]);
}
