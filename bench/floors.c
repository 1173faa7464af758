// SPDX-License-Identifier: GPL-2.0
/* Reads the files of floor/.  Each read measures its own time. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "methods.h"

#define FLOOR "/sys/kernel/debug/census_floor/"

/* Return: the time of reading the file, ns. */
static uint64_t read_whole(const char *path)
{
	static char buffer[16384];
	int fd = open(path, O_RDONLY);
	uint64_t begin = now_ns();

	if (fd < 0 || read(fd, buffer, sizeof(buffer)) < 0) {
		fprintf(stderr, "measure: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	begin = now_ns() - begin;
	close(fd);
	return begin;
}

void evict_caches(void)
{
	read_whole(FLOOR "evict");
}

void measure_rollup_kernel(struct sample *s)
{
	s->ns = read_whole(FLOOR "rollup");
}

static void measure_floor(struct sample *s, const char *name)
{
	unsigned long long ns;
	char path[64], line[256];
	FILE *f;
	int at;

	snprintf(path, sizeof(path), FLOOR "%s", name);
	f = fopen(path, "r");
	if (!f || !fgets(line, sizeof(line), f) ||
	    sscanf(line, "ns=%llu%n", &ns, &at) != 1) {
		fprintf(stderr, "measure: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	s->ns = ns;
	snprintf(s->notes, sizeof(s->notes), "%s", line + at);
}

void measure_touch(struct sample *s)
{
	measure_floor(s, "touch");
}

void measure_pte(struct sample *s)
{
	measure_floor(s, "pte");
}

void measure_runs(struct sample *s)
{
	measure_floor(s, "runs");
}
