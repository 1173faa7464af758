// SPDX-License-Identifier: GPL-2.0
/* Instances of the kernel's trace buffer. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <tracefs.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/process.h"
#include "tools/trace/instance.h"

/* Instances are named memcensus-PID-START-NAME. */
#define PREFIX		"memcensus-"
#define NAME_SIZE	96
/* How often the guard tries to remove an instance, 10 ms apart. */
#define TRIES		1000

/**
 * struct trace_instance - an instance
 * @instance: owned
 * @formats: how its records are decoded; owned
 * @kinds, @n_kinds: those that it records
 * @fds, @n_fds: a file for each CPU; -1: none.  Owned
 * @page: a page of the buffer; owned
 */
struct trace_instance {
	struct tracefs_instance *instance;
	struct trace_formats *formats;
	const struct trace_kind *kinds[TRACE_KINDS_MAX];
	size_t n_kinds;
	int *fds;
	size_t n_fds;
	void *page;
};

static const char *root;

/* The guard, and the pipe that tells it that this process ended. */
static pid_t guard;
static int guard_pipe = -1;

void trace_instance_root(const char *dir)
{
	root = dir;
}

/* Says why tracefs cannot be used. */
static int refused(struct failure *why, const char *what, int error)
{
	char lockdown[128];

	if (error == EACCES && geteuid())
		return fail(why, FAIL_PRIVILEGE, "%s: %s: run as root (sudo)", what,
			    strerror(error));
	/* A locked down kernel has an empty tracefs, or refuses to open its files. */
	if (text_line("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown)) &&
	    strstr(lockdown, "[confidentiality]"))
		return fail(why, FAIL_PRIVILEGE,
			    "%s: the kernel is locked down for confidentiality, which forbids tracing: boot with lockdown=integrity or none",
			    what);
	if (error == EPERM || error == EACCES)
		return fail(why, FAIL_PRIVILEGE,
			    "%s: %s: tracing needs root in the first namespaces (CAP_SYS_ADMIN)",
			    what, strerror(error));
	return fail(why, FAIL_SYSTEM, "%s: %s%s", what, strerror(error), error != ENOENT ? "" :
		    ": the kernel needs CONFIG_FTRACE, and no lockdown=confidentiality");
}

static const char *find_root(struct failure *why)
{
	const char *dir = root ? root : tracefs_tracing_dir();
	char path[256];

	if (!dir || access(dir, F_OK)) {
		fail(why, FAIL_SYSTEM,
		     "no tracefs at /sys/kernel/tracing: mount -t tracefs none /sys/kernel/tracing; the kernel needs CONFIG_FTRACE");
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/instances", dir);
	if (access(path, X_OK | W_OK)) {
		refused(why, "cannot use the instances of tracefs", errno);
		return NULL;
	}
	return dir;
}

/* Is it of a run of this program that has ended?  Another namespace's PID is none. */
static bool is_stale(const char *name)
{
	unsigned long long start;
	unsigned int pid;
	int used = 0;

	if (sscanf(name, PREFIX "%u-%llu-%n", &pid, &start, &used) != 2 || !used)
		return false;
	return process_state(pid).start != start;
}

static void own_name(char *buf, const char *name)
{
	uint32_t pid = process_own();

	snprintf(buf, NAME_SIZE, PREFIX "%u-%" PRIu64 "-%s", pid, process_state(pid).start, name);
}

/**
 * struct sweep - which instances are removed
 * @dir: the directory of tracefs
 * @prefix: those of this run, by their names; "": those of runs that have ended
 * @left: some could not be removed
 */
struct sweep {
	const char *dir;
	char prefix[NAME_SIZE];
	bool left;
};

/* Gets the names of all instances. */
static int sweep_one(const char *name, void *context)
{
	struct sweep *sweep = context;
	char path[512];

	if (*sweep->prefix ? !!strncmp(name, sweep->prefix, strlen(sweep->prefix)) :
			     !is_stale(name))
		return 0;
	snprintf(path, sizeof(path), "%s/instances/%s", sweep->dir, name);
	sweep->left |= rmdir(path) != 0;
	return 0;
}

/* The guard: waits until the pipe has no writer, then removes what is left. */
__attribute__((noreturn))
static void guard_run(struct sweep *sweep, int fd)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	char byte;
	int tries;

	/* What ends the reader must not end its guard first. */
	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "memcensus-guard");
	/* Nobody waits for the output of a guard. */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	TEMP_FAILURE_RETRY(read(fd, &byte, 1));
	/* The files of a killed reader may be closed after its pipe. */
	for (tries = 0; tries < TRIES; tries++) {
		sweep->left = false;
		tracefs_instances_walk(sweep_one, sweep);
		if (!sweep->left)
			break;
		nanosleep(&pause, NULL);
	}
	_exit(0);
}

int trace_guard_start(struct failure *why)
{
	const char *dir = find_root(why);
	struct sweep sweep = { .dir = dir };
	int fds[2];

	if (!dir)
		return -1;
	tracefs_instances_walk(sweep_one, &sweep);
	own_name(sweep.prefix, "");
	if (pipe2(fds, O_CLOEXEC))
		return fail(why, FAIL_SYSTEM, "cannot make a pipe: %s", strerror(errno));
	guard = fork();
	if (guard < 0) {
		close(fds[0]);
		close(fds[1]);
		return fail(why, FAIL_SYSTEM, "cannot start a process: %s", strerror(errno));
	}
	if (!guard) {
		close(fds[1]);
		guard_run(&sweep, fds[0]);
	}
	close(fds[0]);
	guard_pipe = fds[1];
	return 0;
}

void trace_guard_end(void)
{
	if (guard_pipe < 0)
		return;
	close(guard_pipe);
	guard_pipe = -1;
	TEMP_FAILURE_RETRY(waitpid(guard, NULL, 0));
}

/* Writes @text to @file; @what fails, for the message; NULL: to write it. */
static int write_file(struct trace_instance *instance, const char *file, const char *text,
		      const char *what, struct failure *why)
{
	char how[128];

	errno = 0;
	if (tracefs_instance_file_append(instance->instance, file, text) >= 0)
		return 0;
	snprintf(how, sizeof(how), "cannot write '%.40s' to '%.40s' of tracefs", text, file);
	return refused(why, what ? what : how, errno ? errno : EIO);
}

static int open_buffers(struct trace_instance *instance, struct failure *why)
{
	const size_t cpus = (size_t)sysconf(_SC_NPROCESSORS_CONF);
	char file[64];
	int fd;

	instance->fds = xcalloc(cpus, sizeof(*instance->fds));
	while (instance->n_fds < cpus) {
		snprintf(file, sizeof(file), "per_cpu/cpu%zu/trace_pipe_raw", instance->n_fds);
		errno = 0;
		fd = tracefs_instance_file_open(instance->instance, file,
						O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		/* A CPU that was never online has no file. */
		if (fd < 0 && errno != ENOENT && errno != ENXIO)
			return refused(why, "cannot read the trace buffer", errno);
		instance->fds[instance->n_fds++] = fd;
	}
	return 0;
}

static int add_kind(struct trace_instance *instance, const struct trace_kind *kind,
		    const char **missing, struct failure *why)
{
	char *text;
	int n = 0, ret;

	text = tracefs_event_file_read(NULL, kind->system, kind->name, "format", &n);
	if (text)
		ret = trace_formats_add(instance->formats, kind, text, n, why);
	else
		ret = fail(why, FAIL_SYSTEM,
			   "this kernel has no event %s:%s: it needs CONFIG_FTRACE_SYSCALLS and CONFIG_EVENT_TRACING",
			   kind->system, kind->name);
	free(text);
	if (!ret)
		instance->kinds[instance->n_kinds++] = kind;
	else if (!kind->targets)
		*missing = kind->name;
	return kind->targets ? ret : 0;
}

/* Sets it up and learns the formats of its events. */
static int prepare(struct trace_instance *instance, bool targets, uint64_t kib,
		   const char **missing, struct failure *why)
{
	char *page, size[24];
	size_t i;
	int n = 0;

	page = tracefs_instance_file_read(NULL, "events/header_page", &n);
	instance->formats = trace_formats_new(page, page && n > 0 ? n : 0);
	free(page);
	instance->page = xcalloc(trace_formats_page(instance->formats), 1);
	snprintf(size, sizeof(size), "%" PRIu64, kib);
	if (write_file(instance, "buffer_size_kb", size, NULL, why) ||
	    write_file(instance, "trace_clock", "mono", NULL, why) ||
	    open_buffers(instance, why))
		return -1;
	for (i = 0; i < trace_n_kinds; i++)
		if (trace_kinds[i].targets == targets &&
		    add_kind(instance, &trace_kinds[i], missing, why))
			return -1;
	return 0;
}

struct trace_instance *trace_instance_new(bool targets, uint64_t kib, const char **missing,
					  struct failure *why)
{
	struct trace_instance *instance = xcalloc(1, sizeof(*instance));
	char own[NAME_SIZE];

	own_name(own, targets ? "calls" : "system");
	errno = 0;
	instance->instance = tracefs_instance_create(own);
	if (!instance->instance)
		refused(why, "cannot make an instance of tracefs", errno ? errno : EIO);
	else if (!prepare(instance, targets, kib, missing, why))
		return instance;
	trace_instance_end(instance);
	return NULL;
}

void trace_instance_end(struct trace_instance *instance)
{
	size_t i;

	if (!instance)
		return;
	for (i = 0; i < instance->n_fds; i++)
		if (instance->fds[i] >= 0)
			close(instance->fds[i]);
	/* It is the guard's if it cannot be removed now. */
	if (instance->instance)
		tracefs_instance_destroy(instance->instance);
	tracefs_instance_free(instance->instance);
	trace_formats_free(instance->formats);
	free(instance->fds);
	free(instance->page);
	free(instance);
}

static int write_pid(struct trace_instance *instance, const char *file, uint32_t tid,
		     struct failure *why)
{
	char text[24], what[80];

	snprintf(text, sizeof(text), "%" PRIu32 " ", tid);
	snprintf(what, sizeof(what), "cannot trace thread %" PRIu32, tid);
	return write_file(instance, file, text, what, why);
}

int trace_instance_follow(struct trace_instance *instance, const uint64_t *tids, size_t n,
			  struct failure *why)
{
	size_t i;

	/* Before the first thread, or what it forks now would be missed. */
	if (write_file(instance, "options/event-fork", "1", NULL, why))
		return -1;
	for (i = 0; i < n; i++)
		if (write_pid(instance, "set_event_pid", tids[i], why))
			return -1;
	return 0;
}

int trace_instance_exclude(struct trace_instance *instance, uint32_t tid, struct failure *why)
{
	return write_pid(instance, "set_event_notrace_pid", tid, why);
}

int trace_instance_record(struct trace_instance *instance, struct failure *why)
{
	const struct trace_kind *kind;
	char file[128];
	size_t i;

	for (i = 0; i < instance->n_kinds; i++) {
		kind = instance->kinds[i];
		snprintf(file, sizeof(file), "events/%s/%s/enable", kind->system, kind->name);
		if (write_file(instance, file, "1", NULL, why))
			return -1;
	}
	return 0;
}

void trace_instance_stop(struct trace_instance *instance)
{
	tracefs_trace_off(instance->instance);
}

int trace_instance_read(struct trace_instance *instance, size_t pages, trace_see *see,
			void *context, uint64_t *until, uint64_t *n, struct failure *why)
{
	const size_t size = trace_formats_page(instance->formats);
	uint64_t last;
	size_t i, page;
	ssize_t got;

	for (i = 0; i < instance->n_fds; i++) {
		last = 0;
		got = 0;
		for (page = 0; instance->fds[i] >= 0 && page < pages; page++) {
			got = read(instance->fds[i], instance->page, size);
			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				break;
			*n += trace_formats_each(instance->formats, instance->page, see, context,
						 &last);
		}
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return refused(why, "cannot read the trace buffer", errno);
		if (page == pages && last && last < *until)
			*until = last;
	}
	return 0;
}

size_t trace_instance_poll(const struct trace_instance *instance, struct pollfd *fds, size_t max)
{
	size_t i, n = 0;

	for (i = 0; i < instance->n_fds; i++)
		if (instance->fds[i] >= 0 && n < max)
			fds[n++] = (struct pollfd){ instance->fds[i], POLLIN, 0 };
	return n;
}

bool trace_instance_lost(struct trace_instance *instance, uint64_t *lost)
{
	static const char *const keys[] = { "overrun:", "commit overrun:", "dropped events:" };
	char file[64], *text;
	const char *value;
	size_t cpu, i, found, wanted = 0;

	for (cpu = found = 0; cpu < instance->n_fds; cpu++) {
		if (instance->fds[cpu] < 0)
			continue;
		wanted += 3;
		snprintf(file, sizeof(file), "per_cpu/cpu%zu/stats", cpu);
		text = tracefs_instance_file_read(instance->instance, file, NULL);
		for (i = 0; text && i < 3; i++) {
			value = text_value(text, keys[i]);
			*lost += value ? strtoull(value, NULL, 10) : 0;
			found += !!value;
		}
		free(text);
	}
	return found == wanted;
}
