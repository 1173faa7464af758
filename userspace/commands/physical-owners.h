/* SPDX-License-Identifier: GPL-2.0 */
/* How many processes map the frames of each class. */
#ifndef READER_PHYSICAL_OWNERS_H
#define READER_PHYSICAL_OWNERS_H

#include <stdio.h>

#include "cli/command.h"
#include "lib/json.h"
#include "model/amount.h"

/* Numbers of owners: 1, 2, 3 to 9, 10 and more. */
#define OWNER_NUMBERS	4

/**
 * struct class_owners - frames of a class that processes map
 * @by: by number of owners, from the census
 * @mapped, @unmapped: by a page table or by none, from the pass
 */
struct class_owners {
	struct amount by[OWNER_NUMBERS];
	struct amount mapped;
	struct amount unmapped;
};

/* The classes that have owners, in the order of the module's scan. */
enum owned_class { OWNED_ANON, OWNED_FILE, OWNED_SHMEM, OWNED_CLASSES };

/*
 * Takes a census of all processes, for the owners of @classes; the pass has set @mapped and
 * @unmapped.  0, or -1 and @why.
 */
int owners_take(struct session *session, struct class_owners *classes, struct failure *why);
void owners_show(const struct class_owners *classes, const struct view *view,
		 const struct options *options, FILE *out);
void owners_json(struct json *json, const struct class_owners *classes);

#endif /* READER_PHYSICAL_OWNERS_H */
