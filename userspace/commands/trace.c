// SPDX-License-Identifier: GPL-2.0
/* memcensus trace: the calls that reserve memory, page faults and reclaim. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/options.h"
#include "commands/trace-faults.h"
#include "commands/trace-instance.h"
#include "commands/trace-show.h"
#include "commands/trace-sums.h"
#include "commands/trace-targets.h"
#include "host/process.h"
#include "host/procfs.h"
#include "host/program.h"
#include "lib/signals.h"
#include "lib/text.h"

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
 * @session: options and output
 * @report: what is shown
 * @sums: all that is counted
 * @ops: what @sums asks
 * @calls: the buffer of the traced processes
 * @system: the buffer of reclaim; NULL: none
 * @faults: NULL: unknown
 * @queue: events that are read, but not counted yet, because an earlier one may come
 * @n, @size: how many there are, and fit
 * @tids: traced threads; none: all
 * @pids: traced processes
 * @cgroup: its descriptor; -1: none
 * @program: that was started
 * @looked: when processes were looked for
 * @own: the reader's PID
 */
struct trace {
	struct session *session;
	struct trace_report report;
	struct trace_sums sums;
	struct trace_ops ops;
	struct trace_instance *calls;
	struct trace_instance *system;
	struct trace_faults *faults;
	struct trace_event *queue;
	size_t n;
	size_t size;
	struct trace_ids tids;
	struct trace_ids pids;
	int cgroup;
	struct program program;
	uint64_t looked;
	uint32_t own;
};

static bool ask_who(void *context, uint32_t tid, uint32_t *pid, char *comm)
{
	(void)context;
	return trace_who(tid, pid, comm);
}

static void show_row(void *context, const struct trace_row *row)
{
	const struct trace *trace = context;

	trace_show_row(&trace->report, row);
}

static int push(void *context, const struct trace_event *event)
{
	struct trace *trace = context;
	struct trace_event *queue;
	size_t size;

	/* Its calls are not recorded, but all page faults are. */
	if (event->what == TRACE_FAULT && event->args[0] == trace->own)
		return 0;
	if (trace->n == trace->size) {
		size = trace->size ? 2 * trace->size : 4096;
		queue = reallocarray(trace->queue, size, sizeof(*queue));
		if (!queue)
			return -1;
		trace->queue = queue;
		trace->size = size;
	}
	trace->queue[trace->n++] = *event;
	return 0;
}

static int compare_times(const void *a, const void *b)
{
	const struct trace_event *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return 0;
}

/* Counts the events up to @until, in order of time. */
static int deliver(struct trace *trace, uint64_t until, struct failure *why)
{
	size_t i;

	qsort(trace->queue, trace->n, sizeof(*trace->queue), compare_times);
	for (i = 0; i < trace->n && trace->queue[i].time <= until; i++)
		trace_sums_feed(&trace->sums, &trace->queue[i]);
	trace->n -= i;
	memmove(trace->queue, trace->queue + i, trace->n * sizeof(*trace->queue));
	return trace->sums.failed ? fail_memory(why) : 0;
}

/* Reads the buffers once; @n: number of events. */
static int read_all(struct trace *trace, uint64_t *until, uint64_t *n, struct failure *why)
{
	*n = 0;
	if (trace_instance_read(trace->calls, PAGES, push, trace, until, n, why) ||
	    (trace->system &&
	     trace_instance_read(trace->system, PAGES, push, trace, until, n, why)) ||
	    (trace->faults && trace_faults_read(trace->faults, push, trace, n, why)))
		return -1;
	return 0;
}

static int read_some(struct trace *trace, struct failure *why)
{
	uint64_t until = signals_now() - MARGIN, n;

	if (read_all(trace, &until, &n, why) || deliver(trace, until, why))
		return -1;
	if (trace->session->options->calls)
		fflush(trace->report.out);
	return 0;
}

/* After the end: all that is left. */
static int read_rest(struct trace *trace, struct failure *why)
{
	uint64_t until, n;

	trace_instance_stop(trace->calls);
	if (trace->system)
		trace_instance_stop(trace->system);
	if (trace->faults)
		trace_faults_stop(trace->faults);
	do {
		until = UINT64_MAX;
		if (read_all(trace, &until, &n, why) || deliver(trace, until, why))
			return -1;
	} while (n);
	return deliver(trace, UINT64_MAX, why);
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
		n += trace_faults_poll(trace->faults, fds + n, FILES_MAX - n);
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

static bool is_over(struct trace *trace)
{
	const struct options *options = trace->session->options;

	reap(trace);
	if (options->everything || options->cgroup)
		return false;
	look_for_ended(trace);
	return !trace->sums.n_live && (!trace->program.pid || trace->report.child_ended);
}

static int run_until_end(struct trace *trace, struct failure *why)
{
	const struct options *options = trace->session->options;
	uint64_t end = UINT64_MAX, next = UINT64_MAX;

	if (options->duration)
		end = trace->report.begun + options->duration;
	if (options->interval)
		next = trace->report.begun + options->interval;
	while (!signals_stopped() && !is_over(trace) && signals_now() < end) {
		wait_some(trace, end < next ? end : next);
		if (read_some(trace, why))
			return -1;
		if (signals_now() < next)
			continue;
		trace->report.now = signals_now();
		if (trace_show_sums(&trace->report, false, why))
			return -1;
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

static uint64_t buffer_size(const struct options *options)
{
	uint64_t cpus = sysconf(_SC_NPROCESSORS_ONLN), kib = BUFFERS_KIB / (cpus ? cpus : 1);

	if (options->buffer)
		return options->buffer;
	return kib < BUFFER_KIB ? kib : BUFFER_KIB;
}

static int open_instances(struct trace *trace, struct failure *why)
{
	const char *missing = NULL;
	struct failure system;

	trace->calls = trace_instance_new("calls", buffer_size(trace->session->options), why);
	if (!trace->calls || trace_instance_formats(trace->calls, true, &missing, why))
		return -1;
	trace->system = trace_instance_new("system", buffer_size(trace->session->options),
					   &system);
	if (trace->system &&
	    trace_instance_formats(trace->system, false, &missing, &system)) {
		trace_instance_end(trace->system);
		trace->system = NULL;
	}
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
static int find_threads(struct trace *trace, struct failure *why)
{
	bool added;
	size_t i;

	for (i = 0; i < trace->pids.n; i++)
		if (trace_ids_threads(&trace->tids, trace->pids.v[i], &added, why))
			return -1;
	return 0;
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
		    trace_faults_follow(trace->faults, trace->tids.v + done,
					trace->tids.n - done, why))
			return -1;
		done = trace->tids.n;
		if (find_threads(trace, why))
			return -1;
	} while (trace->tids.n > done);
	return 0;
}

static void open_faults(struct trace *trace)
{
	const struct trace_faults_of of = {
		.tids = trace->tids.v,
		.n = trace->tids.n,
		.on_exec = trace->program.pid,
	};
	struct failure why;

	trace->faults = trace_faults_new(&of, &why);
	trace->report.faults = trace->faults;
	if (!trace->faults)
		fprintf(stderr, "memcensus: %s\n", why.text);
}

/* The processes on the command line, of the cgroup, or the program. */
static int find_targets(struct trace *trace, struct failure *why)
{
	const struct options *options = trace->session->options;
	bool added;
	size_t i;

	if (options->cgroup) {
		trace->cgroup = trace_cgroup_open(options->cgroup, why);
		if (trace->cgroup < 0 ||
		    trace_ids_cgroup(&trace->pids, trace->cgroup, why))
			return -1;
		if (!trace->pids.n)
			return fail(why, FAIL_NO_PROCESS, "cgroup '%.200s' has no process",
				    options->cgroup);
	}
	for (i = 0; i < options->n_pids; i++)
		if (trace_ids_add(&trace->pids, process_of(options->pids[i]), &added, why))
			return -1;
	if (options->program) {
		if (program_hold(&trace->program, options->program, why))
			return -1;
		trace->report.child = trace->program.pid;
		if (trace_ids_add(&trace->pids, trace->program.pid, &added, why))
			return -1;
	}
	if (find_threads(trace, why))
		return -1;
	for (i = 0; i < options->n_pids; i++)
		if (process_is_gone(process_of(options->pids[i])))
			return fail(why, FAIL_NO_PROCESS, "no process %u", options->pids[i]);
	return 0;
}

/* Where all are traced, they are met in their first event. */
static int add_processes(struct trace *trace, const uint64_t *breaks, struct failure *why)
{
	struct trace_ids tids = { NULL, 0 };
	char comm[TRACE_COMM];
	uint64_t brk;
	uint32_t pid;
	bool added;
	size_t i;

	for (i = 0; i < trace->pids.n; i++) {
		if (!trace_who(trace->pids.v[i], &pid, comm))
			continue;
		if (trace_ids_threads(&tids, trace->pids.v[i], &added, why)) {
			trace_ids_free(&tids);
			return -1;
		}
		/* It is known if it has not moved while the trace began. */
		brk = breaks[i] && trace_break(trace->pids.v[i]) == breaks[i] ? breaks[i] : 0;
		added = trace_sums_add(&trace->sums, trace->pids.v[i], comm, tids.v, tids.n,
				       trace->report.begun, brk, trace->program.pid);
		trace_ids_free(&tids);
		if (!added)
			return fail_memory(why);
	}
	return 0;
}

static int begin(struct trace *trace, struct failure *why)
{
	const bool everything = trace->session->options->everything;
	uint64_t *breaks = calloc(trace->pids.n + 1, sizeof(*breaks));
	size_t i;
	int ret;

	if (!breaks)
		return fail_memory(why);
	for (i = 0; i < trace->pids.n && !trace->program.pid; i++)
		breaks[i] = trace_break(trace->pids.v[i]);
	open_faults(trace);
	trace->sums.faults_known = trace->report.faults;
	ret = everything ? trace_instance_spare(trace->calls, trace->own, why) :
			   follow(trace, why);
	trace->report.begun = signals_now();
	if (!ret)
		ret = trace_instance_record(trace->calls, why);
	if (!ret && trace->system)
		ret = trace_instance_record(trace->system, why);
	if (!ret)
		ret = add_processes(trace, breaks, why);
	free(breaks);
	return ret;
}

static int count_lost(struct trace *trace)
{
	struct trace_report *report = &trace->report;

	report->lost_known = trace_instance_lost(trace->calls, &report->lost);
	if (trace->system)
		report->lost_known &= trace_instance_lost(trace->system, &report->lost);
	if (trace->faults)
		report->lost_known &= trace_faults_lost(trace->faults, &report->lost);
	if (report->lost_known && !report->lost)
		return 0;
	trace->session->partial = true;
	if (report->lost_known)
		fprintf(stderr,
			"memcensus: %llu events were lost: figures are lower bounds; use a larger --buffer\n",
			(unsigned long long)report->lost);
	else
		fprintf(stderr, "memcensus: it is unknown how many events were lost\n");
	return 0;
}

static uint64_t realtime_offset(void)
{
	return signals_realtime() - signals_now();
}

/* The exit status of the program, as shells give it. */
static int exit_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int trace_all(struct trace *trace, struct failure *why)
{
	struct session *session = trace->session;
	const struct options *options = session->options;
	int error;

	if (find_targets(trace, why) || open_instances(trace, why) || begin(trace, why))
		return -1;
	if (options->calls)
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
	if (options->calls && !options->json)
		putc('\n', trace->report.out);
	if (trace_show_sums(&trace->report, true, why))
		return -1;
	if (trace->report.child_ended)
		session->child = exit_of(trace->report.child_status);
	else if (trace->program.pid)
		fprintf(stderr, "memcensus: process %d goes on without a trace\n",
			trace->program.pid);
	return 0;
}

static int trace_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct trace trace = {
		.session = session,
		.cgroup = -1,
		.report = {
			.options = options,
			/* The program writes to stdout. */
			.out = options->program && !options->output ? stderr : session->out,
			.realtime = realtime_offset(),
		},
	};
	int ret;

	if (check_namespace(why) || trace_guard_start(why))
		return -1;
	trace.report.sums = &trace.sums;
	trace.ops = (struct trace_ops){ &trace, ask_who, options->calls ? show_row : NULL };
	trace.sums.ops = &trace.ops;
	trace.sums.page = sysconf(_SC_PAGESIZE);
	trace.sums.huge = trace_huge_page();
	trace.own = process_own();
	ret = trace_all(&trace, why);
	program_drop(&trace.program);
	trace_instance_end(trace.calls);
	trace_instance_end(trace.system);
	trace_faults_free(trace.faults);
	trace_guard_end();
	trace_sums_free(&trace.sums);
	trace_ids_free(&trace.tids);
	trace_ids_free(&trace.pids);
	if (trace.cgroup >= 0)
		close(trace.cgroup);
	free(trace.queue);
	return ret;
}

static int trace_words(struct options *options, char **words, int n, struct failure *why)
{
	int targets = (n > 0) + options->everything + !!options->cgroup + !!options->program;

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
	if (!text_number(value, strlen(value), &options->buffer) ||
	    options->buffer < BUFFER_MIN || options->buffer > BUFFER_MAX)
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not a size of a buffer: KiB, from %d to %lu", value,
			    BUFFER_MIN, BUFFER_MAX);
	return 0;
}

static const struct option_entry option_of_cgroup = {
	0, "cgroup", "PATH", "the processes of this cgroup and of those below it",
	TEXT(cgroup) };
static const struct option_entry option_everything = {
	0, "all", NULL, "all processes", FLAG(everything) };
static const struct option_entry option_calls = {
	0, "calls", NULL, "a row for each call, when it returns",
	FLAG(calls) };
static const struct option_entry option_buffer = {
	0, "buffer", "KIB", "size of the kernel's trace buffer of each CPU", .set = set_buffer };

static const struct option_use trace_options[] = {
	{ &option_of_cgroup, NULL }, { &option_everything, NULL },
	USE_AS(for, "how long: seconds, or 10m, 2h, 1d; else until all have ended, or Ctrl-C"),
	USE_AS(interval, "rows every TIME, of what happened since the last"),
	{ &option_calls, NULL }, { &option_buffer, NULL },
	USE(columns), USE(sort), USE(reverse), USE(totals), USE(output), OPTIONS_OF_TABLES,
};

const struct command trace_command = {
	.name = "trace",
	.args = "[PID...|-- COMMAND...]",
	.words = trace_words,
	.summary = "calls that reserve memory, page faults, reclaim",
	.about =
	"Prints a row for each process: its calls of brk, mmap, munmap, mremap and madvise,\n"
	"in KiB asked for and given back, and its page faults without and with I/O. Below:\n"
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
	.options = trace_options,
	.rows = { &trace_record, "pid,comm,calls,failed,asked,given,net,rate,min_faults,maj_faults",
		  "net" },
	.run = trace_run,
	/* It asks tracefs, not the module. */
	.no_source = true,
	.program = true,
};
