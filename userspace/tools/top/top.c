// SPDX-License-Identifier: GPL-2.0
/* memcensus top: memory by process, live. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "lib/signals.h"
#include "tools/top/top-view.h"

#define NSEC_PER_MSEC	1000000ULL

/*
 * Maximum time between two redraws, ns: the screen shows the duration of a slow
 * census, and a signal just before poll() is noticed after this time.
 */
#define LOOK_AGAIN	NSEC_PER_SEC

/* Interval of the signals to a thread that must end, ns. */
#define TELL_NSEC	20000000

/**
 * struct run - a run of 'top'
 * @top: its state; @top.since says whether a census is running
 * @session: options and source; @thread owns it during a census
 * @request: for all processes
 * @due: time of the next census, ns of CLOCK_MONOTONIC
 * @pid: the PID of the current request; request.pids points here because
 *	top.pid may change during the census
 * @grouped: the current request has cgroups
 * @thread: takes one census: the scan runs in a system call, which may take seconds
 *	and cannot be polled
 * @ready: eventfd, readable when @thread has written the members after it
 * @taken, @snap, @why: the result of session_take()
 */
struct run {
	struct top top;
	struct session *session;
	struct request request;
	uint64_t due;
	uint64_t pid;
	bool grouped;
	pthread_t thread;
	int ready;
	enum taken taken;
	struct snapshot *snap;
	struct failure why;
};

static void *census_thread(void *arg)
{
	const uint64_t one = 1;
	struct run *run = arg;

	run->taken = session_take(run->session, &run->snap, &run->why);
	if (write(run->ready, &one, sizeof(one)) != sizeof(one))
		abort();
	return NULL;
}

/*
 * The caller must get the signals: they interrupt its poll(), and ncurses needs them.
 * Only SIGTERM stays enabled: stop_census() interrupts the system call of a scan by it.
 */
static int start_census(struct run *run, struct failure *why)
{
	const int error = signals_thread(&run->thread, SIGTERM, census_thread, run);

	if (error)
		return fail(why, FAIL_SYSTEM, "cannot start a thread: %s", strerror(error));
	run->top.since = signals_now();
	return 0;
}

/* Interrupts a census in progress. */
static void stop_census(struct run *run)
{
	struct timespec until;

	if (!run->top.since)
		return;
	/* Repeat the signal: it may arrive just before the system call. */
	do {
		pthread_kill(run->thread, SIGTERM);
		until = signals_timespec(signals_realtime() + TELL_NSEC);
	} while (pthread_timedjoin_np(run->thread, NULL, &until) == ETIMEDOUT);
	snapshot_free(run->snap);
}

/* Starts a census if one is due. */
static int ask_census(struct run *run, struct failure *why)
{
	struct top *top = &run->top;
	struct request *request = &run->session->request;
	uint64_t now = signals_now();

	if (top->since || top->ended || top->gone)
		return 0;
	if (!top->once && (top->frozen || now < run->due))
		return 0;
	/* The times are on a fixed grid; missed ones are skipped. */
	if (!run->due)
		run->due = now;
	if (now >= run->due)
		run->due += ((now - run->due) / top->interval + 1) * top->interval;
	*request = run->request;
	top_request(top, request);
	run->pid = top->pid;
	if (run->pid)
		request->pids.v = &run->pid;
	run->grouped = request->group_by;
	top->once = false;
	if (subtree_prepare(run->session, why))
		return -1;
	return start_census(run, why);
}

/* Handles the result of a census, if there is one. */
static int receive(struct run *run, struct failure *why)
{
	const struct options *options = run->session->options;
	uint64_t n;

	if (read(run->ready, &n, sizeof(n)) != sizeof(n))
		return 0;
	pthread_join(run->thread, NULL);
	run->top.since = 0;
	if (run->taken == TAKE_END) {
		run->top.ended = true;
		return 0;
	}
	/* The mappings of a process, which it or the record does not have. */
	if (run->taken == TAKE_FAILED && run->pid &&
	    (run->why.kind == FAIL_NO_PROCESS || run->why.kind == FAIL_REFUSED)) {
		top_no_process(&run->top, run->pid, &run->why);
		return 0;
	}
	/* The service refuses a user groups: the processes are still there. */
	if (run->taken == TAKE_FAILED && run->grouped &&
	    ((run->session->by_subtree && run->why.kind == FAIL_NO_PROCESS) ||
	     run->why.kind == FAIL_REFUSED)) {
		top_no_groups(&run->top, &run->why);
		return 0;
	}
	if (run->taken == TAKE_FAILED) {
		*why = run->why;
		return -1;
	}
	top_census(&run->top, run->snap, run->pid, run->grouped);
	if (!options->count || run->session->taken < options->count)
		return 0;
	/* Draw the last census: it may stay on the terminal. */
	run->top.quit = true;
	top_view_draw(&run->top);
	return 0;
}

static void handle_keys(struct top *top)
{
	struct key key;
	bool hung_up;

	while (!top->quit && top_view_key(&key, &hung_up))
		top_key(top, &key);
	top->quit |= hung_up;
}

/* Waits for a key, a census, or the time of the next census or redraw. */
static void wait_for_events(const struct run *run)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = run->ready, .events = POLLIN },
	};
	uint64_t now = signals_now(), left = LOOK_AGAIN;

	if (!run->top.since && !run->top.frozen && run->due < now + left)
		left = run->due > now ? run->due - now : 0;
	poll(fds, 2, (int)((left + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC));
}

static int loop(struct run *run, struct failure *why)
{
	while (!run->top.quit && !signals_stopped()) {
		if (ask_census(run, why))
			return -1;
		top_view_draw(&run->top);
		wait_for_events(run);
		if (receive(run, why))
			return -1;
		handle_keys(&run->top);
	}
	return 0;
}

static int top_run(struct session *session, struct failure *why)
{
	struct run run = { .session = session, .request = session->request };
	int ret = -1;

	/* Never partial: the screen shows what could not be counted. */
	run.ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (run.ready < 0)
		return fail(why, FAIL_SYSTEM, "cannot start a thread: %s", strerror(errno));
	if (!top_init(&run.top, session->options, session->source->ops->live, why) &&
	    !top_view_open(why)) {
		ret = loop(&run, why);
		/* Restore the terminal first: an error message may follow. */
		top_view_close();
		stop_census(&run);
	}
	close(run.ready);
	top_free(&run.top);
	return ret;
}

static const struct option_use top_options[] = {
	USE(columns), USE(all), USE(sort),
	USE_AS(reverse, "reverse the order: amounts smallest first"),
	USE(percent), USE(numeric), USE(pid), USE_CGROUPS, USE(tree),
	USE(file), USE(at), OPTIONS_OF_SERIES,
	USE(abbreviate), OPTIONS_ALWAYS,
};

const struct command top_command = {
	.name = "top",
	.words = options_interval,
	.about =
	"Shows a row for each process, the largest PSS first, and takes a census every\n"
	"INTERVAL seconds (2). Above the rows: the memory of the system, kswapd, and the\n"
	"cost of the census.\n"
	"\n"
	"'h' lists the keys. Cursor keys select a row, and the selection follows it. Enter\n"
	"shows the mappings of the process, 'g' the tree of cgroups with what is charged to\n"
	"them; 'q' or Esc goes back. '<' and '>' sort by another column, 'r' reverses the\n"
	"order, '/' filters by a regular expression, 'Z' freezes the screen, 'e' changes the\n"
	"units, 'q' quits. Users and trees: 'memcensus -u 2', 'memcensus --by tree 2'.\n"
	"\n"
	"Amounts are sorted with the largest first, with -r with the smallest first. Each\n"
	"census of a record is shown for INTERVAL seconds.\n",
	.options = top_options,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_NODES,
	.totals = true,
	.rows = { &task_rows, "pid,user,swap,uss,pss,rss,comm", "pss" },
	.run = top_run,
	.screen = true,
};
