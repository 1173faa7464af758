// SPDX-License-Identifier: GPL-2.0
/* Page faults of traced processes, by the kernel's performance events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "host/perf.h"
#include "host/trace-faults.h"
#include "lib/memory.h"

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
 * @files: all of them; owned
 * @rings, @n: KINDS of each CPU; owned.  Not mapped: the CPU is not online
 * @inherit: events follow what threads fork
 * @on_exec: events begin at exec
 */
struct trace_faults {
	struct perf_files files;
	struct perf_ring *rings;
	size_t n;
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
	return pages[kind] * (size_t)sysconf(_SC_PAGESIZE);
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

	return perf_open(&attr, pid, cpu);
}

/* One task, or all (-1); returns an error number. */
static int open_all(struct trace_faults *faults, int pid)
{
	size_t i;
	int fd;

	for (i = 0; i < faults->n; i++) {
		fd = open_event(faults, i % KINDS, pid, (int)(i / KINDS));
		/* A CPU that is offline, or a thread that has ended. */
		if (fd < 0 && (errno == ENODEV || errno == ESRCH))
			continue;
		if (fd < 0)
			return errno;
		perf_files_add(&faults->files, fd);
		if (perf_ring_add(&faults->rings[i], fd, ring_bytes(i % KINDS)))
			return errno;
	}
	return 0;
}

struct trace_faults *trace_faults_new(const struct ids *tids, bool on_exec, struct failure *why)
{
	struct trace_faults *faults = xcalloc(1, sizeof(*faults));
	const uint32_t all = UINT32_MAX;

	perf_raise_limit();
	faults->n = KINDS * (size_t)sysconf(_SC_NPROCESSORS_CONF);
	faults->rings = xcalloc(faults->n, sizeof(*faults->rings));
	faults->inherit = tids->n;
	faults->on_exec = on_exec;
	if (!trace_faults_follow(faults, tids->n ? tids->v : &all, tids->n ? tids->n : 1, why))
		return faults;
	trace_faults_free(faults);
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

static void read_ring(struct perf_ring *ring, int kind, trace_see *see,
		      void *context, uint64_t *n)
{
	static uint64_t copy[PERF_RECORD_MAX / 8];
	uint64_t head = perf_ring_head(ring), tail = ring->page->data_tail;
	struct trace_event event = { .what = TRACE_FAULT };
	const struct perf_event_header *header;
	const struct record *record;

	for (; (header = perf_ring_record(ring, tail, head, copy)); tail += header->size) {
		record = (const void *)header;
		if (header->type != PERF_RECORD_SAMPLE || header->size < sizeof(*record))
			continue;
		event.time = record->time;
		event.tid = record->tid;
		event.args[0] = record->pid;
		event.args[1] = kind == MAJOR;
		see(context, &event);
		++*n;
	}
	perf_ring_consume(ring, tail);
}

void trace_faults_read(struct trace_faults *faults, trace_see *see, void *context,
		       uint64_t *n)
{
	size_t i;

	for (i = 0; i < faults->n; i++)
		if (faults->rings[i].page)
			read_ring(&faults->rings[i], i % KINDS, see, context, n);
}

size_t trace_faults_poll(const struct trace_faults *faults, struct pollfd *fds, size_t max)
{
	size_t i, n = 0;

	for (i = 0; i < faults->n && n < max; i++)
		if (faults->rings[i].page)
			fds[n++] = (struct pollfd){ faults->rings[i].fd, POLLIN, 0 };
	return n;
}

void trace_faults_stop(struct trace_faults *faults)
{
	size_t i;

	for (i = 0; i < faults->files.n; i++)
		ioctl(faults->files.fds[i], PERF_EVENT_IOC_DISABLE, 0);
}

bool trace_faults_lost(const struct trace_faults *faults, uint64_t *lost)
{
	return perf_files_lost(&faults->files, lost);
}

void trace_faults_free(struct trace_faults *faults)
{
	size_t i;

	if (!faults)
		return;
	perf_files_close(&faults->files);
	for (i = 0; i < faults->n; i++)
		perf_ring_unmap(&faults->rings[i]);
	free(faults->rings);
	free(faults);
}
