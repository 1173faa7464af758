// SPDX-License-Identifier: GPL-2.0
/* Reads /proc/PID/smaps_rollup and smaps of all processes as cheaply as possible. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "methods.h"

static void fail(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Calls @take with an open file of @pid, if there is one. */
static void open_in(int proc, const char *pid, const char *file, void (*take)(int fd))
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%.20s/%s", pid, file);
	fd = openat(proc, path, O_RDONLY);
	if (fd < 0)
		return;
	take(fd);
	close(fd);
}

/*
 * Calls @take with an open file of each process, including kernel threads: only
 * reading the file shows which these are.
 */
static void open_in_each(const char *file, void (*take)(int fd))
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (!proc)
		fail("/proc");
	while ((entry = readdir(proc)))
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
			open_in(dirfd(proc), entry->d_name, file, take);
	closedir(proc);
}

static unsigned long rollups;

/* One read returns the whole file. */
static void take_rollup(int fd)
{
	static char buffer[16384];

	if (read(fd, buffer, sizeof(buffer)) > 0)
		rollups++;
}

void measure_smaps_rollup(struct sample *s)
{
	uint64_t begin = now_ns();

	rollups = 0;
	open_in_each("smaps_rollup", take_rollup);
	s->ns = now_ns() - begin;
	snprintf(s->notes, sizeof(s->notes), " processes=%lu", rollups);
}

void read_smaps_rollup(char **pids)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY);

	if (proc < 0)
		fail("/proc");
	for (; *pids; pids++)
		open_in(proc, *pids, "smaps_rollup", take_rollup);
	close(proc);
}

static unsigned long pss, private, shared;

/* @line ends with a newline. */
static void take_line(const char *line)
{
	unsigned long *sum;
	const char *value;

	if (!strncmp(line, "Pss:", 4))
		sum = &pss;
	else if (!strncmp(line, "Private_", 8))
		sum = &private;
	else if (!strncmp(line, "Shared_", 7))
		sum = &shared;
	else
		return;
	value = strchr(line, ':');
	*sum += strtoul(value + 1, NULL, 10);
}

static void take_smaps(int fd)
{
	static size_t room = 1 << 20;
	static char *buffer;
	char *line, *end;
	size_t have = 0;
	ssize_t n;

	if (!buffer)
		buffer = malloc(room);
	while (buffer && (n = read(fd, buffer + have, room - have - 1)) > 0) {
		have += n;
		if (room - have < 4096) {
			room *= 2;
			buffer = realloc(buffer, room);
		}
	}
	if (!buffer)
		fail("malloc");
	buffer[have] = '\0';
	for (line = buffer; (end = strchr(line, '\n')); line = end + 1)
		take_line(line);
}

void measure_ps_mem(struct sample *s)
{
	uint64_t begin = now_ns();

	pss = 0;
	private = 0;
	shared = 0;
	open_in_each("smaps", take_smaps);
	s->ns = now_ns() - begin;
	snprintf(s->notes, sizeof(s->notes), " pss_kib=%lu uss_kib=%lu", pss,
		 private);
}
