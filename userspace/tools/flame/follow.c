// SPDX-License-Identifier: GPL-2.0
/* Follows the page faults of a process or of a command. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/subtree.h"
#include "faults/program.h"
#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "os/process.h"
#include "tools/flame/follow.h"
#include "tools/flame/unwind.h"

/* A record is complete this long after its time. */
#define COMPLETE_NS	5000000
/* How long the rings are left alone if they do not fill. */
#define WAIT_MS		20
/* Bytes of each stack for DWARF, as perf copies. */
#define STACK_BYTES	8192

/**
 * struct tracee - the command that flame starts
 * @stopped: it is at its exit, with all its memory
 * @ended: it is reaped, with @status as of wait(2)
 */
struct tracee {
	struct program program;
	bool stopped;
	bool ended;
	int status;
};

static void no_action(int number)
{
	(void)number;
}

/* SIGUSR1 came. */
static volatile sig_atomic_t mark_asked;

static void ask_mark(int number)
{
	(void)number;
	mark_asked = 1;
}

static int start_tracee(struct tracee *tracee, char **words, struct failure *why)
{
	const struct sigaction action = { .sa_handler = no_action };

	/* Its events interrupt the wait for faults. */
	sigaction(SIGCHLD, &action, NULL);
	if (program_hold(&tracee->program, words, why))
		return -1;
	/* It stops at its exit, so that its memory can be counted. */
	if (ptrace(PTRACE_SEIZE, tracee->program.pid, 0, PTRACE_O_TRACEEXIT))
		return fail(why, FAIL_SYSTEM, "cannot trace '%.200s' up to its end: %s", words[0],
			    strerror(errno));
	return 0;
}

/* Handles what ptrace(2) reports: signals go on to the command. */
static void look_after(struct tracee *tracee)
{
	const pid_t pid = tracee->program.pid;
	int status, signal_number, event;

	while (pid && !tracee->stopped && !tracee->ended &&
	       waitpid(pid, &status, WNOHANG) == pid) {
		if (!WIFSTOPPED(status)) {
			tracee->ended = true;
			tracee->status = status;
			return;
		}
		event = status >> 16;
		signal_number = WSTOPSIG(status);
		if (event == PTRACE_EVENT_EXIT)
			tracee->stopped = true;
		else if (event == PTRACE_EVENT_STOP && signal_number != SIGTRAP)
			ptrace(PTRACE_LISTEN, pid, 0, 0);
		else
			ptrace(PTRACE_CONT, pid, 0,
			       event ? NULL : (void *)(intptr_t)signal_number);
	}
}

/* Lets the command go on, or end.  Returns its exit status as shells do; 0: it goes on. */
static int leave(struct tracee *tracee)
{
	const pid_t pid = tracee->program.pid;

	look_after(tracee);
	program_drop(&tracee->program);
	/* A tracee must be stopped for a detach; the end of the tracer detaches it too. */
	if (pid && tracee->stopped) {
		ptrace(PTRACE_DETACH, pid, 0, 0);
		TEMP_FAILURE_RETRY(waitpid(pid, &tracee->status, 0));
	} else if (pid && !tracee->ended && tracee->program.pid) {
		fprintf(stderr, "memcensus: process %d is still running, no longer followed\n",
			pid);
	}
	return program_exit_status(tracee->status);
}

/* Reads all records up to now. */
static int read_all(struct flame *flame, struct fault_events *events, struct failure *why)
{
	const uint64_t until = signals_now();

	while (signals_now() < until + COMPLETE_NS)
		if (fault_events_wait(events, COMPLETE_NS / 1000000, why))
			return -1;
	fault_events_read(events, until, fault_record_add, &flame->record);
	return 0;
}

/*
 * Takes a moment: the records say which processes there are, then come their pages, then
 * the records of the faults in between.
 */
static int count_pages(struct flame *flame, struct fault_events *events,
		       struct flame_moment *moment, struct failure *why)
{
	size_t i;

	if (read_all(flame, events, why) ||
	    flame_moment_take(moment, &flame->record, flame_pages, flame->session->source,
			      why) ||
	    read_all(flame, events, why))
		return -1;
	/* While the processes live: their maps of generated code go with them. */
	for (i = 0; i < flame->record.objects.n; i++)
		code_object_open_jit(&flame->record.objects.v[i]);
	flame_moment_join(moment, &flame->record);
	return 0;
}

/* A later mark replaces an earlier one. */
static int count_mark(struct flame *flame, struct fault_events *events, struct failure *why)
{
	mark_asked = 0;
	flame_moment_free(&flame->mark);
	if (count_pages(flame, events, &flame->mark, why))
		return -1;
	fputs("memcensus: marked\n", stderr);
	return 0;
}

static bool are_gone(const struct ids *pids)
{
	size_t i;

	for (i = 0; i < pids->n; i++)
		if (!process_is_gone(pids->v[i]))
			return false;
	return true;
}

/* Whether the last census is due. */
static bool is_tracee_over(const struct flame *flame, const struct tracee *tracee, uint64_t end)
{
	if (signals_stopped() || signals_now() >= end || tracee->stopped)
		return true;
	return (!tracee->program.pid || tracee->ended) && are_gone(&flame->pids);
}

static int follow(struct flame *flame, struct fault_events *events, struct tracee *tracee,
		  struct failure *why)
{
	const struct options *options = flame->session->options;
	const uint64_t now = signals_now();
	const uint64_t end = options->duration ? now + options->duration : UINT64_MAX;
	const bool timed = flame->own->mark > FLAME_MARK_BEGIN &&
			   flame->own->mark != FLAME_MARK_SIGNAL;
	const uint64_t mark = timed ? now + flame->own->mark : UINT64_MAX;

	while (!is_tracee_over(flame, tracee, end)) {
		if (fault_events_wait(events, WAIT_MS, why))
			return -1;
		fault_events_read(events, signals_now() - COMPLETE_NS, fault_record_add,
				  &flame->record);
		look_after(tracee);
		if ((mark_asked || (!flame->mark.time && signals_now() >= mark)) &&
		    count_mark(flame, events, why))
			return -1;
	}
	if (options->program)
		flame->session->child = program_check(&tracee->program, options->program[0], 0,
						      why);
	if (flame->session->child)
		return -1;
	if (flame->own->mark && !flame->mark.time)
		return fail(why, FAIL_NO_PROCESS,
			    "ended before '--mark': nothing to compare with");
	if (flame->own->by == FLAME_FAULTED) {
		fault_events_read(events, UINT64_MAX, fault_record_add, &flame->record);
		return 0;
	}
	if (tracee->ended)
		return fail(why, FAIL_NO_PROCESS,
			    "'%.200s' was killed before its memory could be counted: use '--for', or '--by faulted'",
			    options->program[0]);
	return count_pages(flame, events, &flame->end, why);
}

/* Finds the processes that are to be followed, except a command. */
static int find_processes(struct flame *flame, struct failure *why)
{
	const struct options *options = flame->session->options;

	return options->program ? 0 : subtree_processes(&flame->pids, options, why);
}

/* Adds processes that joined the subtree in the meantime. */
static void find_joined(struct flame *flame)
{
	const struct options *options = flame->session->options;
	struct ids now = { NULL, 0 };
	struct failure ignored;
	size_t i;

	if (!subtree_given(options) || subtree_processes(&now, options, &ignored))
		now.n = 0;
	for (i = 0; i < now.n; i++)
		ids_add(&flame->pids, now.v[i]);
	ids_free(&now);
}

/* Opens the events of all processes, until a pass finds no new one. */
static int open_processes(struct flame *flame, struct fault_events *events, bool started,
			  struct failure *why)
{
	size_t done = 0;

	fault_record_begin(&flame->record);
	do {
		for (; done < flame->pids.n; done++) {
			const uint32_t pid = flame->pids.v[done];

			if (!fault_events_process(events, pid, why) &&
			    (started || !fault_record_process(&flame->record, pid, why)))
				continue;
			/* One of several may have ended. */
			if (flame->pids.n == 1 || !process_is_gone(pid))
				return -1;
		}
		find_joined(flame);
	} while (done < flame->pids.n);
	return 0;
}

/* What is followed: a command, a cgroup or a PID; @pid has NUMBER_SIZE bytes for that. */
static const char *flame_name(const struct options *options, char *pid)
{
	if (options->program)
		return options->program[0];
	if (options->n_cgroups)
		return options->cgroups[0];
	snprintf(pid, NUMBER_SIZE, "PID %" PRIu64,
		 options->n_roots ? options->roots[0] : options->pids[0]);
	return pid;
}

static void say_followed(const struct flame *flame)
{
	const struct options *options = flame->session->options;
	char pid[NUMBER_SIZE];

	fprintf(stderr, "memcensus: following the page faults of %.200s, %zu process%s\n",
		flame_name(options, pid), flame->pids.n, flame->pids.n == 1 ? "" : "es");
}

int flame_follow(struct flame *flame, struct failure *why)
{
	const struct options *options = flame->session->options;
	struct fault_request request = { .on_exec = options->program };
	struct tracee tracee = { .ended = false };
	struct fault_events *events = NULL;
	const struct sigaction marking = { .sa_handler = ask_mark };
	int ret = 0, status;

	if (find_processes(flame, why))
		return -1;
	if (!flame->own->frame_pointers && fault_events_have_regs())
		request.stack_bytes = STACK_BYTES;
	signals_catch();
	if (flame->own->mark == FLAME_MARK_SIGNAL)
		sigaction(SIGUSR1, &marking, NULL);
	if (options->program)
		ret = start_tracee(&tracee, options->program, why);
	if (options->program)
		ids_add(&flame->pids, (uint32_t)tracee.program.pid);
	if (!ret)
		events = fault_events_open(&request, why);
	if (!events || open_processes(flame, events, request.on_exec, why)) {
		ret = -1;
		goto out;
	}
	if (request.stack_bytes)
		flame->record.unwinder = unwind_begin();
	if (flame->own->mark == FLAME_MARK_BEGIN &&
	    count_pages(flame, events, &flame->mark, why)) {
		ret = -1;
		goto out;
	}
	flame->begun = signals_realtime();
	say_followed(flame);
	if (options->program)
		program_go(&tracee.program);
	ret = follow(flame, events, &tracee, why);
	fault_events_lost(events, &flame->lost);
out:
	unwind_end(flame->record.unwinder);
	flame->record.unwinder = NULL;
	fault_events_close(events);
	status = leave(&tracee);
	if (!flame->session->child)
		flame->session->child = status;
	return ret;
}
