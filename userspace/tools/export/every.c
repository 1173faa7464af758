// SPDX-License-Identifier: GPL-2.0
/* Metrics in a file that is replaced at an interval. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/exposition.h"
#include "lib/memory.h"
#include "lib/output.h"
#include "lib/place.h"
#include "lib/signals.h"
#include "tools/export/every.h"

/**
 * struct every - the file and its lock
 * @path: of the file
 * @lock: of the lock; only the user who writes the file can open it
 * @fd: locked
 * @interval: ns
 * @missed: files that were left out, because one before took too long
 */
struct every {
	const char *path;
	struct place lock;
	int fd;
	uint64_t interval;
	uint64_t missed;
};

/* The lock is of the name: the file itself is another one each time, and anybody may open it. */
static int lock(struct every *every)
{
	int error;

	error = place_open_file(&every->lock, O_RDWR | O_NOFOLLOW, &every->fd);
	if (!error && flock(every->fd, LOCK_EX | LOCK_NB))
		error = errno;
	/* Its owner may have removed it just before. */
	if (!error && place_check(&every->lock, every->fd))
		error = EWOULDBLOCK;
	return error;
}

static int begin(struct every *every, struct failure *why)
{
	struct place place;
	struct stat st;
	int error = place_open(&place, every->path);

	if (error)
		return fail(why, FAIL_SYSTEM, "cannot write '%.200s': %s", every->path,
			    strerror(error));
	if (!fstatat(place.dir, place.name, &st, AT_SYMLINK_NOFOLLOW) && !S_ISREG(st.st_mode)) {
		place_close(&place);
		return fail(why, FAIL_SYSTEM,
			    "cannot replace '%.200s': it is no regular file: name another one",
			    every->path);
	}
	every->lock = (struct place){ place.dir, xasprintf(".%s.lock", place.name) };
	free(place.name);
	error = lock(every);
	if (!error)
		return 0;
	if (every->fd >= 0)
		close(every->fd);
	place_close(&every->lock);
	return fail(why, FAIL_SYSTEM, "cannot lock '%.200s': %s", every->path,
		    error == EWOULDBLOCK ? "another 'export --interval' writes it" :
					   strerror(error));
}

static void end(struct every *every)
{
	unlinkat(every->lock.dir, every->lock.name, 0);
	close(every->fd);
	place_close(&every->lock);
}

static void put_number(struct exposition *om, const struct metric *metric, double value)
{
	exposition_metric(om, metric);
	exposition_real(om, NULL, 0, value);
}

/* What this process costs. */
static void put_own(const struct every *every, FILE *out)
{
	static const struct metric cpu = {
		.name = "memcensus_export_cpu", .unit = "seconds", .counter = true,
		.help = "CPU time of the process that writes this file, with its censuses",
	};
	static const struct metric interval = {
		.name = "memcensus_export_interval", .unit = "seconds",
		.help = "time between two files",
	};
	static const struct metric missed = {
		.name = "memcensus_export_missed", .counter = true,
		.help = "files that were left out, because one before them took too long",
	};
	struct exposition om = { .out = out };
	struct timespec used;

	if (!clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used))
		put_number(&om, &cpu, (double)used.tv_sec + (double)used.tv_nsec / 1e9);
	put_number(&om, &interval, (double)every->interval / 1e9);
	put_number(&om, &missed, (double)every->missed);
}

static int write_file(const struct every *every, struct export *export, struct failure *why)
{
	struct output output;

	if (output_open(&output, every->path, RESULT_REPLACE, why))
		return -1;
	export_write(export, output.stream);
	put_own(every, output.stream);
	fflush(output.stream);
	return output_close(&output, true, why);
}

/* The next time after now on the grid that begins at @due. */
static uint64_t next_due(struct every *every, uint64_t due)
{
	const uint64_t late = signals_now() - due, n = late / every->interval;

	every->missed += n;
	return due + (n + 1) * every->interval;
}

int export_every(struct export *export, uint64_t interval, struct failure *why)
{
	struct every every = {
		.path = export->session->options->output, .fd = -1, .interval = interval,
	};
	bool stopped = false;
	uint64_t due;
	int ret;

	if (begin(&every, why))
		return -1;
	due = signals_now();
	do {
		ret = export_take(export, why);
		/* A signal that ended the census is the end that was asked for. */
		stopped = ret && signals_stopped();
		if (!ret)
			ret = write_file(&every, export, why);
		export_drop(export);
		/* What it needs between two files is little. */
		malloc_trim(0);
		due = next_due(&every, due);
	} while (!ret && signals_sleep_until(due));
	end(&every);
	return stopped ? 0 : ret;
}
