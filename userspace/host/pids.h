/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selects the processes to name in a request: the module gives mappings, and groups
 * of selected processes, only for named ones.
 */
#ifndef READER_PIDS_H
#define READER_PIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"
#include "lib/filter.h"

/* PIDs; @v is owned. */
struct pids {
	uint32_t *v;
	size_t n;
};

/**
 * struct pids_filter - which processes to select
 * @comm: by name or command line
 * @user: by the name of the effective user, or its number if @numeric
 */
struct pids_filter {
	const struct filter *comm;
	const struct filter *user;
	bool numeric;
};

/*
 * Replaces @pids by all processes in /proc that have an address space and pass @filter.
 * Adds to @missed how many command lines timed out.  0, or -1 and @why.
 */
int pids_list(struct pids *pids, const struct pids_filter *filter,
	      size_t *missed, struct failure *why);

#endif /* READER_PIDS_H */
