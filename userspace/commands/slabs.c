// SPDX-License-Identifier: GPL-2.0
/* The slab caches of the kernel, /proc/slabinfo. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "commands/optional.h"
#include "lib/json.h"

#define NAME_SIZE	64

/**
 * struct slab - a slab cache
 * @name: its name in the kernel
 * @active: objects in use
 * @objects: capacity in objects
 * @object_size: bytes of each
 * @per_slab: objects per slab
 * @slabs: number of slabs
 * @bytes: of all its slabs
 */
struct slab {
	char name[NAME_SIZE];
	uint64_t active;
	uint64_t objects;
	uint64_t object_size;
	uint64_t per_slab;
	uint64_t slabs;
	uint64_t bytes;
};

/* Parses a line of slabinfo; false for the two header lines and malformed ones. */
static bool slab_parse(struct slab *slab, const char *line)
{
	uint64_t pages, page_size = sysconf(_SC_PAGESIZE);
	const char *data = strstr(line, ": slabdata");

	if (*line == '#' || !data ||
	    sscanf(line, "%63s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		   slab->name, &slab->active, &slab->objects, &slab->object_size,
		   &slab->per_slab, &pages) != 6 ||
	    sscanf(data, ": slabdata %*u %" SCNu64, &slab->slabs) != 1)
		return false;
	slab->bytes = slab->slabs * pages * page_size;
	return true;
}

static int larger_first(const void *a, const void *b)
{
	const struct slab *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* Returns all caches, @n of them; the caller frees them.  On failure NULL and @why. */
static struct slab *slabs_read(const char *text, size_t *n, struct failure *why)
{
	FILE *file = fmemopen((void *)text, strlen(text) + 1, "r");
	struct slab *slabs = NULL, *more;
	char *line = NULL;
	size_t room = 0;

	*n = 0;
	if (!file) {
		fail_memory(why);
		return NULL;
	}
	while (getline(&line, &room, file) >= 0) {
		more = reallocarray(slabs, *n + 1, sizeof(*slabs));
		if (!more) {
			fail_memory(why);
			free(slabs);
			slabs = NULL;
			break;
		}
		slabs = more;
		*n += slab_parse(&slabs[*n], line);
	}
	free(line);
	fclose(file);
	if (slabs)
		qsort(slabs, *n, sizeof(*slabs), larger_first);
	else if (!*n)
		fail(why, FAIL_SYSTEM, "/proc/slabinfo is empty");
	return slabs;
}

static void put_json(const struct slab *slabs, size_t n, FILE *out)
{
	struct json json = { .out = out };
	size_t i;

	json_open(&json, NULL, '{');
	json_open(&json, "slabs", '[');
	for (i = 0; i < n; i++) {
		json_open(&json, NULL, '{');
		json_put_string(&json, "name", slabs[i].name);
		json_put_unsigned(&json, "objects", slabs[i].objects);
		json_put_unsigned(&json, "active", slabs[i].active);
		json_put_unsigned(&json, "object_size", slabs[i].object_size);
		json_put_unsigned(&json, "slabs", slabs[i].slabs);
		json_put_unsigned(&json, "per_slab", slabs[i].per_slab);
		json_put_unsigned(&json, "bytes", slabs[i].bytes);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

static void put_row(struct table *table, const struct slab *slab,
		    const struct units *units)
{
	table_row(table);
	table_cellf(table, "%" PRIu64, slab->objects);
	table_cellf(table, "%" PRIu64, slab->active);
	if (slab->objects)
		table_cellf(table, "%" PRIu64 "%%", 100 * slab->active / slab->objects);
	else
		table_cell(table, NULL);
	table_cellf(table, "%" PRIu64, slab->object_size);
	table_cellf(table, "%" PRIu64, slab->slabs);
	table_cellf(table, "%" PRIu64, slab->per_slab);
	cell_bytes(table, slab->bytes, units);
	table_cell(table, slab->name);
}

static void put_table(const struct slab *slabs, size_t n,
		      const struct options *options, FILE *out)
{
	static const char *const headers[] = {
		"Objects", "Active", "Use", "Size", "Slabs", "Obj/Slab", "Cache",
	};
	const struct units units = { .suffixes = options->suffixes };
	struct table *table = table_new(command_look(options));
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		table_column(table, headers[i], true);
	table_column(table, "Name", false);
	for (i = 0; i < n; i++)
		put_row(table, &slabs[i], &units);
	table_finish(table, out);
}

int slabs_show(const char *text, const struct options *options, FILE *out,
	       struct failure *why)
{
	struct slab *slabs;
	size_t n;

	slabs = slabs_read(text, &n, why);
	if (!slabs)
		return -1;
	if (options->json)
		put_json(slabs, n, out);
	else
		put_table(slabs, n, options, out);
	free(slabs);
	return 0;
}
