// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "base/compat.h"
#include "base/process.h"

/* Threads of one RCU read section: tens of microseconds, if none is cached. */
#define THREADS_AT_ONCE 256

/* Each pass in vain needs more than THREADS_AT_ONCE threads that exited, and a reaped one. */
#define PASSES_MAX 16

/* Return: the mm of a thread with a reference by mmgrab(), or NULL. */
static struct mm_struct *thread_mm(struct task_struct *t)
{
	struct mm_struct *mm = NULL;

	if (t->flags & PF_KTHREAD)
		return NULL;
	task_lock(t);
	mm = t->mm;
	if (mm)
		mmgrab(mm);
	task_unlock(t);
	return mm;
}

/**
 * census_process_mm() - find the address space of a process
 * @leader: its thread group leader, or a former one, with a reference
 *
 * That of any thread, because the leader may exit before the others.  A kernel thread that
 * temporarily uses the address space of a process does not count.
 *
 * A user chooses how many threads have exited before the others, and are traced.  A reference keeps
 * the thread at which an RCU section ends, but not its place in the list.  If it still has its PID
 * in the next section, it was in the list after that section began, so what follows it there is not
 * freed before that section ends: release_task() takes the PID first.  Else the search begins
 * again.  New threads are added at the end of the list.
 *
 * Return: the mm with a reference by mmgrab(), or NULL.
 */
struct mm_struct *census_process_mm(struct task_struct *leader)
{
	struct task_struct *head = list_entry(&leader->signal->thread_head, struct task_struct,
					      thread_node);
	struct task_struct *t, *last, *next = NULL;
	struct mm_struct *mm = NULL;
	unsigned int left, passes = 0;
	bool goes_on;

	do {
		last = next;
		next = NULL;
		left = THREADS_AT_ONCE;
		rcu_read_lock();
		goes_on = last && pid_alive(last);
		passes += !goes_on;
		t = goes_on ? last : head;
		list_for_each_entry_continue_rcu(t, &leader->signal->thread_head, thread_node) {
			mm = thread_mm(t);
			if (mm)
				break;
			if (!--left) {
				next = get_task_struct(t);
				break;
			}
		}
		rcu_read_unlock();
		if (last)
			put_task_struct(last);
		cond_resched();
	} while (next && passes <= PASSES_MAX);
	if (next)
		put_task_struct(next);
	return mm;
}

/**
 * census_mm_leader() - find the process that an address space belongs to
 * @mm: with a reference
 *
 * The kernel's own answer is mm->owner: the process that started with this address space by
 * fork() or exec(), or after its exit another one.  PIDs do not tell: they wrap.
 *
 * Return: the leader of this process with a reference; NULL: there is none, or the kernel has no
 * memory cgroups and does not know.
 */
struct task_struct *census_mm_leader(struct mm_struct *mm)
{
	struct task_struct *leader = NULL;
#ifdef CONFIG_MEMCG
	struct task_struct *owner;

	rcu_read_lock();
	owner = rcu_dereference(mm->owner);
	if (owner && pid_alive(owner))
		leader = get_task_struct(READ_ONCE(owner->group_leader));
	rcu_read_unlock();
#endif
	return leader;
}

/**
 * census_process_parent() - find the parent of a process
 * @pid: of the process; may be NULL
 *
 * The parent is real_parent: the process that created it or, after the exit of that one, the
 * reaper that got it; never a debugger.  A reference on a task does not keep its real_parent: after
 * release_task() nothing updates the pointer, and the parent may be freed.  A thread that executes
 * a program replaces its leader and releases it at once.  So the leader is looked up again: while
 * it has its PID, its parent is not released before the end of this RCU section.
 *
 * Return: a reference on the parent's PID, or NULL if the process has exited.
 */
struct pid *census_process_parent(struct pid *pid)
{
	struct pid *parent = NULL;
	struct task_struct *leader;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader)
		parent = get_task_pid(rcu_dereference(leader->real_parent), PIDTYPE_TGID);
	rcu_read_unlock();
	return parent;
}

/* Checks for a process of one user and one group, without capabilities. */
static bool is_plain(const struct cred *cred)
{
	return cred->user_ns == &init_user_ns && cap_isclear(cred->cap_permitted) &&
	       uid_eq(cred->uid, cred->euid) && uid_eq(cred->suid, cred->euid) &&
	       gid_eq(cred->gid, cred->egid) && gid_eq(cred->sgid, cred->egid);
}

/*
 * Who may read smaps of a process without capabilities, which has or had @mm, and has executed no
 * program since.
 *
 * The rules are those of __ptrace_may_access() and cap_ptrace_access_check(), for a reader in the
 * initial user namespace.  Other security modules are not asked.  As there, what may not be dumped
 * is read after the credentials: a process that drops privileges sets it before.  Both stay after
 * an exit, as long as somebody has references on task and address space.
 *
 * The caller holds task_lock(), under which exec() replaces the address space: so the credentials,
 * which it replaces after that, are those that belong to @mm.
 */
static struct census_reader reader_of(struct task_struct *leader, struct mm_struct *mm)
{
	struct census_reader reader = CENSUS_NO_READER;
	const struct cred *cred;

	rcu_read_lock();
	cred = __task_cred(leader);
	if (is_plain(cred)) {
		/* Pairs with smp_wmb() in commit_creds(). */
		smp_rmb();
		if (census_is_dumpable(leader, mm))
			reader = (struct census_reader) { cred->euid, cred->egid };
	}
	rcu_read_unlock();
	return reader;
}

/**
 * census_process_reads() - find who may read smaps of a process that has an address space
 * @leader: its thread group leader, with a reference
 * @mm: the address space, which others are known to have too, or to have had: an exec() that is in
 *	progress has not made it
 * @reader: written if it has @mm
 *
 * Return: false if it has another address space now, or its leader has exited.
 */
bool census_process_reads(struct task_struct *leader, struct mm_struct *mm,
			  struct census_reader *reader)
{
	bool has;

	task_lock(leader);
	has = leader->mm == mm;
	if (has)
		*reader = reader_of(leader, mm);
	task_unlock(leader);
	return has;
}

/**
 * census_rights_settle() - ask a process for the first time
 * @rights: not settled yet
 * @mm: the address space that was found, with a reference
 * @reader: who may read it; written if @rights is settled now
 *
 * exec() holds exec_update_lock from before it replaces the address space until after it has
 * replaced the credentials.  In between a process has the new address space with the credentials
 * of the old program, which a set-user-ID program must not be read by: then nothing is settled.
 *
 * The lock is only tried: exec() may hold it as long as a user likes, as it frees the old address
 * space under it, and others read memory.  And exec() waits for whoever has it: so nothing sleeps
 * under it, no loop is in it, and the scheduler does not take the CPU away, except with PREEMPT_RT,
 * where task_lock() sleeps.
 *
 * Return: 0 if @rights is settled, -EAGAIN if the process executes a program, or -ESRCH if it has
 * another address space now, or its leader has exited.
 */
int census_rights_settle(struct census_rights *rights, struct mm_struct *mm,
			 struct census_reader *reader)
{
	struct rw_semaphore *exec_lock = &rights->leader->signal->exec_update_lock;
	int ret = -EAGAIN;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
	if (down_read_trylock(exec_lock)) {
		rights->exec_id = READ_ONCE(rights->leader->self_exec_id);
		rights->settled = census_process_reads(rights->leader, mm, reader);
		ret = rights->settled ? 0 : -ESRCH;
		up_read(exec_lock);
	}
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
	return ret;
}

/**
 * census_rights_confirm() - ask a process again
 * @rights: settled
 * @mm: as it was settled
 * @reader: who may read it, as the process is now or was when it exited; written if that is known
 *
 * As long as the process has @mm, no exec() has replaced its credentials, so exec_update_lock is
 * not needed.  It never gets @mm back.  Of one that has none the number of its execs tells whether
 * it had another one when it exited.  An exec() that fails after it has replaced the address space
 * does not count itself, but has made the process undumpable.
 *
 * Return: false if it has executed a program since: what became of its rights is unknown.
 */
bool census_rights_confirm(const struct census_rights *rights, struct mm_struct *mm,
			   struct census_reader *reader)
{
	struct task_struct *leader = rights->leader;
	bool had;

	task_lock(leader);
	had = leader->mm == mm ||
	      (!leader->mm && READ_ONCE(leader->self_exec_id) == rights->exec_id);
	if (had)
		*reader = reader_of(leader, mm);
	task_unlock(leader);
	return had;
}
