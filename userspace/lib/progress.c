// SPDX-License-Identifier: GPL-2.0
/* Shows that a census, or a pass over all frames, takes long. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/progress.h"
#include "lib/signals.h"

/* Delay before the first message, and time between two updates, ns. */
#define PATIENCE	(NSEC_PER_SEC / 2)
#define STEP		(NSEC_PER_SEC / 5)

/**
 * struct progress - a thread that writes while another waits for the kernel
 * @thread: the writing thread
 * @lock: protects @over
 * @wake: signalled when @over is set
 * @over: the census is complete
 * @what: what takes long
 * @begun: time of the request, ns of CLOCK_MONOTONIC
 * @width: cells of the last message; only @thread writes it until it ends
 */
struct progress {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool over;
	const char *what;
	uint64_t begun;
	int width;
};

static void *progress_run(void *arg)
{
	static const char wheel[] = "|/-\\";
	struct progress *progress = arg;
	uint64_t moment = progress->begun + PATIENCE;
	unsigned int turn = 0;
	struct timespec until;

	pthread_mutex_lock(&progress->lock);
	while (!progress->over) {
		until = signals_timespec(moment);
		pthread_cond_clockwait(&progress->wake, &progress->lock, CLOCK_MONOTONIC, &until);
		if (progress->over || signals_now() < moment)
			continue;
		progress->width = fprintf(stderr, "\rmemcensus: %s, %.1f s %c", progress->what,
					  (double)(signals_now() - progress->begun) / NSEC_PER_SEC,
					  wheel[turn++ % 4]) - 1;
		fflush(stderr);
		moment += STEP;
	}
	pthread_mutex_unlock(&progress->lock);
	return NULL;
}

struct progress *progress_begin(const char *what)
{
	struct progress *progress;

	if (!isatty(STDERR_FILENO))
		return NULL;
	progress = xcalloc(1, sizeof(*progress));
	progress->what = what;
	progress->begun = signals_now();
	pthread_mutex_init(&progress->lock, NULL);
	pthread_cond_init(&progress->wake, NULL);
	/* Signals must interrupt the thread that takes the census, not this one. */
	if (!signals_thread(&progress->thread, 0, progress_run, progress))
		return progress;
	free(progress);
	return NULL;
}

void progress_end(struct progress *progress)
{
	if (!progress)
		return;
	pthread_mutex_lock(&progress->lock);
	progress->over = true;
	pthread_cond_signal(&progress->wake);
	pthread_mutex_unlock(&progress->lock);
	pthread_join(progress->thread, NULL);
	if (progress->width > 0) {
		fprintf(stderr, "\r%*s\r", progress->width, "");
		fflush(stderr);
	}
	pthread_cond_destroy(&progress->wake);
	pthread_mutex_destroy(&progress->lock);
	free(progress);
}
