// SPDX-License-Identifier: GPL-2.0
/* Triggers of pressure stall information. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "os/cgroup-processes.h"
#include "os/procfs.h"
#include "tools/record/pressure.h"

/* How often to look for a cgroup that was removed, ns. */
#define AGAIN	(5 * NSEC_PER_SEC)

/**
 * struct pressure - a trigger
 * @fd: of the file that has it; closing it removes the trigger; -1: the cgroup is gone
 * @path: of that file, for messages; owned
 * @cgroup: it is of a cgroup
 */
struct pressure {
	int fd;
	char *path;
	bool cgroup;
};

static int explain(const struct pressure *p, int error, struct failure *why)
{
	if (error == EPERM || error == EACCES)
		return fail(why, FAIL_PRIVILEGE,
			    "cannot wait for pressure in '%.200s': permission denied: run as root (CAP_SYS_RESOURCE)",
			    p->path);
	if (error == EROFS)
		return fail(why, FAIL_PRIVILEGE,
			    "cannot wait for pressure in '%.200s': it is mounted read-only here",
			    p->path);
	if (p->cgroup && error == ENOENT)
		return fail(why, FAIL_SYSTEM,
			    "no '%.200s': pressure of cgroups needs cgroup v2 and a kernel with CONFIG_PSI, started without psi=0 (or cgroup.pressure is 0)",
			    p->path);
	if (error == ENOENT || error == EOPNOTSUPP)
		return fail(why, FAIL_SYSTEM,
			    "no pressure in '%.200s': this kernel has no CONFIG_PSI, or it is off: start it with psi=1, or record at an INTERVAL without '--on-pressure'",
			    p->path);
	return fail(why, FAIL_SYSTEM, "cannot wait for pressure in '%.200s': %s", p->path,
		    strerror(error));
}

/* Returns 0 or an error number. */
static int set_trigger(struct pressure *p)
{
	char trigger[64];
	int error = 0;

	/* Without O_RDWR there is no trigger; a process without rights may only use 2 s. */
	p->fd = open(p->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (p->fd < 0)
		return errno;
	snprintf(trigger, sizeof(trigger), "some %" PRIu64 " %" PRIu64, PRESSURE_STALL / 1000,
		 PRESSURE_WINDOW / 1000);
	if (write(p->fd, trigger, strlen(trigger) + 1) < 0)
		error = errno;
	if (!error)
		return 0;
	close(p->fd);
	p->fd = -1;
	return error;
}

struct pressure *pressure_open(const char *path, struct failure *why)
{
	struct pressure *p = xcalloc(1, sizeof(*p));
	int error;

	p->fd = -1;
	p->cgroup = path && *path;
	p->path = p->cgroup ? cgroup_file(path, "memory.pressure") :
			      procfs_path("pressure/memory");
	if (!p->path) {
		fail(why, FAIL_SYSTEM,
		     "no cgroup '%.200s' in the default hierarchy: pressure of cgroups needs cgroup v2",
		     path);
		pressure_close(p);
		return NULL;
	}
	error = set_trigger(p);
	if (!error)
		return p;
	explain(p, error, why);
	pressure_close(p);
	return NULL;
}

void pressure_close(struct pressure *p)
{
	if (p->fd >= 0)
		close(p->fd);
	free(p->path);
	free(p);
}

enum pressure_status pressure_wait(struct pressure *p, uint64_t moment)
{
	struct pollfd poll = { .fd = p->fd, .events = POLLPRI };
	uint64_t until = moment, now;

	do {
		now = signals_now();
		if (p->fd < 0) {
			set_trigger(p);
			poll.fd = p->fd;
			until = p->fd < 0 && now + AGAIN < moment ? now + AGAIN : moment;
		}
		poll.revents = 0;
		if (!signals_poll_until(&poll, until))
			return PRESSURE_STOPPED;
		if (poll.revents & POLLPRI && !(poll.revents & POLLERR))
			return PRESSURE_FIRED;
		if (poll.revents) {
			fprintf(stderr, "memcensus: '%s' is gone: looking for it again\n", p->path);
			close(p->fd);
			p->fd = -1;
			poll.fd = -1;
		}
	} while (signals_now() < moment);
	return PRESSURE_QUIET;
}
