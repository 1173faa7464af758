/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selects the processes and mappings of 'tasks', and sums up mappings.
 */
#ifndef READER_TASKS_FILTER_H
#define READER_TASKS_FILTER_H

#include "cli/session.h"
#include "lib/filter.h"

/**
 * struct tasks_options - the options of 'tasks' alone
 * @comm, @user, @mapping: filters by name
 */
struct tasks_options {
	struct filter comm;
	struct filter user;
	struct filter mapping;
};

/*
 * Of censuses at an interval: requests the processes of --pid as long as they are there.  A record
 * may lack some in a census.
 */
void tasks_name(struct session *session);

/* If needed, puts the processes that match the filters into the request. */
int tasks_prepare(struct session *session, struct failure *why);

/* Drops what does not match the filters, and sums up mappings. */
int tasks_refine(struct session *session, struct snapshot *snap, struct failure *why);

#endif /* READER_TASKS_FILTER_H */
