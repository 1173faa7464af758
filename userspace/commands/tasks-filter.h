/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selects the processes and mappings of 'tasks', and sums up mappings and NUMA nodes.
 */
#ifndef READER_TASKS_FILTER_H
#define READER_TASKS_FILTER_H

#include "cli/session.h"
#include "lib/filter.h"

/**
 * struct tasks_options - the options of 'tasks' alone
 * @areas: the system by areas instead
 * @by_node: a row for each NUMA node
 * @comm, @user, @mapping: filters by name
 */
struct tasks_options {
	bool areas;
	bool by_node;
	struct filter comm;
	struct filter user;
	struct filter mapping;
};

/* If needed, puts the processes that match the filters into the request. */
int tasks_prepare(struct session *session, struct failure *why);

/* Drops what does not match the filters, and sums up mappings or nodes. */
int tasks_refine(struct session *session, struct snapshot *snap, struct failure *why);

#endif /* READER_TASKS_FILTER_H */
