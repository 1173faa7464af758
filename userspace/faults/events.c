// SPDX-License-Identifier: GPL-2.0
/* The page faults of processes and their stacks, from perf_event_open(2). */
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "faults/events.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "os/process.h"
#include "os/procfs.h"

#if defined(__x86_64__) || defined(__aarch64__)
#include <asm/perf_regs.h>
#endif

#ifndef PERF_FORMAT_LOST
#define PERF_FORMAT_LOST	0x10
#endif

/* The header of a record has 16 bits for the size. */
#define PERF_RECORD_MAX	65536

/* Memory of all rings together, and of each at least and at most. */
#define RINGS_BYTES	(128UL << 20)
#define RING_MIN	(256UL << 10)
#define RING_MAX	(8UL << 20)
/* With copies of stacks, which take longer to read: but at most this part of memory. */
#define RINGS_BYTES_STACKS	(512UL << 20)
#define RING_MAX_STACKS		(128UL << 20)
#define RINGS_PART_STACKS	8

/* Faults that are counted: a record does not say which it is, so each kind has a ring. */
enum { MINOR, MAJOR, KINDS };
/* Pages of these rings, powers of two. */
static const size_t counted_pages[KINDS] = { 256, 8 };

/* The tid of an event of all tasks. */
#define EVERYTHING	UINT32_MAX

#define SAMPLE_TYPE	(PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR | \
			 PERF_SAMPLE_CALLCHAIN)
/* Bytes at the end of other records: PID and TID, time. */
#define TRAILER		16

/* Bits of the registers to sample, in the order of DWARF. */
static const uint8_t regs_of_dwarf[] = {
#if defined(__x86_64__)
	PERF_REG_X86_AX, PERF_REG_X86_DX, PERF_REG_X86_CX, PERF_REG_X86_BX,
	PERF_REG_X86_SI, PERF_REG_X86_DI, PERF_REG_X86_BP, PERF_REG_X86_SP,
	PERF_REG_X86_R8, PERF_REG_X86_R9, PERF_REG_X86_R10, PERF_REG_X86_R11,
	PERF_REG_X86_R12, PERF_REG_X86_R13, PERF_REG_X86_R14, PERF_REG_X86_R15,
	PERF_REG_X86_IP,
#elif defined(__aarch64__)
	PERF_REG_ARM64_X0, PERF_REG_ARM64_X1, PERF_REG_ARM64_X2, PERF_REG_ARM64_X3,
	PERF_REG_ARM64_X4, PERF_REG_ARM64_X5, PERF_REG_ARM64_X6, PERF_REG_ARM64_X7,
	PERF_REG_ARM64_X8, PERF_REG_ARM64_X9, PERF_REG_ARM64_X10, PERF_REG_ARM64_X11,
	PERF_REG_ARM64_X12, PERF_REG_ARM64_X13, PERF_REG_ARM64_X14, PERF_REG_ARM64_X15,
	PERF_REG_ARM64_X16, PERF_REG_ARM64_X17, PERF_REG_ARM64_X18, PERF_REG_ARM64_X19,
	PERF_REG_ARM64_X20, PERF_REG_ARM64_X21, PERF_REG_ARM64_X22, PERF_REG_ARM64_X23,
	PERF_REG_ARM64_X24, PERF_REG_ARM64_X25, PERF_REG_ARM64_X26, PERF_REG_ARM64_X27,
	PERF_REG_ARM64_X28, PERF_REG_ARM64_X29, PERF_REG_ARM64_LR, PERF_REG_ARM64_SP,
	PERF_REG_ARM64_PC,
#endif
};

/* 0: of this architecture they are not known. */
#define N_REGS	((int)sizeof(regs_of_dwarf))

/**
 * struct ring - the records of one CPU
 * @fd: the event that has the ring
 * @page: the control page, which the data follows; NULL: the CPU is not online
 * @size: bytes of @data, a power of two
 * @head: end of the records that this round reads
 * @tail: begin of the next record
 * @time: of the record at @tail
 * @ready: @time is valid
 */
struct ring {
	int fd;
	struct perf_event_mmap_page *page;
	const uint8_t *data;
	size_t size;
	uint64_t head;
	uint64_t tail;
	uint64_t time;
	bool ready;
};

/**
 * struct fault_events - open events
 * @kinds: rings of each CPU
 * @rings, @n: @kinds for each CPU; owned
 * @bytes: of a ring
 * @polls: descriptors of the rings; owned
 * @fds, @n_fds: all events; owned
 * @record: a copy of a record that wraps around the end of its ring; 8-byte aligned
 * @ips, @regs: of the current record
 */
struct fault_events {
	struct fault_request request;
	size_t kinds;
	struct ring *rings;
	size_t n;
	size_t bytes[KINDS];
	struct pollfd *polls;
	int *fds;
	size_t n_fds;
	uint64_t record[PERF_RECORD_MAX / 8];
	uint64_t ips[FAULT_DEPTH];
	uint64_t regs[FAULT_REGS_MAX];
};

bool fault_events_have_regs(void)
{
	return N_REGS > 0;
}

static int open_event(const struct fault_events *events, size_t kind, uint32_t tid, int cpu)
{
	const struct fault_request *request = &events->request;
	const bool whole = !request->counted;
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = whole ? PERF_COUNT_SW_PAGE_FAULTS :
			  kind == MAJOR ? PERF_COUNT_SW_PAGE_FAULTS_MAJ :
					  PERF_COUNT_SW_PAGE_FAULTS_MIN,
		.sample_period = 1,
		.sample_type = whole ? SAMPLE_TYPE : PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.read_format = PERF_FORMAT_LOST,
		.disabled = request->on_exec,
		.enable_on_exec = request->on_exec,
		.inherit = !request->everything,
		.mmap = whole,
		.mmap2 = whole,
		.comm = whole,
		.comm_exec = whole,
		.task = whole,
		.sample_id_all = 1,
		.exclude_callchain_kernel = whole,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
		.watermark = 1,
		.wakeup_watermark = (uint32_t)(events->bytes[kind] / (whole ? 4 : 2)),
	};
	int i;

	if (request->stack_bytes) {
		attr.sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
		attr.sample_stack_user = request->stack_bytes;
		for (i = 0; i < N_REGS; i++)
			attr.sample_regs_user |= 1ULL << regs_of_dwarf[i];
	}
	return (int)syscall(SYS_perf_event_open, &attr, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int cannot_open(uint32_t tid, struct failure *why)
{
	const int error = errno;
	char value[16], whose[24] = "";

	if (tid != EVERYTHING)
		snprintf(whose, sizeof(whose), " of %" PRIu32, tid);
	switch (error) {
	case ENOENT:
	case ENOSYS:
	case EOPNOTSUPP:
		return fail(why, FAIL_SYSTEM,
			    "no page-fault events: the kernel has no CONFIG_PERF_EVENTS");
	case EACCES:
	case EPERM:
		if (!text_line("/proc/sys/kernel/perf_event_paranoid", value, sizeof(value)))
			strcpy(value, "-");
		return fail(why, FAIL_PRIVILEGE,
			    "no page-fault events%s: %s; %s; %s is %s", whose, strerror(error),
			    "run as root, where neither lockdown nor seccomp forbids them",
			    "kernel.perf_event_paranoid", value);
	case EMFILE:
	case ENFILE:
		return fail(why, FAIL_SYSTEM,
			    "no page-fault events%s: %s: %s", whose, strerror(error),
			    "each thread needs a file for each CPU: raise ulimit -n");
	case ESRCH:
		return fail(why, FAIL_NO_PROCESS, "no such process: PID %" PRIu32, tid);
	default:
		return fail(why, FAIL_SYSTEM, "no page-fault events%s: %s", whose,
			    strerror(error));
	}
}

static size_t ring_bytes_of(const struct fault_request *request, size_t cpus)
{
	const size_t memory = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
	size_t most = RING_MAX, all = RINGS_BYTES, bytes = RING_MIN;

	if (request->stack_bytes) {
		most = RING_MAX_STACKS;
		all = memory / RINGS_PART_STACKS < RINGS_BYTES_STACKS ?
		      memory / RINGS_PART_STACKS : RINGS_BYTES_STACKS;
	}
	while (bytes < most && 2 * bytes * cpus <= all)
		bytes *= 2;
	return bytes;
}

/*
 * Sends the records of the event @fd to @ring, which the first event maps with @size bytes.
 * Returns 0, or -1 and errno.
 */
static int map_ring(struct ring *ring, int fd, size_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *at;

	if (ring->page)
		return ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring->fd);
	at = mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -1;
	*ring = (struct ring){ .fd = fd, .page = at, .data = (uint8_t *)at + page, .size = size };
	return 0;
}

/*
 * Opens the events of thread @tid on each CPU; they share the rings of the CPU.  A thread that
 * has ended is no failure, unless it is the process @pid.
 */
static int open_thread(struct fault_events *events, uint32_t tid, uint32_t pid,
		       struct failure *why)
{
	size_t i, kind;
	int fd, cpu;

	for (i = 0; i < events->n; i++) {
		struct ring *ring = &events->rings[i];

		kind = i % events->kinds;
		cpu = (int)(i / events->kinds);
		fd = open_event(events, kind, tid, cpu);
		if (fd < 0 && errno == ESRCH && tid != pid)
			return 0;
		/* The CPU is not online. */
		if (fd < 0 && (errno == ENODEV || errno == EINVAL) && cpu)
			continue;
		if (fd < 0)
			return cannot_open(tid, why);
		events->fds = array_grow(events->fds, events->n_fds, sizeof(*events->fds));
		events->fds[events->n_fds++] = fd;
		if (map_ring(ring, fd, events->bytes[kind]))
			return fail(why, FAIL_SYSTEM,
				    "no ring of %zu bytes for page-fault events: %s: run as root",
				    events->bytes[kind], strerror(errno));
		events->polls[i] = (struct pollfd){ .fd = ring->fd, .events = POLLIN };
	}
	return 0;
}

/* Opens the events of all threads, until a pass finds no new one. */
int fault_events_process(struct fault_events *events, uint32_t pid, struct failure *why)
{
	struct ids threads = { NULL, 0 };
	size_t done = 0;
	int ret = 0;

	do {
		for (; !ret && done < threads.n; done++)
			ret = open_thread(events, threads.v[done], pid, why);
		if (process_threads(&threads, pid))
			continue;
		ret = procfs_is_mounted() ?
		      fail(why, FAIL_NO_PROCESS, "no such process: PID %" PRIu32, pid) :
		      fail(why, FAIL_SYSTEM, "the threads of process %" PRIu32
			   " are unknown: /proc is not mounted", pid);
	} while (!ret && done < threads.n);
	ids_free(&threads);
	return ret;
}

/* An event takes a file for each thread and CPU: allows as many as the hard limit. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

struct fault_events *fault_events_open(const struct fault_request *request,
				       struct failure *why)
{
	struct fault_events *events = xcalloc(1, sizeof(*events));
	size_t i;

	events->request = *request;
	events->kinds = request->counted ? KINDS : 1;
	events->n = events->kinds * (size_t)sysconf(_SC_NPROCESSORS_CONF);
	events->rings = xcalloc(events->n, sizeof(*events->rings));
	events->polls = xcalloc(events->n, sizeof(*events->polls));
	for (i = 0; i < events->n; i++)
		events->polls[i].fd = -1;
	raise_limit();
	for (i = 0; i < events->kinds; i++)
		events->bytes[i] = request->counted ?
			counted_pages[i] * (size_t)sysconf(_SC_PAGESIZE) :
			ring_bytes_of(request, (size_t)sysconf(_SC_NPROCESSORS_ONLN));
	if (!request->everything || !open_thread(events, EVERYTHING, 0, why))
		return events;
	fault_events_close(events);
	return NULL;
}

int fault_events_wait(struct fault_events *events, int timeout_ms, struct failure *why)
{
	if (poll(events->polls, events->n, timeout_ms) < 0 && errno != EINTR)
		return fail(why, FAIL_SYSTEM, "cannot wait for page-fault events: %s",
			    strerror(errno));
	return 0;
}

/* Offset of the time in a sample: after the header, PID and TID. */
#define SAMPLE_TIME	(sizeof(struct perf_event_header) + 8)

/*
 * The record at @ring->tail; NULL: there is no whole one.  One that wraps around the end is
 * copied to @copy.
 */
static const struct perf_event_header *next_record(const struct ring *ring, uint64_t *copy)
{
	const size_t begin = ring->tail & (ring->size - 1), first = ring->size - begin;
	const uint64_t left = ring->head - ring->tail;
	/* Records are multiples of 8 bytes: a header does not wrap around the end. */
	const struct perf_event_header *header = (const void *)(ring->data + begin);

	/* The kernel never writes such a record. */
	if (left < sizeof(*header) || header->size < sizeof(*header) || header->size > left)
		return NULL;
	if (header->size <= first)
		return header;
	memcpy(copy, header, first);
	memcpy((uint8_t *)copy + first, ring->data, header->size - first);
	return (const void *)copy;
}

/* The record at @ring->tail, whose time is set; NULL: there is none. */
static const struct perf_event_header *look_ahead(struct fault_events *events, struct ring *ring)
{
	const struct perf_event_header *header = next_record(ring, events->record);

	ring->ready = header && header->size >= sizeof(*header) + TRAILER;
	if (!ring->ready) {
		ring->tail = ring->head;
		return NULL;
	}
	memcpy(&ring->time, (const uint8_t *)header + (header->type == PERF_RECORD_SAMPLE ?
						       SAMPLE_TIME : header->size - 8U), 8);
	return header;
}

/**
 * struct cursor - reads the fields of a record
 * @at: the next word
 * @end: end of the record
 */
struct cursor {
	const uint64_t *at;
	const uint64_t *end;
};

static uint64_t next(struct cursor *cursor)
{
	return cursor->at < cursor->end ? *cursor->at++ : 0;
}

static void parse_stack(struct fault_events *events, struct cursor *cursor,
			struct fault_event *event)
{
	uint64_t mask = 0, sampled[64], size, used;
	int i, n = 0, place;

	if (next(cursor) != PERF_SAMPLE_REGS_ABI_64) {
		/* No registers (0) are followed by no words; 32-bit ones are not unwound. */
		return;
	}
	for (i = 0; i < N_REGS; i++)
		mask |= 1ULL << regs_of_dwarf[i];
	while (n < N_REGS)
		sampled[n++] = next(cursor);
	for (i = 0; i < N_REGS; i++) {
		place = __builtin_popcountll(mask & ((1ULL << regs_of_dwarf[i]) - 1));
		events->regs[i] = sampled[place];
	}
	size = next(cursor);
	if (!size || size > (uint64_t)(cursor->end - cursor->at) * 8 || size % 8)
		return;
	event->stack = (const void *)cursor->at;
	cursor->at += size / 8;
	used = next(cursor);
	event->stack_size = used < size ? used : size;
	event->regs = events->regs;
}

static void parse_sample(struct fault_events *events, const struct ring *ring,
			 struct cursor cursor, struct fault_event *event)
{
	uint64_t word = next(&cursor), count, ip;

	event->kind = FAULT_PAGE;
	event->pid = (uint32_t)word;
	event->tid = (uint32_t)(word >> 32);
	event->time = next(&cursor);
	event->major = (size_t)(ring - events->rings) % events->kinds == MAJOR;
	if (events->request.counted)
		return;
	event->addr = next(&cursor);
	count = next(&cursor);
	while (count-- && cursor.at < cursor.end) {
		ip = next(&cursor);
		/* Marks of contexts are the largest values. */
		if (ip < PERF_CONTEXT_MAX && event->n_ips < FAULT_DEPTH)
			events->ips[event->n_ips++] = ip;
	}
	event->ips = events->ips;
	if (events->request.stack_bytes)
		parse_stack(events, &cursor, event);
}

/* The string at @cursor, which ends within the record; NULL if it does not. */
static const char *text_at(const struct cursor *cursor)
{
	const size_t room = (size_t)(cursor->end - cursor->at) * 8;
	const char *text = (const char *)cursor->at;

	return room && memchr(text, '\0', room) ? text : NULL;
}

/* Fills @event; false: a record that no caller needs. */
static bool parse_fault_record(struct fault_events *events, const struct ring *ring,
			       const struct perf_event_header *header, struct fault_event *event)
{
	struct cursor cursor = {
		(const uint64_t *)(header + 1),
		(const uint64_t *)((const uint8_t *)header + header->size),
	};
	struct code_mapping *mapping = &event->mapping;
	uint64_t word;

	*event = (struct fault_event){ .name = NULL };
	if (header->type == PERF_RECORD_SAMPLE) {
		parse_sample(events, ring, cursor, event);
		return true;
	}
	cursor.end -= TRAILER / 8;
	event->time = cursor.end[1];
	word = next(&cursor);
	event->pid = (uint32_t)word;
	event->tid = (uint32_t)(word >> 32);
	switch (header->type) {
	case PERF_RECORD_MMAP2:
		event->kind = FAULT_MMAP;
		mapping->pid = event->pid;
		mapping->start = next(&cursor);
		mapping->end = mapping->start + next(&cursor);
		mapping->offset = next(&cursor);
		word = next(&cursor);
		mapping->major = (uint32_t)word;
		mapping->minor = (uint32_t)(word >> 32);
		mapping->inode = next(&cursor);
		next(&cursor);
		next(&cursor);
		mapping->name = text_at(&cursor);
		return mapping->name && mapping->end > mapping->start;
	case PERF_RECORD_COMM:
		event->kind = FAULT_COMM;
		event->exec = header->misc & PERF_RECORD_MISC_COMM_EXEC;
		event->name = text_at(&cursor);
		return event->name;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		/* Here the first word is PID and parent's PID, the second their threads. */
		event->kind = header->type == PERF_RECORD_FORK ? FAULT_FORK : FAULT_EXIT;
		event->parent = event->tid;
		event->tid = (uint32_t)next(&cursor);
		return true;
	default:
		return false;
	}
}

static struct ring *earliest(struct fault_events *events)
{
	struct ring *ring = NULL;
	size_t i;

	for (i = 0; i < events->n; i++)
		if (events->rings[i].ready && (!ring || events->rings[i].time < ring->time))
			ring = &events->rings[i];
	return ring;
}

uint64_t fault_events_read(struct fault_events *events, uint64_t until, fault_event_fn *fn,
			   void *context)
{
	uint64_t n = 0;
	const struct perf_event_header *header;
	struct fault_event event;
	struct ring *ring;
	size_t i;

	for (i = 0; i < events->n; i++) {
		ring = &events->rings[i];
		if (!ring->page)
			continue;
		ring->head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
		look_ahead(events, ring);
	}
	while ((ring = earliest(events)) && ring->time <= until) {
		header = look_ahead(events, ring);
		if (parse_fault_record(events, ring, header, &event))
			fn(context, &event);
		ring->tail += header->size;
		__atomic_store_n(&ring->page->data_tail, ring->tail, __ATOMIC_RELEASE);
		look_ahead(events, ring);
		n++;
	}
	return n;
}

bool fault_events_lost(const struct fault_events *events, uint64_t *lost)
{
	/* The number of events, then that of lost records. */
	uint64_t values[2];
	size_t i;

	for (i = 0; i < events->n_fds; i++) {
		if (read(events->fds[i], values, sizeof(values)) != sizeof(values))
			return false;
		*lost += values[1];
	}
	return true;
}

void fault_events_close(struct fault_events *events)
{
	size_t i;

	if (!events)
		return;
	for (i = 0; i < events->n; i++)
		if (events->rings[i].page)
			munmap(events->rings[i].page,
			       (size_t)sysconf(_SC_PAGESIZE) + events->rings[i].size);
	for (i = 0; i < events->n_fds; i++)
		close(events->fds[i]);
	free(events->fds);
	free(events->rings);
	free(events->polls);
	free(events);
}
