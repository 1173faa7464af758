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

#include "lib/failure.h"
#include "lib/part.h"
#include "lib/filter.h"

/**
 * struct pids - numbers of processes
 * @v: owned; pids_free() frees it
 * @n: how many
 */
struct pids {
	uint32_t *v;
	size_t n;
};

/**
 * struct pids_filter - which processes are wanted
 * @comm: by name or command line
 * @user: by the name of the effective user, or its number where @numeric
 */
struct pids_filter {
	const struct filter *comm;
	const struct filter *user;
	bool numeric;
};

/*
 * All processes in /proc that have an address space and pass @filter.  Adds to
 * @missed how many command lines did not come in time.  0, or -1 and @why.
 * pids_free() in both cases.
 */
int pids_list(struct pids *pids, const struct pids_filter *filter,
	      size_t *missed, struct failure *why);
void pids_free(struct pids *pids) MAY_BE_LEFT_OUT;

#endif /* READER_PIDS_H */
