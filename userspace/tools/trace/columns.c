// SPDX-License-Identifier: GPL-2.0
/* The columns of 'trace'. */
#include "model/columns.h"
#include "tools/trace/columns.h"

#define NUMBER(name, expression)					\
	DERIVED(get_##name, trace_shown, number, expression, true)

NUMBER(call, row->call)

/* How often a process called, since it was last shown. */
#define OF_CALL(name, call)						\
	NUMBER(name, row->process->sums.by[call].calls -		\
	       row->process->shown.by[call].calls)

NUMBER(pid, row->process->pid)
NUMBER(begun_realtime_ns, row->process->begun + row->report->realtime)
OF_CALL(brk, TRACE_BRK)
OF_CALL(mmap, TRACE_MMAP)
OF_CALL(munmap, TRACE_MUNMAP)
OF_CALL(mremap, TRACE_MREMAP)
OF_CALL(madvise, TRACE_MADVISE)

DERIVED(get_parent, trace_shown, number, row->process->parent, row->process->parent)
DERIVED(get_comm, trace_shown, text, row->process->comm, *row->process->comm)
DERIVED(get_state, trace_shown, number, row->process->ended != 0, row->process->pid)

/* Without calls of brk() of an unknown amount. */
DERIVED(get_net, trace_shown, sign, (int64_t)(row->bytes.mapped - row->bytes.unmapped), true)
DERIVED(get_rate, trace_shown, sign,
	row->since ? (int64_t)((double)(int64_t)(row->bytes.mapped - row->bytes.unmapped) * 1e9 /
			       (double)row->since) : 0,
	row->since)
DERIVED(get_min_faults, trace_shown, number,
	row->process->sums.min_faults - row->process->shown.min_faults,
	row->report->sums->faults_known)
DERIVED(get_maj_faults, trace_shown, number,
	row->process->sums.maj_faults - row->process->shown.maj_faults,
	row->report->sums->faults_known)

#define OF_WORK(name, expression)					\
	DERIVED(get_work_##name, trace_worker, number, expression, true)

OF_WORK(pid, row->actor->tid)
OF_WORK(work, row->work)
DERIVED(get_work_comm, trace_worker, text, row->actor->comm, *row->actor->comm)

static const char *const states[] = { "runs", "ended" };

static const char *const works[TRACE_WORKS] = {
	[TRACE_KSWAPD] = "kswapd",
	[TRACE_DIRECT] = "direct",
	[TRACE_MEMCG] = "memcg",
	[TRACE_COMPACT] = "compaction",
};

#define COUNT(name, header, help)					\
	{ #name, header, help, .kind = KIND_COUNT, .total = TOTAL_SUM, .derive = get_##name }
#define OF_BYTES(kind, member, header, help)				\
	MEMBER(trace_shown, #member, header, bytes.member, kind, help, .total = TOTAL_SUM)
#define TIME(help)							\
	MEMBER(trace_shown, "time_ns", "Seconds", bytes.ns, SECONDS, help, .total = TOTAL_SUM)

static const struct column trace_columns[] = {
	{ "pid", "PID", "process", .kind = KIND_ID, .total = TOTAL_ROWS, .derive = get_pid },
	{ "parent", "Parent", "the process that forked it in the trace", .kind = KIND_ID,
	  .derive = get_parent },
	{ "comm", "Command", "command name", .kind = KIND_TEXT, .derive = get_comm },
	{ "state", "State", "runs or ended", .kind = KIND_WORD, .words = states,
	  .n_words = ARRAY_SIZE(states), .derive = get_state },
	OF_BYTES(COUNT, calls, "Calls", "brk, mmap, munmap, mremap and madvise that returned"),
	OF_BYTES(COUNT, failed, "Failed", "of these, calls that failed"),
	OF_BYTES(BYTES, mapped, "Mapped",
		 "address space that brk, mmap and mremap mapped, in whole pages"),
	OF_BYTES(BYTES, unmapped, "Unmapped", "address space that brk, munmap and mremap unmapped"),
	{ "net", "Net", "mapped less unmapped", .kind = KIND_BYTES, .sign = true,
	  .total = TOTAL_SUM, .derive = get_net },
	{ "rate", "Net/s", "net per second", .kind = KIND_BYTES, .sign = true,
	  .total = TOTAL_SUM, .derive = get_rate },
	OF_BYTES(BYTES, fixed, "Fixed",
		 "of mapped, at fixed addresses: it may replace other mappings"),
	OF_BYTES(BYTES, discarded, "Dropped",
		 "content dropped by madvise, with the address space kept"),
	COUNT(min_faults, "MinFlt", "page faults without I/O"),
	COUNT(maj_faults, "MajFlt", "page faults that waited for I/O"),
	COUNT(brk, "brk", "calls of brk"),
	COUNT(mmap, "mmap", "calls of mmap"),
	COUNT(munmap, "munmap", "calls of munmap"),
	COUNT(mremap, "mremap", "calls of mremap"),
	COUNT(madvise, "madvise", "calls of madvise"),
	OF_BYTES(COUNT, unknown, "Unknown",
		 "calls of brk whose bytes are unknown: not in mapped and unmapped"),
	TIME("time in these calls; in JSON ns"),
	{ "begun_realtime_ns", "Begun", "when its trace began; in JSON ns since 1970",
	  .kind = KIND_REALTIME, .derive = get_begun_realtime_ns },
	MEMBER(trace_shown, "lasted_ns", "LastedSecs", since, SECONDS,
	       "how long it was traced; in JSON ns"),
};

const struct row_type trace_rows = ROWS_OF("traced process", trace_columns);

static const struct column call_columns[] = {
	{ "pid", "PID", .kind = KIND_ID, .derive = get_pid },
	{ "comm", "Command", .kind = KIND_TEXT, .derive = get_comm },
	{ "begun_realtime_ns", "Begun", .kind = KIND_REALTIME, .derive = get_begun_realtime_ns },
	{ "call", "Call", .kind = KIND_WORD, .words = trace_call_names, .n_words = TRACE_CALLS,
	  .derive = get_call },
	OF_BYTES(COUNT, calls, "Calls", NULL),
	OF_BYTES(COUNT, failed, "Failed", NULL),
	OF_BYTES(BYTES, mapped, "Mapped", NULL),
	OF_BYTES(BYTES, unmapped, "Unmapped", NULL),
	OF_BYTES(BYTES, fixed, "Fixed", NULL),
	OF_BYTES(BYTES, discarded, "Dropped", NULL),
	OF_BYTES(COUNT, unknown, "Unknown", NULL),
	TIME(NULL),
};

const struct row_type trace_call_rows = ROWS_OF("traced call", call_columns);

static const struct column work_columns[] = {
	{ "pid", "PID", .kind = KIND_ID, .derive = get_work_pid },
	{ "comm", "Command", .kind = KIND_TEXT, .derive = get_work_comm },
	{ "work", "Work", .kind = KIND_WORD, .words = works, .n_words = TRACE_WORKS,
	  .derive = get_work_work },
	MEMBER(trace_worker, "times", "Times", did.n, COUNT, NULL),
	MEMBER(trace_worker, "time_ns", "Seconds", did.ns, SECONDS, NULL),
	MEMBER(trace_worker, "tried", "Tried", did.tried, BYTES, NULL),
	MEMBER(trace_worker, "done", "Done", did.done, BYTES, NULL),
};

const struct row_type trace_work_rows = ROWS_OF("work", work_columns);

static const struct column killed_columns[] = {
	MEMBER(trace_killed, "clock", "Time", clock, TEXT, NULL),
	MEMBER(trace_killed, "realtime_ns", NULL, realtime, REALTIME, NULL),
	MEMBER(trace_killed, "pid", "PID", pid, ID, NULL),
	MEMBER(trace_killed, "comm", "Command", comm, TEXT, NULL),
};

const struct row_type trace_killed_rows = ROWS_OF("killed process", killed_columns);
