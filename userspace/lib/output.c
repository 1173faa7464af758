// SPDX-License-Identifier: GPL-2.0
/* The destination of results. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/output.h"
#include "lib/signals.h"

/* The output that is open, or NULL. */
static const struct output *opened;

static ssize_t output_write(void *cookie, const char *buf, size_t size)
{
	struct output *output = cookie;
	size_t wrote = 0;
	ssize_t n = 0;

	/* The stream drops what is not written: a file that is full takes a part first. */
	while (wrote < size && n >= 0) {
		n = TEMP_FAILURE_RETRY(write(output->fd, buf + wrote, size - wrote));
		wrote += n > 0 ? n : 0;
	}
	/* Without a reader, output at intervals would never end. */
	if (n < 0)
		signals_stop();
	if (n < 0 && !output->error)
		output->error = errno;
	output->wrote |= wrote > 0;
	return wrote;
}

static int cannot(struct failure *why, const char *path, int error)
{
	if (!path)
		return fail(why, FAIL_SYSTEM, "cannot write: %s", strerror(error));
	return fail(why, FAIL_SYSTEM, "cannot write '%.200s': %s", path, strerror(error));
}

/* The temporary file to remove if the program exits before output_close(), or NULL. */
static const char *unfinished;

static void remove_unfinished(void)
{
	if (unfinished)
		unlink(unfinished);
}

/* Creates a file next to @output->path, with the same owner and mode if it exists. */
static int open_temporary(struct output *output)
{
	static bool registered;
	struct stat st;
	mode_t mask;

	output->temporary = xasprintf("%s.XXXXXX", output->path);
	output->fd = mkostemp(output->temporary, O_CLOEXEC);
	if (output->fd < 0) {
		free(output->temporary);
		output->temporary = NULL;
		return -1;
	}
	if (!registered)
		registered = !atexit(remove_unfinished);
	unfinished = output->temporary;
	mask = umask(0);
	umask(mask);
	if (stat(output->path, &st))
		st.st_mode = 0666 & ~mask;
	else if (fchown(output->fd, st.st_uid, st.st_gid))
		st.st_mode &= 0777 & ~mask;
	fchmod(output->fd, st.st_mode & 0777);
	return 0;
}

static int open_path(struct output *output, const char *path,
		     struct failure *why)
{
	struct stat st;
	int error;

	/* Replace the target of a symbolic link, not the link. */
	output->path = realpath(path, NULL);
	error = errno;
	if (!output->path && stat(path, &st) && !lstat(path, &st) && S_ISLNK(st.st_mode))
		return fail(why, FAIL_SYSTEM, "cannot write '%.200s': a symbolic link: %s", path,
			    strerror(error));
	if (!output->path)
		output->path = xstrdup(path);
	if (stat(path, &st) || S_ISREG(st.st_mode)) {
		if (!open_temporary(output))
			return 0;
		error = errno;
		if (access(path, W_OK))
			return cannot(why, path, error);
		fprintf(stderr, "memcensus: '%s' is written over, as %s: %s\n",
			path, "no new file can be made in its directory", strerror(error));
	}
	output->fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	return output->fd < 0 ? cannot(why, path, errno) : 0;
}

void output_open_standard(void)
{
	int fd;

	/* O_PATH permits neither read nor write, and / exists where /dev does not. */
	do {
		fd = open("/", O_PATH);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int output_open(struct output *output, const char *path, struct failure *why)
{
	*output = (struct output){ .fd = STDOUT_FILENO };
	if (path && open_path(output, path, why)) {
		free(output->path);
		return -1;
	}
	output->stream = fopencookie(output, "w", (cookie_io_functions_t){
				     .write = output_write });
	if (!output->stream)
		memory_failed();
	opened = output;
	return 0;
}

size_t output_columns(FILE *stream)
{
	struct winsize size;

	if (!opened || stream != opened->stream || !isatty(opened->fd) ||
	    ioctl(opened->fd, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

/* Renames the complete temporary file to the -o file; 0, or an error number. */
static int replace(struct output *output, bool keep)
{
	int error = output->error;

	if (!error && output->temporary && fsync(output->fd) && errno != EINVAL)
		error = errno;
	if (close(output->fd) && !error)
		error = errno;
	if (!output->temporary)
		return error;
	if (!error && keep && rename(output->temporary, output->path))
		error = errno;
	if (error || !keep)
		unlink(output->temporary);
	unfinished = NULL;
	return error;
}

int output_close(struct output *output, bool keep, struct failure *why)
{
	int ret = 0;

	opened = NULL;
	fclose(output->stream);
	if (output->path)
		output->error = replace(output, keep);
	if (output->error && output->error != EPIPE)
		ret = cannot(why, output->path, output->error);
	free(output->temporary);
	free(output->path);
	return ret;
}
