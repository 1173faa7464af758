// SPDX-License-Identifier: GPL-2.0
/* What /proc/meminfo has and a module cannot read. */
#include <inttypes.h>
#include <string.h>

#include "host/meminfo.h"
#include "model/columns.h"

/* Whether the census has a figure of that name. */
static bool in_census(const char *name)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; (column = record_column(&bytes_record, i)); i++)
		if (!strcmp(column->kernel, name))
			return true;
	return false;
}

int meminfo_read(struct snapshot *snap, FILE *file, struct failure *why)
{
	struct meminfo_line *line;
	char text[256], name[64];
	uint64_t value;
	int n, end;

	while (fgets(text, sizeof(text), file)) {
		n = sscanf(text, "%63[^:]: %" SCNu64 "%n", name, &value, &end);
		if (n != 2 || in_census(name))
			continue;
		line = snapshot_add_meminfo(snap);
		if (!line)
			return fail_memory(why);
		line->name = snapshot_text(snap, name, sizeof(name));
		if (!line->name)
			return fail_memory(why);
		line->bytes = !strncmp(text + end, " kB", 3);
		line->value = line->bytes ? value << 10 : value;
	}
	return 0;
}

const struct meminfo_line *meminfo_find(const struct snapshot *snap,
					const char *name)
{
	size_t i;

	for (i = 0; i < snap->n_meminfo; i++)
		if (!strcmp(snap->meminfo[i].name, name))
			return &snap->meminfo[i];
	return NULL;
}
