// SPDX-License-Identifier: GPL-2.0
/* Hugetlb pools. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/hugepages.h"
#include "os/proc-texts.h"

static const char *root = "/sys";

void hugepages_root(const char *dir)
{
	root = dir;
}

/* The directory of all pools, with one for each: hugepages-2048kB. */
static DIR *open_pools(void)
{
	char *name = xasprintf("%s/kernel/mm/hugepages", root);
	DIR *dir = opendir(name);

	free(name);
	return dir;
}

/* The size of the pages of the next pool; 0: there is no further one. */
static uint64_t next_pool(DIR *dir, const char **name)
{
	struct dirent *entry;
	uint64_t size;

	while ((entry = readdir(dir))) {
		*name = entry->d_name;
		if (sscanf(entry->d_name, "hugepages-%" SCNu64 "kB", &size) == 1 && size &&
		    size <= UINT64_MAX >> 10)
			return size << 10;
	}
	return 0;
}

static bool put_number(FILE *out, int dir, const char *pool, const char *file)
{
	char name[512], text[32];
	uint64_t number;

	snprintf(name, sizeof(name), "%.255s/%s", pool, file);
	text_of_file(openat(dir, name, O_RDONLY | O_CLOEXEC), text, sizeof(text));
	if (!text_number(text, strcspn(text, "\n"), &number))
		return false;
	fprintf(out, " %" PRIu64, number);
	return true;
}

void hugepages_read(struct snapshot *snap)
{
	static const char *const files[] = {
		"nr_hugepages", "free_hugepages", "resv_hugepages", "surplus_hugepages",
		"nr_overcommit_hugepages" };
	DIR *dir = open_pools();
	const char *name;
	uint64_t size;
	size_t len, i;
	char *text;
	FILE *out;

	if (!dir)
		return;
	out = xopen_memstream(&text, &len);
	while ((size = next_pool(dir, &name))) {
		fprintf(out, "%" PRIu64, size);
		for (i = 0; i < ARRAY_SIZE(files); i++)
			if (!put_number(out, dirfd(dir), name, files[i]))
				break;
		putc('\n', out);
	}
	closedir(dir);
	xfclose(out);
	proc_texts_add(snap, PROC_TEXTS_HUGEPAGES, text, len);
	free(text);
}

/* Numbers of a line that have their own names. */
#define NUMBERS	6

/* sscanf() would go on in the next line. */
static bool parse_pool(const char *line, struct limit_pool *pool)
{
	uint64_t *const numbers[NUMBERS] = {
		&pool->size, &pool->total, &pool->free, &pool->reserved, &pool->surplus,
		&pool->overcommit };
	size_t i, len;

	for (i = 0; i < NUMBERS; i++) {
		len = strcspn(line, "\n ");
		if (!text_number(line, len, numbers[i]))
			return false;
		line += len + (line[len] == ' ');
	}
	return pool->size;
}

bool hugepages_pools(const struct snapshot *snap, struct limit_pool *v, size_t most, size_t *n)
{
	const char *line = proc_texts_find(snap, PROC_TEXTS_HUGEPAGES);
	struct limit_pool pool;

	*n = 0;
	if (!line)
		return false;
	for (; *line && *n < most; line = strchrnul(line, '\n'), line += !!*line)
		if (parse_pool(line, &pool))
			v[(*n)++] = pool;
	return true;
}

size_t hugepages_sizes(uint64_t *v, size_t most)
{
	DIR *dir = open_pools();
	const char *name;
	size_t n = 0;

	while (dir && n < most && (v[n] = next_pool(dir, &name)))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

void hugepages_name(char *name, size_t size_of_name, uint64_t size)
{
	const unsigned int shift = size >> 30 ? 30 : size >> 20 ? 20 : 10;

	snprintf(name, size_of_name, "%" PRIu64 "%cB", size >> shift,
		 shift == 30 ? 'G' : shift == 20 ? 'M' : 'K');
}
