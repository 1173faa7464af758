/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which address space is that of the parent: processes that share one are one place in the tree,
 * that of the process which it belongs to.
 */
#ifndef _CENSUS_PARENTS_H
#define _CENSUS_PARENTS_H

#include <linux/list.h>

#include "base/table.h"
#include "census/snapshot.h"

/**
 * struct census_parents - the processes of all records
 * @ns: PID namespace of the caller; processes outside of it are no parents
 * @table: &struct place by struct pid
 * @places: all entries of @table
 */
struct census_parents {
	struct pid_namespace *ns;
	struct census_table table;
	struct place *places;
};

int census_parents_begin(struct census_parents *p, const struct list_head *mms,
			 struct pid_namespace *ns);
const struct census_task *census_parent(const struct census_parents *p,
					const struct census_task *task);
void census_parents_end(struct census_parents *p);

#endif /* _CENSUS_PARENTS_H */
