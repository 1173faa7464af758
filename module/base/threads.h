/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel workers that help the caller of a census, or of a pass over frames, with its work. */
#ifndef _CENSUS_THREADS_H
#define _CENSUS_THREADS_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/sched/stat.h>
#include <linux/timekeeping.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "base/params.h"

/*
 * Called for each number, also after an error of another one or a fatal signal: it frees what is
 * its own, and looks at &struct census_threads.stopped itself.  Return: 0, or a negative error.
 */
typedef int census_work_fn(void *context, unsigned int number);

struct census_threads;

/**
 * enum census_helper_state - what a helper does that has begun
 * @CENSUS_HELPER_AWAY: it has left, or leaves
 * @CENSUS_HELPER_READY: it waits for the next run, on its processor, for a short time
 * @CENSUS_HELPER_CALLED: there is a next run, which it has not noticed yet
 * @CENSUS_HELPER_WORKS: it works
 */
enum census_helper_state {
	CENSUS_HELPER_AWAY,
	CENSUS_HELPER_READY,
	CENSUS_HELPER_CALLED,
	CENSUS_HELPER_WORKS,
};

/**
 * struct census_helper - one that may help
 * @work: a work item
 * @threads: of the run
 * @state: &enum census_helper_state
 */
struct census_helper {
	struct work_struct work;
	struct census_threads *threads;
	atomic_t state;
};

/**
 * struct census_threads - a run of work
 * @stopped: see census_threads_init()
 * @work: the work
 * @context: its argument
 * @numbers: it is called once for each number below this
 * @begun: number of @helpers that were queued or called
 * @most: maximum of @begun in all runs
 * @next: next number
 * @err: first error
 * @running: helpers that are queued or called or have not ended @work, plus 1
 * @done: no helper is running
 * @cpu: CPU time of the helpers in all runs, ns; without the caller's
 * @cpu_between: CPU time of the helpers that waited for runs, ns
 * @stayed: CPU time of the threads that waited for others within runs, ns
 * @helpers: work items; the caller needs none
 */
struct census_threads {
	bool *stopped;
	census_work_fn *work;
	void *context;
	unsigned int numbers;
	unsigned int begun;
	unsigned int most;
	atomic_t next;
	atomic_t err;
	atomic_t running;
	struct completion done;
	atomic64_t cpu;
	atomic64_t cpu_between;
	atomic64_t stayed;
	struct census_helper helpers[CENSUS_WORKERS_MAX - 1];
};

/*
 * CPU time of the current task.  The scheduler updates sum_exec_runtime at switches and ticks; a
 * task that was not switched ran for the whole time.
 */
struct census_cpu_clock {
	unsigned long switches;
	u64 runtime;
	u64 begin;
};

struct census_cpu_clock census_cpu_clock_start(void);
u64 census_cpu_clock_stop(const struct census_cpu_clock *c);

int census_threads_setup(void);
void census_threads_teardown(void);
unsigned int census_threads_for(u64 work, bool awake);
bool census_threads_unwelcome(u64 *since);
void census_threads_init(struct census_threads *t, bool *stopped);
int census_threads_run(struct census_threads *t, unsigned int nr, unsigned int numbers,
		       census_work_fn *work, void *context);
void census_threads_more(struct census_threads *t, unsigned int nr);
void census_threads_end(struct census_threads *t);

/*
 * A thread that waits for another one stays on its processor for this long, ns: mostly that ends as
 * soon, and to wake up may take as long as what follows.  Not where another task wants the
 * processor, a helper that is waited for among them.
 */
#define CENSUS_STAY	(NSEC_PER_MSEC / 4)

/* Return: true to look once more, false to sleep or leave.  @since: when the wait began. */
static inline bool census_stay(u64 since)
{
	cpu_relax();
	return !need_resched() && single_task_running() && ktime_get_ns() - since < CENSUS_STAY;
}

/* The wait that began at @since has ended: it was no work. */
static inline void census_stayed(struct census_threads *t, u64 since)
{
	atomic64_add(ktime_get_ns() - since, &t->stayed);
}

/* CPU time of all helpers, after census_threads_end(), ns. */
static inline u64 census_threads_cpu(const struct census_threads *t)
{
	return atomic64_read(&t->cpu) + atomic64_read(&t->cpu_between);
}

#endif /* _CENSUS_THREADS_H */
