// SPDX-License-Identifier: GPL-2.0
/* Command lines, read so that a stuck process does not block the reader. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/cmdlines.h"
#include "host/process.h"
#include "host/procfs.h"
#include "lib/signals.h"

#define NSEC_PER_SEC	1000000000ULL

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
 * @lock: protects all but @of and @n, which do not change
 * @moved: signalled when @at changes
 * @n: entries in @of
 * @at: the one being read; @n: the thread has ended
 * @left: the waiter gave up, and the thread frees the batch
 * @of: the processes
 * @text: of those before @at, NULL: none; owned
 */
struct batch {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	size_t n;
	size_t at;
	bool left;
	struct cmdline_of of[BATCH];
	char *text[BATCH];
};

/* /proc/@pid/cmdline up to CMDLINE_MAX, with a NUL added; NULL if it is gone. */
static char *read_file(uint32_t pid, size_t *len)
{
	char path[32], *text = NULL, *more;
	struct failure gone;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%" PRIu32 "/cmdline", pid);
	file = procfs_open(path, &gone);
	if (!file)
		return NULL;
	*len = 0;
	do {
		size = size ? 4 * size : 512;
		more = realloc(text, size + 1);
		if (!more)
			break;
		text = more;
		*len += fread(text + *len, 1, size - *len, file);
	} while (*len == size && size < CMDLINE_MAX);
	fclose(file);
	if (!more) {
		free(text);
		return NULL;
	}
	text[*len] = '\0';
	return text;
}

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

static char *read_one(const struct cmdline_of *of)
{
	size_t len, i;
	char *text = of->pid ? read_file(of->pid, &len) : NULL;

	if (!text)
		return NULL;
	/* Processes that write a title there leave padding behind it. */
	while (len && (!text[len - 1] || text[len - 1] == ' '))
		len--;
	text[len] = '\0';
	for (i = 0; i < len; i++)
		if (!text[i])
			text[i] = ' ';
	if (len && is_same(of->pid, of->start))
		return text;
	free(text);
	return NULL;
}

static struct batch *batch_new(const struct cmdline_of *of, size_t n)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	pthread_condattr_t clock;

	if (!batch)
		return NULL;
	pthread_mutex_init(&batch->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&batch->moved, &clock);
	pthread_condattr_destroy(&clock);
	batch->n = n < BATCH ? n : BATCH;
	memcpy(batch->of, of, batch->n * sizeof(*of));
	return batch;
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
		text = read_one(&batch->of[batch->at]);
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

static bool batch_start(struct batch *batch, pthread_t *thread)
{
	sigset_t all, before;
	int error;

	/* The other threads handle signals. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(thread, NULL, batch_run, batch);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return !error;
}

/* Waits until @batch->at is not @at, at most PATIENCE; the caller holds the lock. */
static void wait_for_move(struct batch *batch, size_t at)
{
	const uint64_t until = signals_now() + PATIENCE;
	const struct timespec moment = {
		.tv_sec = (time_t)(until / NSEC_PER_SEC),
		.tv_nsec = (long)(until % NSEC_PER_SEC),
	};

	while (batch->at == at &&
	       !pthread_cond_timedwait(&batch->moved, &batch->lock, &moment))
		;
}

/* Waits while the thread makes progress; returns how many it has read. */
static size_t batch_wait(struct batch *batch)
{
	unsigned int tries = 0;
	size_t at = 0;

	pthread_mutex_lock(&batch->lock);
	while (batch->at < batch->n && tries < patience) {
		wait_for_move(batch, at);
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

/*
 * Reads some of @of, whose first entry has index @first: how many it read, or -1
 * and @why.
 */
static ssize_t read_some(const struct cmdline_of *of, size_t n, size_t first,
			 cmdline_see *see, void *context, struct failure *why)
{
	struct batch *batch = batch_new(of, n);
	pthread_t thread;
	size_t i, done;
	int ret = 0;

	if (!batch)
		return fail_memory(why);
	if (!batch_start(batch, &thread)) {
		batch_free(batch);
		return 0;
	}
	done = batch_wait(batch);
	/* The thread no longer touches entries before @done. */
	for (i = 0; !ret && i < done; i++)
		if (batch->text[i])
			ret = see(context, first + i, batch->text[i]);
	batch_leave(batch, thread);
	return ret ? fail_memory(why) : (ssize_t)done;
}

int cmdlines_read(const struct cmdline_of *of, size_t n, cmdline_see *see,
		  void *context, size_t *missed, struct failure *why)
{
	unsigned int stuck = 0;
	size_t i = 0, wanted;
	ssize_t done;

	while (i < n && stuck < STUCK_MAX) {
		wanted = n - i < BATCH ? n - i : BATCH;
		done = read_some(of + i, wanted, i, see, context, why);
		if (done < 0)
			return -1;
		i += done;
		if ((size_t)done == wanted)
			continue;
		/* Skip the one that blocks. */
		i++;
		stuck++;
		++*missed;
	}
	*missed += n - i;
	return 0;
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

static int add(void *context, size_t i, const char *text)
{
	struct snapshot *snap = context;

	snap->tasks[i].cmdline = snapshot_text(snap, text, strlen(text));
	return snap->tasks[i].cmdline ? 0 : -1;
}

int cmdlines_add(struct snapshot *snap, size_t *missed, struct failure *why)
{
	struct cmdline_of *of = calloc(snap->n_tasks + 1, sizeof(*of));
	size_t i;
	int ret;

	if (!of)
		return fail_memory(why);
	for (i = 0; i < snap->n_tasks; i++)
		of[i] = cmdline_of_task(&snap->tasks[i]);
	ret = cmdlines_read(of, snap->n_tasks, add, snap, missed, why);
	free(of);
	return ret;
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

/**
 * struct matching - state of cmdlines_match()
 * @filter: the filter
 * @of: processes whose command lines are read; owned
 * @index: their indexes in the arrays of the caller; owned
 * @chosen: owned by the caller
 */
struct matching {
	const struct filter *filter;
	struct cmdline_of *of;
	size_t *index;
	bool *chosen;
};

static int see_match(void *context, size_t i, const char *text)
{
	const struct matching *matching = context;

	matching->chosen[matching->index[i]] = filter_matches(matching->filter, text) &&
					       !is_own(matching->of[i].pid, text);
	return 0;
}

int cmdlines_match(const struct filter *filter, const struct cmdline_of *of,
		   bool *chosen, size_t n, size_t *missed, struct failure *why)
{
	struct matching matching = {
		.filter = filter,
		.of = calloc(n + 1, sizeof(*of)),
		.index = calloc(n + 1, sizeof(*matching.index)),
		.chosen = chosen,
	};
	size_t i, wanted = 0;
	int ret;

	for (i = 0; matching.of && matching.index && i < n; i++) {
		if (chosen[i] || !of[i].pid)
			continue;
		matching.of[wanted] = of[i];
		matching.index[wanted++] = i;
	}
	if (matching.of && matching.index)
		ret = cmdlines_read(matching.of, wanted, see_match, &matching, missed, why);
	else
		ret = fail_memory(why);
	free(matching.of);
	free(matching.index);
	return ret;
}
