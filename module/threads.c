// SPDX-License-Identifier: GPL-2.0
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "compat.h"
#include "params.h"
#include "scan.h"
#include "threads.h"

/**
 * census_threads_init() - prepare runs
 * @t: zeroed
 * @stopped: becomes true in a run if a number fails or the caller is killed; work reads it
 *	with READ_ONCE() and then ends soon
 */
void census_threads_init(struct census_threads *t, bool *stopped)
{
	t->stopped = stopped;
	init_completion(&t->done);
}

static void take_work(struct census_threads *t)
{
	unsigned int number;
	int err;

	while ((number = atomic_fetch_inc(&t->next)) < t->numbers) {
		err = t->work(t->context, number);
		if (err)
			WRITE_ONCE(*t->stopped, true);
		/* Keep the first error, but replace -EINTR: it may only be a consequence. */
		if (err && atomic_cmpxchg(&t->err, 0, err) == -EINTR)
			atomic_set(&t->err, err);
	}
}

static int work_thread(void *data)
{
	struct census_threads *t = data;

	take_work(t);
	atomic64_add(current->se.sum_exec_runtime, &t->cpu);
	if (atomic_dec_and_test(&t->running))
		complete(&t->done);
	return 0;
}

/*
 * Threads have the caller's priority, not a lower one: they hold mmap locks, and tasks
 * that wait for such a lock must not wait for a thread that does not get the CPU.
 *
 * The allocation of a thread's stack may invoke the OOM killer.  So no threads are
 * started if memory is short.
 */
static struct task_struct *start_worker(struct census_threads *t, unsigned int number)
{
	struct task_struct *thread;

	if (si_mem_available() < (long)(totalram_pages() / 64))
		return NULL;
	thread = kthread_create(work_thread, t, "memcensus/%u", number);
	if (IS_ERR(thread))
		return NULL;	/* the other workers do its work */
	set_user_nice(thread, task_nice(current));
	get_task_struct(thread);
	atomic_inc(&t->running);
	wake_up_process(thread);
	return thread;
}

/* The signal is the caller's: the threads see @stopped, and then end soon. */
static void wait_for_threads(struct census_threads *t)
{
	if (atomic_dec_and_test(&t->running))
		return;
	if (wait_for_completion_state(&t->done, CENSUS_WAIT))
		WRITE_ONCE(*t->stopped, true);
}

/**
 * census_threads_run() - run work once for each number, in parallel
 * @t: initialized
 * @nr: maximum number of threads, including the caller
 * @numbers: @work is called with 0 to @numbers - 1
 * @work: the work
 * @context: its first argument
 *
 * Each number is processed, however few threads could be started, unless one fails or the
 * caller is killed.
 *
 * Return: 0, the first error of @work, or -EINTR after a fatal signal.
 */
int census_threads_run(struct census_threads *t, unsigned int nr, unsigned int numbers,
		       census_work_fn *work, void *context)
{
	struct task_struct *threads[CENSUS_WORKERS_MAX] = {};
	unsigned int i;

	t->work = work;
	t->context = context;
	t->numbers = numbers;
	*t->stopped = false;
	atomic_set(&t->next, 0);
	atomic_set(&t->err, 0);
	atomic_set(&t->running, 1);
	reinit_completion(&t->done);
	for (i = 1; i < nr; i++)
		threads[i] = start_worker(t, i);
	take_work(t);
	wait_for_threads(t);
	/* Also waits until the thread has left the module's text. */
	for (i = 1; i < nr; i++) {
		if (!threads[i])
			continue;
		kthread_stop(threads[i]);
		put_task_struct(threads[i]);
	}
	return fatal_signal_pending(current) ? -EINTR : atomic_read(&t->err);
}
