/* SPDX-License-Identifier: GPL-2.0 */
/* How many processes map the frames of each class. */
#ifndef READER_PHYSICAL_OWNERS_H
#define READER_PHYSICAL_OWNERS_H

#include "report/figures.h"
#include "report/report.h"

/* Numbers of owners: 1, 2, 3 to 9, 10 and more. */
#define OWNER_NUMBERS	4

/* The amounts of a class: by number of owners, from the census, and by the pass. */
#define OWNERS_MAPPED	OWNER_NUMBERS
#define OWNERS_UNMAPPED	(OWNER_NUMBERS + 1)

/* The classes that have owners, in the order of the module's scan. */
enum owned_class { OWNED_ANON, OWNED_FILE, OWNED_SHMEM, OWNED_DEVICE, OWNED_CLASSES };

/*
 * Takes a census of all processes, for the owners of @classes; the pass has set OWNERS_MAPPED
 * and OWNERS_UNMAPPED.  0, or -1 and @why.
 */
int owners_take(struct session *session, struct figure_row *classes, struct failure *why);
void owners_report(const struct figure_row *classes, struct report *report);

#endif /* READER_PHYSICAL_OWNERS_H */
