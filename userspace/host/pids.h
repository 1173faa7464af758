/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processes to name in a request: the module gives mappings, and groups of
 * a selection, only of those that are named.
 */
#ifndef READER_PIDS_H
#define READER_PIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "lib/failure.h"

/**
 * struct pids - numbers of processes
 * @v: owned; pids_free() frees it
 * @n: how many
 */
struct pids {
	uint32_t *v;
	size_t n;
};

/*
 * All processes in /proc that have memory of their own and that the filters of
 * @options for names, command lines and users let pass.  Adds to @missed how many
 * command lines did not come in time.  0, or -1 and @why.  pids_free() in both
 * cases.
 */
int pids_list(struct pids *pids, const struct options *options,
	      size_t *missed, struct failure *why);
void pids_free(struct pids *pids);

/* Takes @pid out, where it is in. */
bool pids_drop(struct pids *pids, uint32_t pid);

#endif /* READER_PIDS_H */
