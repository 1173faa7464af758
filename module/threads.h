/* SPDX-License-Identifier: GPL-2.0 */
/* Threads that share the work of one census with its caller. */
#ifndef _CENSUS_THREADS_H
#define _CENSUS_THREADS_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/types.h>

/* Return: 0, or a negative error, after which no further number is begun. */
typedef int census_work_fn(void *context, unsigned int number);

/**
 * struct census_threads - a run of work
 * @stopped: see census_threads_init()
 * @work: the work
 * @context: its argument
 * @numbers: it is called once for each number below this
 * @next: next number
 * @err: first error
 * @running: threads that have not ended @work, plus 1
 * @done: no thread is running
 * @cpu: CPU time of the threads of all runs, ns; without the caller's
 */
struct census_threads {
	bool *stopped;
	census_work_fn *work;
	void *context;
	unsigned int numbers;
	atomic_t next;
	atomic_t err;
	atomic_t running;
	struct completion done;
	atomic64_t cpu;
};

void census_threads_init(struct census_threads *t, bool *stopped);
int census_threads_run(struct census_threads *t, unsigned int nr, unsigned int numbers,
		       census_work_fn *work, void *context);

#endif /* _CENSUS_THREADS_H */
