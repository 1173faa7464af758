// SPDX-License-Identifier: GPL-2.0
/* What /proc says about what is traced. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/amount.h"
#include "os/procfs.h"
#include "tools/trace/targets.h"

/* ms to wait for the mappings of a process. */
#define PATIENCE	5000

bool trace_who(uint32_t tid, uint32_t *pid, char *comm)
{
	*pid = process_of(tid);
	return process_comm(*pid, comm, TRACE_COMM);
}

/* The end of the last mapping named [heap]. */
static uint64_t heap_end(FILE *maps)
{
	char *line = NULL, *name;
	size_t size = 0;
	uint64_t start, end, found = 0;

	while (getline(&line, &size, maps) > 0) {
		name = strrchr(line, ' ');
		if (name && !strcmp(name, " [heap]\n") &&
		    sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2)
			found = end;
	}
	free(line);
	return found;
}

static uint64_t read_break(uint32_t pid)
{
	struct failure gone;
	char path[48];
	uint64_t end;
	FILE *maps;

	snprintf(path, sizeof(path), "%" PRIu32 "/maps", pid);
	maps = procfs_open(path, &gone);
	if (!maps)
		return 0;
	end = heap_end(maps);
	fclose(maps);
	/* As long as there is no heap, the break is where it begins. */
	if (!end)
		end = process_state(pid).heap;
	return whole_pages(end, (uint64_t)sysconf(_SC_PAGESIZE));
}

/* A child reads the mappings, because it can be killed while it waits for the lock. */
uint64_t trace_break(uint32_t pid)
{
	struct pollfd wait = { .events = POLLIN };
	uint64_t found = 0;
	pid_t child;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return 0;
	child = fork();
	if (!child) {
		found = read_break(pid);
		_exit(write(fds[1], &found, sizeof(found)) != sizeof(found));
	}
	close(fds[1]);
	wait.fd = fds[0];
	if (child < 0 || poll(&wait, 1, PATIENCE) <= 0 ||
	    read(fds[0], &found, sizeof(found)) != sizeof(found))
		found = 0;
	close(fds[0]);
	if (child > 0) {
		kill(child, SIGKILL);
		TEMP_FAILURE_RETRY(waitpid(child, NULL, 0));
	}
	return found;
}

uint64_t trace_huge_page(void)
{
	struct failure none;
	char *text = procfs_read("meminfo", NULL, &none);
	const char *value = text ? text_value(text, "Hugepagesize:") : NULL;
	const uint64_t kib = value ? strtoull(value, NULL, 10) : 0;

	free(text);
	return kib << 10;
}
