/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The slab caches of the kernel, /proc/slabinfo, as in slabtop.
 */
#ifndef READER_SLABS_H
#define READER_SLABS_H

#include <stdio.h>

#include "cli/options.h"
#include "lib/failure.h"

/*
 * Prints the caches in @text, PROC_TEXTS_SLABINFO, largest first, as a table or JSON.
 * Returns 0, or -1 and @why.
 */
int slabs_show(const char *text, const struct options *options, FILE *out,
	       struct failure *why);

#endif /* READER_SLABS_H */
