// SPDX-License-Identifier: GPL-2.0
/* Command lines, read so that a stuck process does not block the reader. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "os/cmdlines.h"
#include "os/process.h"

/* Waits for one command line @patience times PATIENCE ns. */
#define PATIENCE	(NSEC_PER_SEC / 20)
/* Several short waits: on busy CPUs they last longer, as the reading does. */
static unsigned int patience = 10;

/* After so many timeouts the rest is skipped. */
#define STUCK_MAX	5

void cmdlines_patience(unsigned int times)
{
	patience = times;
}

/* Command lines per thread; bounds how many are in memory at once. */
#define BATCH		32

/**
 * struct batch - command lines that one thread reads
 * @lock: protects all but @of and @n, which do not change, and @buf
 * @moved: signalled when @at changes
 * @n: entries in @of
 * @at: the one being read; @n: the thread has ended
 * @left: the waiter gave up, and the thread frees the batch
 * @of: the processes
 * @text: of those before @at, NULL: none; owned
 * @buf: of the thread
 */
struct batch {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	size_t n;
	size_t at;
	bool left;
	struct cmdline_of of[BATCH];
	char *text[BATCH];
	char buf[CMDLINE_MAX + 1];
};

/*
 * Whether @pid is the process that started at @start, ns since boot.  No process
 * matches in a time namespace with another boot clock.
 */
static bool is_same(uint32_t pid, uint64_t start)
{
	const uint64_t tick = NSEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);
	const uint64_t now = start ? process_state(pid).start : 0;

	return !now || now == start / tick;
}

/* Reads into @buf of CMDLINE_MAX + 1 bytes; NULL: there is none. */
static char *read_one(const struct cmdline_of *of, char *buf)
{
	const bool wanted = of->pid && !of->chosen;
	size_t len, i;

	len = wanted ? process_read(of->pid, "cmdline", buf, CMDLINE_MAX + 1) : 0;
	if (!len && wanted)
		len = process_read(process_living_thread(of->pid), "cmdline", buf,
				   CMDLINE_MAX + 1);
	/* Processes that write a title there leave padding behind it. */
	while (len && (!buf[len - 1] || buf[len - 1] == ' '))
		len--;
	buf[len] = '\0';
	for (i = 0; i < len; i++)
		if (!buf[i])
			buf[i] = ' ';
	return len && is_same(of->pid, of->start) ? xstrdup(buf) : NULL;
}

static void batch_free(struct batch *batch)
{
	size_t i;

	for (i = 0; i < batch->n; i++)
		free(batch->text[i]);
	pthread_cond_destroy(&batch->moved);
	pthread_mutex_destroy(&batch->lock);
	free(batch);
}

static void *batch_run(void *arg)
{
	struct batch *batch = arg;
	bool left = false;
	char *text;

	while (!left && batch->at < batch->n) {
		text = read_one(&batch->of[batch->at], batch->buf);
		pthread_mutex_lock(&batch->lock);
		batch->text[batch->at++] = text;
		left = batch->left;
		pthread_cond_signal(&batch->moved);
		pthread_mutex_unlock(&batch->lock);
	}
	if (left)
		batch_free(batch);
	return NULL;
}

/* Waits while the thread makes progress; returns how many it has read. */
static size_t batch_wait(struct batch *batch)
{
	unsigned int tries = 0;
	struct timespec until;
	size_t at = 0;

	pthread_mutex_lock(&batch->lock);
	while (batch->at < batch->n && tries < patience) {
		until = signals_timespec(signals_now() + PATIENCE);
		while (batch->at == at && !pthread_cond_clockwait(&batch->moved, &batch->lock,
								  CLOCK_MONOTONIC, &until))
			;
		tries = batch->at == at ? tries + 1 : 0;
		at = batch->at;
	}
	/* The thread may have read all before the first wait. */
	at = batch->at;
	pthread_mutex_unlock(&batch->lock);
	return at;
}

/* Hands the batch over to its thread, or frees it if the thread has ended. */
static void batch_leave(struct batch *batch, pthread_t thread)
{
	bool over;

	pthread_mutex_lock(&batch->lock);
	over = batch->at == batch->n;
	batch->left = !over;
	pthread_mutex_unlock(&batch->lock);
	if (!over) {
		pthread_detach(thread);
		return;
	}
	pthread_join(thread, NULL);
	batch_free(batch);
}

/* Gets the command line of process @i, with blanks between words; not called if it has none. */
typedef void cmdline_see(void *context, size_t i, const char *text);

/* Lets a thread read a batch, and sees what it has read: how many of @n. */
static size_t read_some(const struct cmdline_of *of, size_t n, size_t first,
			cmdline_see *see, void *context)
{
	struct batch *batch = xcalloc(1, sizeof(*batch));
	pthread_t thread;
	size_t i, done;

	pthread_mutex_init(&batch->lock, NULL);
	pthread_cond_init(&batch->moved, NULL);
	batch->n = n;
	memcpy(batch->of, of + first, n * sizeof(*of));
	if (signals_thread(&thread, 0, batch_run, batch)) {
		batch_free(batch);
		return 0;
	}
	done = batch_wait(batch);
	/* The thread no longer touches entries before @done. */
	for (i = 0; i < done; i++)
		if (batch->text[i])
			see(context, first + i, batch->text[i]);
	batch_leave(batch, thread);
	return done;
}

/* Returns how many timed out. */
static size_t cmdlines_read(const struct cmdline_of *of, size_t n, cmdline_see *see, void *context)
{
	size_t i, wanted, done, stuck = 0;

	for (i = 0; i < n && stuck < STUCK_MAX; i += wanted) {
		wanted = n - i < BATCH ? n - i : BATCH;
		done = read_some(of, wanted, i, see, context);
		if (done == wanted)
			continue;
		/* Skip the one that blocks. */
		wanted = done + 1;
		stuck++;
	}
	for (; i < n; i++)
		stuck += of[i].pid && !of[i].chosen;
	return stuck;
}

struct cmdline_of cmdline_of_task(const struct task *task)
{
	struct cmdline_of of = { 0 };

	if (!KNOWN(task, MEMCENSUS_TASK_PID) ||
	    (KNOWN(task, MEMCENSUS_TASK_STATE) && task->state == MEMCENSUS_STATE_BUSY))
		return of;
	of.pid = (uint32_t)task->pid;
	if (KNOWN(task, MEMCENSUS_TASK_START_NS))
		of.start = task->start;
	return of;
}

static void add_cmdline(void *context, size_t i, const char *text)
{
	struct snapshot *snap = context;

	snap->tasks[i].cmdline = snapshot_text(snap, text, strlen(text));
}

size_t cmdlines_add(struct snapshot *snap)
{
	struct cmdline_of *of = xcalloc(snap->n_tasks, sizeof(*of));
	size_t i, missed;

	for (i = 0; i < snap->n_tasks; i++)
		of[i] = cmdline_of_task(&snap->tasks[i]);
	missed = cmdlines_read(of, snap->n_tasks, add_cmdline, snap);
	free(of);
	return missed;
}

static bool is_own(uint32_t pid, const char *text)
{
	uint32_t own = process_own();

	if (own == pid)
		return true;
	if (!strstr(text, program_invocation_short_name))
		return false;
	while (own && own != pid)
		own = process_parent(own);
	return own;
}

/* The context of see_match(). */
struct matching {
	const struct filter *filter;
	struct cmdline_of *of;
};

static void see_match(void *context, size_t i, const char *text)
{
	const struct matching *matching = context;

	matching->of[i].chosen = filter_matches(matching->filter, text) &&
				 !is_own(matching->of[i].pid, text);
}

size_t cmdlines_match(const struct filter *filter, struct cmdline_of *of, size_t n)
{
	struct matching matching = { filter, of };

	return cmdlines_read(of, n, see_match, &matching);
}
