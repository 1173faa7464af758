// SPDX-License-Identifier: GPL-2.0
/* Names that were looked up. */
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/memory.h"
#include "os/known-names.h"

struct known_name *known_names_get(void **names, uint64_t id)
{
	struct known_name **found = tfind(&id, names, compare_u64), *name;

	if (found)
		return *found;
	name = xcalloc(1, sizeof(*name));
	name->id = id;
	snprintf(name->number, sizeof(name->number), "%" PRIu64, id);
	if (!tsearch(name, names, compare_u64))
		memory_failed();
	return name;
}

static void known_name_free(void *entry)
{
	struct known_name *name = entry;

	free(name->text);
	free(name);
}

void known_names_free(void **names)
{
	tdestroy(*names, known_name_free);
	*names = NULL;
}
