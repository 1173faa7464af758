// SPDX-License-Identifier: GPL-2.0
/* Shows that a census, or a pass over all frames, takes long. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/progress.h"
#include "lib/signals.h"

/* Delay before the first message, and time between two updates, ms. */
#define PATIENCE_MS	500
#define STEP_MS		200

/**
 * struct progress - a thread that writes while another waits for the kernel
 * @thread: the writing thread
 * @over: a pipe; its end for writing is closed when the census is complete
 * @what: what takes long
 * @begun: time of the request, ns of CLOCK_MONOTONIC
 * @width: cells of the last message; only @thread writes it until it ends
 */
struct progress {
	pthread_t thread;
	int over[2];
	const char *what;
	uint64_t begun;
	int width;
};

static void *progress_run(void *arg)
{
	static const char wheel[] = "|/-\\";
	struct progress *progress = arg;
	struct pollfd over = { .fd = progress->over[0] };
	unsigned int turn = 0;

	while (!poll(&over, 1, turn ? STEP_MS : PATIENCE_MS)) {
		progress->width = fprintf(stderr, "\rmemcensus: %s, %.1f s %c", progress->what,
					  (double)(signals_now() - progress->begun) / NSEC_PER_SEC,
					  wheel[turn++ % 4]) - 1;
		fflush(stderr);
	}
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
	if (pipe2(progress->over, O_CLOEXEC)) {
		free(progress);
		return NULL;
	}
	/* Signals must interrupt the thread that takes the census, not this one. */
	if (!signals_thread(&progress->thread, 0, progress_run, progress))
		return progress;
	close(progress->over[0]);
	close(progress->over[1]);
	free(progress);
	return NULL;
}

void progress_end(struct progress *progress)
{
	if (!progress)
		return;
	close(progress->over[1]);
	pthread_join(progress->thread, NULL);
	close(progress->over[0]);
	if (progress->width > 0) {
		fprintf(stderr, "\r%*s\r", progress->width, "");
		fflush(stderr);
	}
	free(progress);
}
