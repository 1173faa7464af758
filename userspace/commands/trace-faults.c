// SPDX-License-Identifier: GPL-2.0
/* Page faults of traced processes, by the kernel's performance events. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "commands/trace-faults.h"

#ifndef PERF_FORMAT_LOST
#define PERF_FORMAT_LOST	0x10
#endif

/* Minor and major faults have buffers of their own: a record does not say which it is. */
enum { MINOR, MAJOR, KINDS };

/* Pages of a buffer, a power of two, of each CPU. */
static const size_t pages[KINDS] = { 256, 8 };

/* The records: a thread and a time. */
struct record {
	struct perf_event_header header;
	uint32_t pid;
	uint32_t tid;
	uint64_t time;
};

/**
 * struct trace_faults - open events
 * @fds: of all events; owned
 * @n: their number
 * @cpus: their number
 * @rings: of each CPU, by kind; owned.  NULL: the CPU is not online
 * @outputs: the event that has the ring
 * @inherit: events follow what threads fork
 * @on_exec: events begin at exec
 */
struct trace_faults {
	int *fds;
	size_t n;
	size_t cpus;
	struct perf_event_mmap_page *(*rings)[KINDS];
	int (*outputs)[KINDS];
	bool inherit;
	bool on_exec;
};

static int refused(struct failure *why, int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return fail(why, FAIL_PRIVILEGE,
			    "page faults are unknown: the kernel refuses performance events: run as root with CAP_PERFMON; /proc/sys/kernel/perf_event_paranoid or a lockdown may forbid them");
	case ENOENT:
	case ENOSYS:
	case EOPNOTSUPP:
		return fail(why, FAIL_SYSTEM,
			    "page faults are unknown: this kernel has no software performance events (CONFIG_PERF_EVENTS)");
	case EMFILE:
		return fail(why, FAIL_SYSTEM,
			    "page faults are unknown: an event for each thread and CPU needs more open files than this process may have: raise the limit (ulimit -Hn), or trace fewer processes");
	default:
		return fail(why, FAIL_SYSTEM, "page faults are unknown: perf_event_open: %s",
			    strerror(error));
	}
}

static size_t ring_bytes(int kind)
{
	return (pages[kind] + 1) * (size_t)sysconf(_SC_PAGESIZE);
}

static int open_event(const struct trace_faults *faults, int kind, int pid, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = kind == MAJOR ? PERF_COUNT_SW_PAGE_FAULTS_MAJ :
					  PERF_COUNT_SW_PAGE_FAULTS_MIN,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.read_format = PERF_FORMAT_LOST,
		.inherit = faults->inherit,
		.disabled = faults->on_exec,
		.enable_on_exec = faults->on_exec,
		.watermark = 1,
		.wakeup_watermark = ring_bytes(kind) / 2,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};

	return syscall(SYS_perf_event_open, &attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int keep(struct trace_faults *faults, int fd, size_t cpu, int kind)
{
	int *fds = reallocarray(faults->fds, faults->n + 1, sizeof(*fds));
	void *ring;

	if (!fds) {
		close(fd);
		errno = ENOMEM;
		return errno;
	}
	faults->fds = fds;
	fds[faults->n++] = fd;
	if (faults->rings[cpu][kind])
		return ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, faults->outputs[cpu][kind]) ?
		       errno : 0;
	ring = mmap(NULL, ring_bytes(kind), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring == MAP_FAILED)
		return errno;
	faults->rings[cpu][kind] = ring;
	faults->outputs[cpu][kind] = fd;
	return 0;
}

/* One task, or all (-1); returns an error number. */
static int open_all(struct trace_faults *faults, int pid)
{
	int kind, fd, error;
	size_t cpu;

	for (cpu = 0; cpu < faults->cpus; cpu++) {
		for (kind = 0; kind < KINDS; kind++) {
			fd = open_event(faults, kind, pid, cpu);
			/* A CPU that is offline, or a thread that has ended. */
			if (fd < 0 && (errno == ENODEV || errno == ESRCH))
				continue;
			if (fd < 0)
				return errno;
			error = keep(faults, fd, cpu, kind);
			if (error)
				return error;
		}
	}
	return 0;
}

/* An event takes a file for each thread and CPU. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

struct trace_faults *trace_faults_new(const struct trace_faults_of *of, struct failure *why)
{
	struct trace_faults *faults = calloc(1, sizeof(*faults));
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	int error;

	if (!faults)
		goto memory;
	faults->rings = calloc(cpus, sizeof(*faults->rings));
	faults->outputs = calloc(cpus, sizeof(*faults->outputs));
	if (!faults->rings || !faults->outputs)
		goto memory;
	raise_limit();
	faults->cpus = cpus;
	faults->inherit = of->tids;
	faults->on_exec = of->on_exec;
	if (of->tids) {
		if (!trace_faults_follow(faults, of->tids, of->n, why))
			return faults;
		trace_faults_free(faults);
		return NULL;
	}
	error = open_all(faults, -1);
	if (!error)
		return faults;
	trace_faults_free(faults);
	refused(why, error);
	return NULL;
memory:
	trace_faults_free(faults);
	fail_memory(why);
	return NULL;
}

int trace_faults_follow(struct trace_faults *faults, const uint32_t *tids, size_t n,
			struct failure *why)
{
	size_t i;
	int error;

	for (i = 0; i < n; i++) {
		error = open_all(faults, (int)tids[i]);
		if (error)
			return refused(why, error);
	}
	return 0;
}

/* Copies @size bytes at @at out of the ring, which they may wrap around. */
static void copy(const char *data, size_t bytes, uint64_t at, void *to, size_t size)
{
	size_t from = at % bytes, first = size < bytes - from ? size : bytes - from;

	memcpy(to, data + from, first);
	memcpy((char *)to + first, data, size - first);
}

static int read_ring(struct perf_event_mmap_page *ring, int kind, trace_see *see,
		     void *context, uint64_t *n)
{
	const size_t bytes = ring_bytes(kind) - (size_t)sysconf(_SC_PAGESIZE);
	const char *data = (const char *)ring + sysconf(_SC_PAGESIZE);
	uint64_t head = __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = ring->data_tail;
	struct trace_event event = { .what = TRACE_FAULT };
	struct record record;
	int ret = 0;

	while (!ret && tail < head) {
		copy(data, bytes, tail, &record.header, sizeof(record.header));
		if (record.header.size < sizeof(record.header) ||
		    record.header.size > head - tail)
			break;
		if (record.header.type == PERF_RECORD_SAMPLE &&
		    record.header.size >= sizeof(record)) {
			copy(data, bytes, tail, &record, sizeof(record));
			event.time = record.time;
			event.tid = record.tid;
			event.args[0] = record.pid;
			event.args[1] = kind == MAJOR;
			ret = see(context, &event);
			++*n;
		}
		tail += record.header.size;
	}
	__atomic_store_n(&ring->data_tail, tail, __ATOMIC_RELEASE);
	return ret;
}

int trace_faults_read(struct trace_faults *faults, trace_see *see, void *context,
		      uint64_t *n, struct failure *why)
{
	size_t cpu;
	int kind;

	for (cpu = 0; cpu < faults->cpus; cpu++)
		for (kind = 0; kind < KINDS; kind++)
			if (faults->rings[cpu][kind] &&
			    read_ring(faults->rings[cpu][kind], kind, see, context, n))
				return fail_memory(why);
	return 0;
}

size_t trace_faults_poll(const struct trace_faults *faults, struct pollfd *fds, size_t max)
{
	size_t cpu, n = 0;
	int kind;

	for (cpu = 0; cpu < faults->cpus; cpu++)
		for (kind = 0; kind < KINDS; kind++)
			if (faults->rings[cpu][kind] && n < max)
				fds[n++] = (struct pollfd){ faults->outputs[cpu][kind], POLLIN, 0 };
	return n;
}

void trace_faults_stop(struct trace_faults *faults)
{
	size_t i;

	for (i = 0; i < faults->n; i++)
		ioctl(faults->fds[i], PERF_EVENT_IOC_DISABLE, 0);
}

bool trace_faults_lost(const struct trace_faults *faults, uint64_t *lost)
{
	struct {
		uint64_t value;
		uint64_t lost;
	} count;
	size_t i;

	for (i = 0; i < faults->n; i++) {
		if (read(faults->fds[i], &count, sizeof(count)) != sizeof(count))
			return false;
		*lost += count.lost;
	}
	return true;
}

void trace_faults_free(struct trace_faults *faults)
{
	size_t i;
	int kind;

	if (!faults)
		return;
	for (i = 0; i < faults->n; i++)
		close(faults->fds[i]);
	for (i = 0; i < faults->cpus; i++)
		for (kind = 0; kind < KINDS; kind++)
			if (faults->rings[i][kind])
				munmap(faults->rings[i][kind], ring_bytes(kind));
	free(faults->fds);
	free(faults->rings);
	free(faults->outputs);
	free(faults);
}
