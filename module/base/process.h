/* SPDX-License-Identifier: GPL-2.0 */
/* What a process is: its address space, parent, and who may read it. */
#ifndef _CENSUS_PROCESS_H
#define _CENSUS_PROCESS_H

#include <linux/mm_types.h>
#include <linux/sched.h>
#include <linux/uidgid.h>

/**
 * struct census_reader - who may read smaps of a process without capabilities
 * @uid: user ID; invalid: no such reader
 * @gid: group ID
 */
struct census_reader {
	kuid_t uid;
	kgid_t gid;
};

#define CENSUS_NO_READER ((struct census_reader) { INVALID_UID, INVALID_GID })

static inline bool census_reader_equal(const struct census_reader *a,
				       const struct census_reader *b)
{
	return uid_eq(a->uid, b->uid) && gid_eq(a->gid, b->gid);
}

/**
 * struct census_rights - the process whose rights decide who may read an address space
 * @leader: its thread group leader, a reference; NULL: no process is asked
 * @exec_id: how often it had executed a program when it was asked first
 * @settled: it was asked while it executed no program, and had the address space
 */
struct census_rights {
	struct task_struct *leader;
	u64 exec_id;
	bool settled;
};

struct mm_struct *census_process_mm(struct task_struct *leader);
struct task_struct *census_mm_leader(struct mm_struct *mm);
struct pid *census_process_parent(struct pid *pid);
int census_rights_settle(struct census_rights *rights, struct mm_struct *mm,
			 struct census_reader *reader);
bool census_rights_confirm(const struct census_rights *rights, struct mm_struct *mm,
			   struct census_reader *reader);
bool census_process_reads(struct task_struct *leader, struct mm_struct *mm,
			  struct census_reader *reader);

#endif /* _CENSUS_PROCESS_H */
