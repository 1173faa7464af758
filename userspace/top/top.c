// SPDX-License-Identifier: GPL-2.0
/* memcensus top: memory by process, live. */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "cli/command.h"
#include "lib/signals.h"
#include "top/sampler.h"
#include "top/top-view.h"

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL

/*
 * Maximum time between two redraws, ns: the screen shows the duration of a slow
 * census, and a signal just before poll() is noticed after this time.
 */
#define LOOK_AGAIN	NSEC_PER_SEC

/**
 * struct run - a run of 'top'
 * @top: its state
 * @session: options and source; the sampler owns it during a census
 * @usual: the request for all processes
 * @sampler: takes the censuses
 * @due: time of the next census, ns of CLOCK_MONOTONIC
 * @pid: the PID of the current request; request.pids points here because
 *	top.pid may change during the census
 */
struct run {
	struct top top;
	struct session *session;
	struct request usual;
	struct sampler *sampler;
	uint64_t due;
	uint32_t pid;
};

/* Starts a census if one is due. */
static void ask(struct run *run)
{
	struct top *top = &run->top;
	struct request *request = &run->session->request;
	uint64_t now = signals_now();

	if (top->since || top->ended || top->gone)
		return;
	if (!top->once && (top->frozen || now < run->due))
		return;
	/* The times are on a fixed grid; missed ones are skipped. */
	if (!run->due)
		run->due = now;
	if (now >= run->due)
		run->due += ((now - run->due) / top->interval + 1) * top->interval;
	*request = run->usual;
	top_request(top, request);
	run->pid = top->pid;
	if (run->pid)
		request->pids = &run->pid;
	top->once = false;
	top->since = now;
	sampler_ask(run->sampler);
}

/* Handles the result of the sampler, if there is one. */
static int receive(struct run *run, struct failure *why)
{
	const struct options *options = run->session->options;
	struct snapshot *snap;
	enum taken taken;

	if (!sampler_get(run->sampler, &taken, &snap, why))
		return 0;
	run->top.since = 0;
	if (taken == TAKE_END) {
		run->top.ended = true;
		return 0;
	}
	if (taken == TAKE_FAILED && run->pid && why->kind == FAIL_NO_PROCESS) {
		top_no_process(&run->top, run->pid, why);
		return 0;
	}
	if (taken == TAKE_FAILED)
		return -1;
	top_census(&run->top, snap, run->pid);
	if (!options->count || run->session->taken < options->count)
		return 0;
	/* Draw the last census: it may stay on the terminal. */
	run->top.quit = true;
	top_view_draw(&run->top);
	return 0;
}

static void take_keys(struct top *top)
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
		{ .fd = sampler_fd(run->sampler), .events = POLLIN },
	};
	uint64_t now = signals_now(), left = LOOK_AGAIN;

	if (!run->top.since && !run->top.frozen && run->due < now + left)
		left = run->due > now ? run->due - now : 0;
	poll(fds, 2, (int)((left + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC));
}

static int loop(struct run *run, struct failure *why)
{
	while (!run->top.quit && !signals_stopped()) {
		ask(run);
		top_view_draw(&run->top);
		wait_for_events(run);
		if (receive(run, why))
			return -1;
		take_keys(&run->top);
	}
	return 0;
}

static int top_run(struct session *session, struct failure *why)
{
	struct run run = { .session = session, .usual = session->request };
	int ret;

	/* Never partial: the screen shows what could not be counted. */
	ret = top_init(&run.top, session->options, why);
	if (!ret) {
		run.sampler = sampler_new(session, why);
		ret = !run.sampler || top_view_open(why) ? -1 : loop(&run, why);
		/* Restore the terminal first: an error message may follow. */
		top_view_close();
		if (run.sampler)
			sampler_free(run.sampler);
	}
	top_free(&run.top);
	return ret;
}

static const struct option_use top_options[] = {
	USE(columns), USE(all), USE(sort),
	USE_AS(reverse, "reverse the order: amounts smallest first"),
	USE(percent), USE(numeric), USE(basis), USE(file), USE(at),
	USE(abbreviate), OPTIONS_ALWAYS,
};

const struct command top_command = {
	.name = "top",
	.args = "[INTERVAL [COUNT]]",
	.words = options_interval,
	.summary = "processes on the whole screen, live, as top and htop",
	.about =
	"Shows a row for each process, the largest PSS first, and takes a census every\n"
	"INTERVAL seconds (2). Above the rows: the memory of the system, kswapd, and the\n"
	"cost of the census. The bar of a process shows USS within PSS within RSS; all\n"
	"bars have the scale of the largest process.\n"
	"\n"
	"'h' lists the keys. Cursor keys select a row, and the selection follows it. Enter\n"
	"shows the mappings of the process, 'q' or Esc goes back. '<' and '>' sort by\n"
	"another column, 'r' reverses the order, '/' filters by a regular expression, 't'\n"
	"shows a tree, 'Z' freezes the screen, 'f' chooses columns, 'e' changes the units,\n"
	"'q' quits.\n"
	"\n"
	"Amounts are sorted with the largest first, with -r with the smallest first. Each\n"
	"census of a record is shown for INTERVAL seconds. NO_COLOR in the environment\n"
	"turns colours off.\n",
	.options = top_options,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_SYSTEM | MEMCENSUS_PART_NODES,
	.rows = { &task_record, "pid,user,swap,uss,pss,rss,comm", "pss" },
	.run = top_run,
	.screen = true,
};
