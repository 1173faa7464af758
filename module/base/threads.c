// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/timekeeping.h>

#include "base/compat.h"
#include "base/gate.h"
#include "base/params.h"
#include "base/threads.h"

/*
 * Helpers run on any processor that the administrator allows to unbound work: the cpumask of this
 * queue in /sys/devices/virtual/workqueue, isolcpus, nohz_full.
 */
static struct workqueue_struct *queue;

/* Return: 0 or -ENOMEM. */
int census_threads_setup(void)
{
	queue = alloc_workqueue("memcensus", WQ_UNBOUND | WQ_SYSFS, 0);
	return queue ? 0 : -ENOMEM;
}

/* No request is left.  Also waits until the last helper has left the module's text. */
void census_threads_teardown(void)
{
	destroy_workqueue(queue);
}

/* Tests of what several workers do want them also where they do not pay. */
static bool always_help(void)
{
#ifdef CENSUS_CHECK
	return true;
#else
	return false;
#endif
}

/*
 * Each thread must have at least this to do, ns.  A helper begins only when a processor has woken
 * up, and what several workers have marked is joined in the end: where two share less than 5 ms
 * they save nothing, or lose.
 */
#define WORK_MIN	(5 * NSEC_PER_MSEC / 2)

/* Helpers of a run that has just ended are awake.  One that is late is not waited for. */
#define WORK_MIN_AWAKE	(NSEC_PER_MSEC / 4)

/*
 * Checks whether the processor time of the current task may be limited by its cgroup.  Modules can
 * neither see that limit nor put a helper into the cgroup.
 */
static bool is_in_cgroup(void)
{
	bool below_root = false;

#ifdef CONFIG_CGROUP_SCHED
	rcu_read_lock();
	below_root = task_css(current, cpu_cgrp_id)->parent;
	rcu_read_unlock();
#endif
	return below_root;
}

/* Checks whether limits of the current task would not hold for helpers. */
static bool is_limited(void)
{
	return task_nice(current) > 0 || current->policy == SCHED_IDLE ||
	       current->policy == SCHED_BATCH || rlimit(RLIMIT_CPU) != RLIM_INFINITY ||
	       (!census_params.workers_given && is_in_cgroup());
}

/**
 * census_threads_for() - threads that pay for some work, the current task included
 * @work: estimate of what one thread takes, ns
 * @awake: there were helpers until now
 *
 * Helpers run with the priority of the kernel's workers, outside of the caller's cgroup, and on
 * processors that it may not use.  So a caller that is limited gets none, and another one at most
 * as many as it has processors.  A limit of its cgroup is not known: there helpers are for who
 * gave the parameter workers.
 *
 * Return: from 1 to the parameter workers.
 */
unsigned int census_threads_for(u64 work, bool awake)
{
	unsigned int most = min3(cpumask_weight(current->cpus_ptr), num_online_cpus(),
				 census_params.workers);

	if (always_help())
		return census_params.workers;
	if (is_limited())
		return 1;
	return clamp_t(u64, div_u64(work, awake ? WORK_MIN_AWAKE : WORK_MIN), 1, max(most, 1U));
}

/* A helper shares its processor for this long, ns: what wants it may be done by then. */
#define PATIENCE	(NSEC_PER_MSEC / 4)

/**
 * census_threads_unwelcome() - check whether a helper should leave its processor to others
 * @since: when another task first wanted the processor, of all looks since it was free; 0: not
 *	yet
 *
 * A helper that leaves begins nothing new, and the caller, which is no kernel worker, does what is
 * left.  One look is not enough: when a processor wakes up, what woke it has something to do too.
 */
bool census_threads_unwelcome(u64 *since)
{
	u64 now;

	if (!(current->flags & PF_WQ_WORKER) || always_help() || single_task_running()) {
		*since = 0;
		return false;
	}
	now = ktime_get_ns();
	*since = *since ?: now;
	return now - *since >= PATIENCE;
}

struct census_cpu_clock census_cpu_clock_start(void)
{
	return (struct census_cpu_clock) {
		.switches = current->nvcsw + current->nivcsw,
		.runtime = current->se.sum_exec_runtime,
		.begin = ktime_get_ns(),
	};
}

/* Return: CPU time of the current task since the start of the clock, ns. */
u64 census_cpu_clock_stop(const struct census_cpu_clock *c)
{
	u64 wall = ktime_get_ns() - c->begin;

	if (current->nvcsw + current->nivcsw == c->switches)
		return wall;
	return min(wall, current->se.sum_exec_runtime - c->runtime);
}

static void run_number(struct census_threads *t, unsigned int number)
{
	int err = t->work(t->context, number);

	if (err)
		WRITE_ONCE(*t->stopped, true);
	/* Keep the first error, but replace -EINTR: it may only be a consequence. */
	if (err && atomic_cmpxchg(&t->err, 0, err) == -EINTR)
		atomic_set(&t->err, err);
}

static void take_work(struct census_threads *t)
{
	unsigned int number;
	u64 wanted = 0;

	while (!census_threads_unwelcome(&wanted) &&
	       (number = atomic_fetch_inc(&t->next)) < t->numbers)
		run_number(t, number);
}

static void leave_threads(struct census_threads *t)
{
	if (atomic_dec_and_test(&t->running))
		complete(&t->done);
}

/* Waits on the processor.  Return: true if there is another run; else the helper leaves. */
static bool wait_for_run(struct census_helper *h)
{
	u64 begin = ktime_get_ns();

	for (;;) {
		switch (atomic_read(&h->state)) {
		case CENSUS_HELPER_AWAY:
			return false;
		case CENSUS_HELPER_CALLED:
			/* Unless the caller has taken it back: then wait on. */
			if (atomic_cmpxchg(&h->state, CENSUS_HELPER_CALLED,
					   CENSUS_HELPER_WORKS) == CENSUS_HELPER_CALLED)
				return true;
			break;
		default:
			if (!census_stay(begin) &&
			    atomic_cmpxchg(&h->state, CENSUS_HELPER_READY,
					   CENSUS_HELPER_AWAY) == CENSUS_HELPER_READY)
				return false;
		}
	}
}

static void help_scan(struct work_struct *work)
{
	struct census_helper *h = container_of(work, struct census_helper, work);
	struct census_threads *t = h->threads;
	struct census_cpu_clock clock;
	bool called;

	do {
		clock = census_cpu_clock_start();
		take_work(t);
		atomic64_add(census_cpu_clock_stop(&clock), &t->cpu);
		clock = census_cpu_clock_start();
		/* Before the caller can begin the next run. */
		atomic_set(&h->state, CENSUS_HELPER_READY);
		leave_threads(t);
		called = wait_for_run(h);
		atomic64_add(census_cpu_clock_stop(&clock), &t->cpu_between);
	} while (called);
	/* census_threads_end() waits until this returns, before the caller frees @t. */
}

/**
 * census_threads_init() - prepare runs
 * @t: zeroed; the caller calls census_threads_end() before it frees it
 * @stopped: becomes true in a run if a number fails or the caller is killed; work reads it
 *	with READ_ONCE() and then ends soon
 */
void census_threads_init(struct census_threads *t, bool *stopped)
{
	unsigned int i;

	t->stopped = stopped;
	init_completion(&t->done);
	for (i = 0; i < ARRAY_SIZE(t->helpers); i++) {
		t->helpers[i].threads = t;
		INIT_WORK(&t->helpers[i].work, help_scan);
	}
}

/* Return: true if a helper has not begun, and will not now. */
static bool take_back(struct census_helper *h)
{
	return cancel_work(&h->work) ||
	       atomic_cmpxchg(&h->state, CENSUS_HELPER_CALLED,
			      CENSUS_HELPER_READY) == CENSUS_HELPER_CALLED;
}

/*
 * The caller has found no more work.  A helper that has not begun is not waited for: no processor
 * was free for it, or it was late.
 *
 * A fatal signal is the caller's: the helpers see @stopped, and then end soon.
 */
static void wait_for_helpers(struct census_threads *t)
{
	u64 begin = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < t->begun; i++)
		if (take_back(&t->helpers[i]))
			atomic_dec(&t->running);
	if (atomic_dec_and_test(&t->running))
		return;
	while (!completion_done(&t->done) && census_stay(begin))
		;
	census_stayed(t, begin);
	if (wait_for_completion_state(&t->done, CENSUS_WAIT)) {
		WRITE_ONCE(*t->stopped, true);
		wait_for_completion(&t->done);
	}
}

/*
 * Where the next helper is wanted: each on another processor that the caller may use.  The
 * queue takes it as a hint, and keeps to the processors around it that share a cache.  Without
 * one, a helper is wanted where the caller runs: with a cache for each processor it would wake
 * up there, find it busy, and leave.
 */
static unsigned int next_cpu(unsigned int cpu)
{
	cpu = cpumask_next_and(cpu, cpu_online_mask, current->cpus_ptr);
	if (cpu >= nr_cpu_ids)
		cpu = cpumask_first_and(cpu_online_mask, current->cpus_ptr);
	return cpu < nr_cpu_ids ? cpu : raw_smp_processor_id();
}

/**
 * census_threads_more() - begin helpers
 * @t: the run; the current task is its caller, possibly within the work
 * @nr: with the caller there are up to so many threads then
 */
void census_threads_more(struct census_threads *t, unsigned int nr)
{
	unsigned int cpu = raw_smp_processor_id(), i;

	nr = min(nr, t->numbers);
	for (i = 0; i + 1 < nr; i++) {
		struct census_helper *h = &t->helpers[i];

		cpu = next_cpu(cpu);
		if (i < t->begun)
			continue;
		t->begun++;
		t->most = max(t->most, t->begun);
		atomic_inc(&t->running);
		if (atomic_cmpxchg(&h->state, CENSUS_HELPER_READY,
				   CENSUS_HELPER_CALLED) != CENSUS_HELPER_READY)
			queue_work_on(cpu, queue, &h->work);
	}
}

/**
 * census_threads_end() - let helpers leave
 * @t: initialized or zeroed; no run follows, and no helper uses it afterwards
 */
void census_threads_end(struct census_threads *t)
{
	unsigned int i;

	for (i = 0; i < t->most; i++)
		atomic_set(&t->helpers[i].state, CENSUS_HELPER_AWAY);
	for (i = 0; i < t->most; i++)
		cancel_work_sync(&t->helpers[i].work);
}

/**
 * census_threads_run() - run work once for each number, in parallel
 * @t: initialized
 * @nr: maximum number of threads, including the caller
 * @numbers: @work is called with 0 to @numbers - 1; at least 1
 * @work: the work
 * @context: its first argument
 *
 * Each number is processed, however few helpers begin, also if one fails or the caller is killed.
 * Number 0 is the caller's: helpers leave for the sake of their processors, also in the middle of
 * work that all numbers share, and the caller does the rest.
 *
 * Return: 0, the first error of @work, or -EINTR after a fatal signal.
 */
int census_threads_run(struct census_threads *t, unsigned int nr, unsigned int numbers,
		       census_work_fn *work, void *context)
{
	t->work = work;
	t->context = context;
	t->numbers = numbers;
	t->begun = 0;
	*t->stopped = false;
	atomic_set(&t->next, 1);
	atomic_set(&t->err, 0);
	atomic_set(&t->running, 1);
	reinit_completion(&t->done);
	census_threads_more(t, nr);
	run_number(t, 0);
	take_work(t);
	wait_for_helpers(t);
	return fatal_signal_pending(current) ? -EINTR : atomic_read(&t->err);
}
