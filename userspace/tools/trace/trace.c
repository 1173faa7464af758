// SPDX-License-Identifier: GPL-2.0
/* memcensus trace: the calls that reserve memory, page faults and reclaim. */
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/subtree.h"
#include "faults/events.h"
#include "faults/program.h"
#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "os/process.h"
#include "os/procfs.h"
#include "tools/trace/instance.h"
#include "tools/trace/show.h"
#include "tools/trace/targets.h"

#define NSEC_PER_MSEC	1000000ULL

/* How long events wait in the buffers at most. */
#define TICK		50
/* An event may be visible later than its time says: a hypervisor may stop its CPU. */
#define MARGIN		(100 * NSEC_PER_MSEC)
/* How often to look for processes whose end was lost. */
#define LOOK		(1000 * NSEC_PER_MSEC)
/* Pages of each buffer that are read before what they hold is counted. */
#define PAGES		64
#define FILES_MAX	4096

/* KiB of the buffer of each CPU, and the most that all of them may have. */
#define BUFFER_KIB	4096
#define BUFFERS_KIB	524288UL
#define BUFFER_MIN	4
#define BUFFER_MAX	1048576UL

/* The PID namespace of the first process: its inode number is fixed. */
#define FIRST_PID_NAMESPACE	"pid:[4026531836]"

/**
 * struct trace - a run
 * @own: the options of 'trace' alone
 * @calls: the buffer of the traced processes
 * @system: the buffer of reclaim; NULL: none
 * @faults: NULL: unknown
 * @queue: events that are read, but not counted yet, because an earlier one may come
 * @tids: traced threads; none: all
 * @pids: traced processes
 * @looked: when processes were looked for
 * @reader: its PID
 */
struct trace {
	struct session *session;
	const struct trace_options *own;
	struct trace_report report;
	struct trace_sums sums;
	struct trace_instance *calls;
	struct trace_instance *system;
	struct fault_events *faults;
	struct trace_event *queue;
	size_t n;
	struct ids tids;
	struct ids pids;
	struct program program;
	uint64_t looked;
	uint32_t reader;
};

static void push(void *context, const struct trace_event *event)
{
	struct trace *trace = context;

	trace->queue = array_grow(trace->queue, trace->n, sizeof(*event));
	trace->queue[trace->n++] = *event;
}

static void push_fault(void *context, const struct fault_event *event)
{
	const struct trace *trace = context;
	const struct trace_event fault = {
		.time = event->time, .tid = event->tid, .what = TRACE_FAULT,
		.args = { event->pid, event->major },
	};

	/* Its calls are not recorded, but all page faults are. */
	if (event->kind == FAULT_PAGE && event->pid != trace->reader)
		push(context, &fault);
}

static int compare_times(const void *a, const void *b)
{
	const struct trace_event *x = a, *y = b;

	return COMPARE(x->time, y->time);
}

/*
 * Reads the buffers once, and counts the events up to @until, in order of time, but none
 * that an unread one may precede.  @n: number of events that were read.
 */
static int read_buffers(struct trace *trace, uint64_t until, uint64_t *n, struct failure *why)
{
	size_t i;

	*n = 0;
	if (trace_instance_read(trace->calls, PAGES, push, trace, &until, n, why) ||
	    (trace->system &&
	     trace_instance_read(trace->system, PAGES, push, trace, &until, n, why)))
		return -1;
	if (trace->faults)
		*n += fault_events_read(trace->faults, UINT64_MAX, push_fault, trace);
	qsort(trace->queue, trace->n, sizeof(*trace->queue), compare_times);
	for (i = 0; i < trace->n && trace->queue[i].time <= until; i++)
		trace_sums_feed(&trace->sums, &trace->queue[i]);
	trace->n -= i;
	memmove(trace->queue, trace->queue + i, trace->n * sizeof(*trace->queue));
	return 0;
}

/* After the end: all that is left. */
static int read_rest(struct trace *trace, struct failure *why)
{
	uint64_t n;

	trace_instance_stop(trace->calls);
	if (trace->system)
		trace_instance_stop(trace->system);
	if (trace->faults)
		fault_events_stop(trace->faults);
	do {
		if (read_buffers(trace, UINT64_MAX, &n, why))
			return -1;
	} while (n);
	return 0;
}

/* Waits until there is much to read, or for a tick. */
static void wait_some(const struct trace *trace, uint64_t due)
{
	static struct pollfd fds[FILES_MAX];
	uint64_t now = signals_now();
	int ms = TICK;
	size_t n;

	n = trace_instance_poll(trace->calls, fds, FILES_MAX);
	if (trace->system)
		n += trace_instance_poll(trace->system, fds + n, FILES_MAX - n);
	if (trace->faults)
		n += fault_events_poll(trace->faults, fds + n, FILES_MAX - n);
	if (due <= now)
		ms = 0;
	else if ((due - now) / NSEC_PER_MSEC < TICK)
		ms = (int)((due - now) / NSEC_PER_MSEC) + 1;
	poll(fds, n, ms);
}

/* The end of a process may be lost, or it has ended before its trace began. */
static void look_for_ended(struct trace *trace)
{
	struct trace_process *process;
	uint64_t now = signals_now();

	if (now - trace->looked < LOOK)
		return;
	trace->looked = now;
	/* Its last events are still to come when it is first found to be gone. */
	for (process = trace->sums.first; process; process = process->next) {
		if (!process->pid || !process->threads || !process_is_gone(process->pid))
			continue;
		if (process->gone)
			trace_sums_gone(&trace->sums, process->pid, now);
		process->gone = true;
	}
}

static void reap(struct trace *trace)
{
	struct trace_report *report = &trace->report;

	if (trace->program.pid && !report->child_ended &&
	    waitpid(trace->program.pid, &report->child_status, WNOHANG) == trace->program.pid)
		report->child_ended = true;
}

static bool is_trace_over(struct trace *trace)
{
	reap(trace);
	if (trace->own->everything || trace->session->options->cgroup)
		return false;
	look_for_ended(trace);
	return !trace->sums.n_live && (!trace->program.pid || trace->report.child_ended);
}

static int run_until_end(struct trace *trace, struct failure *why)
{
	const struct options *options = trace->session->options;
	uint64_t end = UINT64_MAX, next = UINT64_MAX, n;

	if (options->duration)
		end = trace->report.begun + options->duration;
	if (options->interval)
		next = trace->report.begun + options->interval;
	while (!signals_stopped() && !is_trace_over(trace) && signals_now() < end) {
		wait_some(trace, end < next ? end : next);
		if (read_buffers(trace, signals_now() - MARGIN, &n, why))
			return -1;
		if (trace->own->calls)
			fflush(trace->report.out);
		if (signals_now() < next)
			continue;
		trace->report.now = signals_now();
		trace_show_sums(&trace->report, false);
		next += options->interval;
	}
	trace->report.now = signals_now();
	if (trace->report.now > end)
		trace->report.now = end;
	return read_rest(trace, why);
}

static int check_namespace(struct failure *why)
{
	char name[64];

	if (!procfs_link("self/ns/pid", name, sizeof(name)) ||
	    !strcmp(name, FIRST_PID_NAMESPACE))
		return 0;
	return fail(why, FAIL_PRIVILEGE,
		    "tracing counts in PIDs of the first PID namespace, and this is another one: run it on the host");
}

static uint64_t buffer_size(const struct trace_options *own)
{
	uint64_t cpus = sysconf(_SC_NPROCESSORS_ONLN), kib = BUFFERS_KIB / (cpus ? cpus : 1);

	if (own->buffer)
		return own->buffer;
	return kib < BUFFER_KIB ? kib : BUFFER_KIB;
}

static int open_instances(struct trace *trace, struct failure *why)
{
	const uint64_t size = buffer_size(trace->own);
	const char *missing = NULL;
	struct failure system;

	trace->calls = trace_instance_new(true, size, &missing, why);
	if (!trace->calls)
		return -1;
	trace->system = trace_instance_new(false, size, &missing, &system);
	trace->report.reclaim = trace->system && !missing;
	if (!trace->system)
		fprintf(stderr, "memcensus: reclaim is not traced: %s\n", system.text);
	else if (missing)
		fprintf(stderr,
			"memcensus: reclaim is not traced in full: this kernel has no event '%s'\n",
			missing);
	return 0;
}

/* Finds the threads of all named processes that are not traced yet. */
static void find_threads(struct trace *trace)
{
	size_t i;

	for (i = 0; i < trace->pids.n; i++)
		process_threads(&trace->tids, trace->pids.v[i]);
}

/*
 * Traces the threads of the named processes, and those that they make until all are
 * traced: what a traced thread makes is traced by itself.
 */
static int follow(struct trace *trace, struct failure *why)
{
	size_t done = 0;

	do {
		if (trace_instance_follow(trace->calls, trace->tids.v + done,
					  trace->tids.n - done, why))
			return -1;
		if (trace->faults && done &&
		    fault_events_follow(trace->faults, trace->tids.v + done,
					trace->tids.n - done, why))
			return -1;
		done = trace->tids.n;
		find_threads(trace);
	} while (trace->tids.n > done);
	return 0;
}

/* The processes on the command line, of the cgroup, or the program. */
static int find_targets(struct trace *trace, struct failure *why)
{
	const struct options *options = trace->session->options;
	size_t i;

	if (options->cgroup && subtree_processes(&trace->pids, options, why))
		return -1;
	for (i = 0; i < options->n_pids; i++)
		ids_add(&trace->pids, process_of(options->pids[i]));
	if (options->program) {
		if (program_hold(&trace->program, options->program, why))
			return -1;
		trace->report.child = trace->program.pid;
		ids_add(&trace->pids, trace->program.pid);
	}
	find_threads(trace);
	for (i = 0; i < options->n_pids; i++)
		if (process_is_gone(process_of(options->pids[i])))
			return fail(why, FAIL_NO_PROCESS, "no process %" PRIu64, options->pids[i]);
	return 0;
}

/* Where all are traced, they are met in their first event. */
static void add_processes(struct trace *trace, const uint64_t *breaks)
{
	struct ids tids = { NULL, 0 };
	char comm[TRACE_COMM];
	uint64_t brk;
	uint32_t pid;
	size_t i;

	for (i = 0; i < trace->pids.n; i++) {
		if (!trace_who(trace->pids.v[i], &pid, comm))
			continue;
		process_threads(&tids, trace->pids.v[i]);
		/* It is known if it has not moved while the trace began. */
		brk = breaks[i] && trace_break(trace->pids.v[i]) == breaks[i] ? breaks[i] : 0;
		trace_sums_add(&trace->sums, trace->pids.v[i], comm, tids.v, tids.n,
			       trace->report.begun, brk, trace->program.pid);
		ids_free(&tids);
	}
}

static struct fault_events *open_faults(const struct trace *trace, struct failure *why)
{
	const struct fault_request request = {
		.everything = !trace->tids.n, .counted = true, .on_exec = trace->program.pid,
	};
	struct fault_events *events = fault_events_open(&request, why);

	if (!events || !fault_events_follow(events, trace->tids.v, trace->tids.n, why))
		return events;
	fault_events_close(events);
	return NULL;
}

static int begin_trace(struct trace *trace, struct failure *why)
{
	uint64_t *breaks = xcalloc(trace->pids.n, sizeof(*breaks));
	struct failure no_faults;
	size_t i;
	int ret;

	for (i = 0; i < trace->pids.n && !trace->program.pid; i++)
		breaks[i] = trace_break(trace->pids.v[i]);
	trace->faults = open_faults(trace, &no_faults);
	if (!trace->faults)
		fprintf(stderr, "memcensus: page faults are unknown: %s\n", no_faults.text);
	trace->sums.faults_known = trace->faults;
	if (trace->own->everything)
		ret = trace_instance_exclude(trace->calls, trace->reader, why);
	else
		ret = follow(trace, why);
	trace->report.begun = signals_now();
	if (!ret)
		ret = trace_instance_record(trace->calls, why);
	if (!ret && trace->system)
		ret = trace_instance_record(trace->system, why);
	if (!ret)
		add_processes(trace, breaks);
	free(breaks);
	return ret;
}

static void count_lost(struct trace *trace)
{
	struct trace_report *report = &trace->report;

	report->lost_known = trace_instance_lost(trace->calls, &report->lost);
	if (trace->system)
		report->lost_known &= trace_instance_lost(trace->system, &report->lost);
	if (trace->faults)
		report->lost_known &= fault_events_lost(trace->faults, &report->lost);
	trace->session->partial |= !report->lost_known || report->lost;
	if (!report->lost_known)
		fprintf(stderr, "memcensus: it is unknown how many events were lost\n");
	else if (report->lost)
		fprintf(stderr,
			"memcensus: %llu events were lost: figures are lower bounds; use a larger --buffer\n",
			(unsigned long long)report->lost);
}

static int trace_all(struct trace *trace, struct failure *why)
{
	struct session *session = trace->session;
	const struct options *options = session->options;
	const int *status = &trace->report.child_status;
	int error;

	if (find_targets(trace, why) || open_instances(trace, why) || begin_trace(trace, why))
		return -1;
	if (trace->own->calls)
		trace_show_header(&trace->report);
	if (trace->program.pid) {
		program_go(&trace->program);
		error = program_check(&trace->program, options->program[0], -1, why);
		if (error) {
			session->child = error;
			return -1;
		}
	}
	if (run_until_end(trace, why))
		return -1;
	reap(trace);
	count_lost(trace);
	session->partial |= trace_sums_missed(trace->report.sums, stderr);
	if (trace->own->calls && !options->json)
		putc('\n', trace->report.out);
	trace_show_sums(&trace->report, true);
	if (trace->report.child_ended)
		session->child = program_exit_status(*status);
	else if (trace->program.pid)
		fprintf(stderr, "memcensus: process %d is still running, no longer traced\n",
			trace->program.pid);
	return 0;
}

static int trace_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct trace_options *own = options->own;
	struct trace trace = {
		.session = session,
		.own = own,
		.report = {
			.options = options,
			.own = own,
			/* The program writes to stdout. */
			.out = options->program && !options->output ? stderr : session->out,
			.realtime = signals_realtime() - signals_now(),
			.sums = &trace.sums,
		},
		.sums = {
			.ops = { trace_who, own->calls ? trace_show_row : NULL, &trace.report },
			.page = sysconf(_SC_PAGESIZE),
			.huge = trace_huge_page(),
		},
		.reader = process_own(),
	};
	int ret;

	if (check_namespace(why) || trace_guard_start(why))
		return -1;
	ret = trace_all(&trace, why);
	program_drop(&trace.program);
	trace_instance_end(trace.calls);
	trace_instance_end(trace.system);
	fault_events_close(trace.faults);
	trace_guard_end();
	trace_sums_free(&trace.sums);
	ids_free(&trace.tids);
	ids_free(&trace.pids);
	free(trace.queue);
	return ret;
}

static int trace_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct trace_options *own = options->own;
	int targets = (n > 0) + own->everything + !!options->cgroup + !!options->program;

	/* It asks tracefs, not the module. */
	options->no_source = true;
	if (options->program && !options->program[0])
		return fail(why, FAIL_USAGE, "'trace --' needs a command to run");
	if (n && options_pids(options, words, n, why))
		return -1;
	if (targets != 1)
		return fail(why, FAIL_USAGE,
			    "'trace' needs one of: PIDs, '--cgroup', '--all', '-- COMMAND'");
	return 0;
}

static int set_buffer(struct options *options, const char *value, struct failure *why)
{
	struct trace_options *own = options->own;

	if (!text_number(value, strlen(value), &own->buffer) ||
	    own->buffer < BUFFER_MIN || own->buffer > BUFFER_MAX)
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not a size of a buffer: KiB, from %d to %lu", value,
			    BUFFER_MIN, BUFFER_MAX);
	return 0;
}

static const struct option_entry option_everything = {
	0, "all", NULL, "all processes", OWN(FLAG, trace_options, everything) };
static const struct option_entry option_calls = {
	0, "calls", NULL, "a row for each call, when it returns",
	OWN(FLAG, trace_options, calls) };
static const struct option_entry option_buffer = {
	0, "buffer", "KIB", "size of the kernel's trace buffer of each CPU", .set = set_buffer };

static const struct option_use trace_uses[] = {
	USE_AS(cgroup, "the processes of this cgroup and of those below it"),
	{ &option_everything, NULL },
	USE_AS(for, "how long: seconds, or 10m, 2h, 1d; else until all have ended, or Ctrl-C"),
	USE_AS(interval, "rows every TIME, of what happened since the last"),
	{ &option_calls, NULL }, { &option_buffer, NULL },
	USE(columns), USE(sort), USE(reverse), USE(totals), USE(output), OPTIONS_OF_TABLES,
};

static const struct option_rule trace_rules[] = {
	{ .one = &option_calls, .others = { &option_interval },
	  .because = "rows are calls, as they return" },
	{ }
};

const struct command trace_command = {
	.name = "trace",
	.words = trace_words,
	.about =
	"Prints a row for each process: its calls of brk, mmap, munmap, mremap and madvise,\n"
	"in KiB mapped and unmapped, and its page faults without and with I/O. Below:\n"
	"the work of kswapd, direct reclaim and compaction, and the victims of the OOM\n"
	"killer. It traces processes and what they fork, or runs COMMAND, until all have\n"
	"ended. With COMMAND and without -o the result goes to stderr, and the exit status\n"
	"is that of COMMAND, 128 and the signal that ended it, 126 or 127 if it cannot be\n"
	"run.\n"
	"\n"
	"--calls prints each call with arguments, result and duration, then the sums. Events\n"
	"that the kernel could not keep are counted: then the exit status is 3.\n"
	"\n"
	"It needs root and tracefs, not the module.\n"
	"\n"
	"Examples:\n"
	"  memcensus trace -- sort /var/log/syslog >/dev/null\n"
	"  memcensus trace --calls $(pgrep -d, redis)\n"
	"  memcensus trace --cgroup /system.slice/nginx.service --for 10\n"
	"  memcensus trace --all --interval 1 -c pid,comm,net,min_faults,maj_faults -s net\n",
	.options = trace_uses,
	.rules = trace_rules,
	.own_size = sizeof(struct trace_options),
	.rows = {
		&trace_rows,
		"pid,comm,calls,failed,mapped,unmapped,net,rate,min_faults,maj_faults", "net" },
	.run = trace_run,
	.program = true,
};
