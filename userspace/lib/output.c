// SPDX-License-Identifier: GPL-2.0
/* The destination of results. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
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

int output_open(struct output *output, const char *path, enum result_way way,
		struct failure *why)
{
	*output = (struct output){ .fd = STDOUT_FILENO, .path = path };
	if (path) {
		if (result_file_open(&output->file, path, way, why))
			return -1;
		output->fd = output->file.fd;
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

int output_close(struct output *output, bool keep, struct failure *why)
{
	opened = NULL;
	fclose(output->stream);
	if (output->error == EPIPE) {
		keep = false;
		output->error = 0;
	}
	if (output->path)
		return result_file_close(&output->file, keep, output->error, why);
	if (!output->error)
		return 0;
	return fail(why, FAIL_SYSTEM, "cannot write: %s", strerror(output->error));
}
