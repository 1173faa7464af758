/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a record has of its process, without its memory.  The caller has a reference on the process,
 * which may exit or execute a program in the meantime.
 */
#ifndef _CENSUS_TASK_H
#define _CENSUS_TASK_H

#include <linux/sched.h>

#include "census/snapshot.h"

struct census_task *census_task_new(struct census_snapshot *snap, struct task_struct *leader);
void census_task_fill(struct census_task *task, struct task_struct *leader);

#endif /* _CENSUS_TASK_H */
