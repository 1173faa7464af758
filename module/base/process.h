/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads a process through its threads, of which a user chooses the number: an RCU read section
 * is only about some of them.
 */
#ifndef _CENSUS_PROCESS_H
#define _CENSUS_PROCESS_H

#include <linux/mm_types.h>
#include <linux/sched.h>

bool census_threads_visit(struct task_struct *leader,
			  bool (*visit)(struct task_struct *t, void *context), void *context);
struct mm_struct *census_process_mm(struct task_struct *leader);
struct task_struct *census_mm_leader(struct mm_struct *mm);
struct pid *census_process_parent(struct pid *pid);

#endif /* _CENSUS_PROCESS_H */
