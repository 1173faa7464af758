// SPDX-License-Identifier: GPL-2.0
/*
 * How address spaces are collected:
 *
 * Processes are found by their PIDs, a few in each RCU section, and each leads to its address
 * space, which is in a hash table by the address of its mm_struct.  The first process that leads to
 * one adds it, with a record of the process that the kernel calls its owner; others that share it
 * (vfork(), CLONE_VM) are peers in this record.  If the request names PIDs, these are looked up
 * first, so that their address spaces are the first ones; what the pass over all processes adds
 * after that depends on why it is wanted: as a record, as an owner only, or as a peer.
 *
 * A process is in one record, with the address space that it had when it was found, whatever it
 * does later.  So one that executes a program during the census is like one that exits, and a
 * child that is forked does not take part.
 *
 * Who may read a record without privileges is found with it, and holds for what was read of the
 * process until then.  A process that executes a program at that time is asked once more after all
 * have been found, as what it has executed.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "base/memory.h"
#include "base/process.h"
#include "census/collect.h"
#include "census/task.h"

/**
 * struct found - a process in a record
 * @hash: in &struct census_collection.found, by struct pid, of which the record has a reference
 * @m: has the record
 */
struct found {
	struct census_link hash;
	const struct census_mm *m;
};

/* Return: what has the process already, or NULL.  @pid may be NULL. */
static const struct census_mm *find_found(const struct census_collection *c, const struct pid *pid)
{
	struct census_link *link;

	if (!pid || !c->found.nr)
		return NULL;
	link = census_table_find(&c->found, (uintptr_t)pid);
	return link ? container_of(link, struct found, hash)->m : NULL;
}

/* Return: the record of a process of a census by tree, or NULL. */
const struct census_task *census_collect_find(const struct census_collection *c,
					      const struct pid *pid)
{
	const struct census_mm *m = find_found(c, pid);

	return m ? m->task : NULL;
}

/* Return: 0 or -ENOMEM. */
static int note_found(struct census_collection *c, const struct census_mm *m,
		      const struct pid *pid)
{
	struct found *r = census_arena_alloc(&c->arena, sizeof(*r));

	if (!r || (!c->found.root &&
		   !census_table_init(&c->found, NULL)))
		return -ENOMEM;
	r->hash.key = (uintptr_t)pid;
	r->m = m;
	census_table_add(&c->found, &r->hash);
	return 0;
}

/**
 * census_collect_begin() - initialize an empty collection
 * @c: the caller calls census_collect_end(), also after an error
 * @snap: the snapshot that the collection is for
 *
 * Return: 0 or -ENOMEM.
 */
int census_collect_begin(struct census_collection *c, struct census_snapshot *snap)
{
	c->snap = snap;
	c->nr = 0;
	INIT_LIST_HEAD(&c->mms);
	return census_table_init(&c->table, NULL) ? 0 : -ENOMEM;
}

static struct census_mm *find_key(struct census_collection *c, u64 key)
{
	struct census_link *link = census_table_find(&c->table, key);

	return link ? container_of(link, struct census_mm, hash) : NULL;
}

static struct census_mm *find_mm(struct census_collection *c,
				 const struct mm_struct *mm)
{
	return find_key(c, (uintptr_t)mm);
}

/*
 * Reads what a record has of its process, which has had @m->mm since before the record.  What was
 * read may be shown to the reader if the process has not executed a program until its end.
 */
static void fill_record(struct census_mm *m)
{
	struct census_rights *rights = &m->rights;

	m->task->reader = CENSUS_NO_READER;
	census_rights_settle(rights, m->mm, &m->task->reader);
	census_task_fill(m->task, rights->leader);
	census_mm_counters(m);
	if (!census_mm_confirm(m)) {
		m->task->reader = CENSUS_NO_READER;
		rights->settled = false;
	}
}

/*
 * A record is read by those who may read it as each of its processes.  A peer shares the address
 * space with another one, so it is not the new one of an exec().
 */
static void ask_peer(struct census_mm *m, struct task_struct *leader)
{
	struct census_reader reader;

	if (census_process_reads(leader, m->mm, &reader) &&
	    !census_reader_equal(&reader, &m->task->reader))
		m->task->reader = CENSUS_NO_READER;
}

/* Adds the process @pid of @leader, unless it is the owner.  @pid is NULL if it was reaped. */
static int add_peer(struct census_collection *c, struct census_mm *m, struct task_struct *leader,
		    struct pid *pid)
{
	struct census_peer *peer;

	if (!pid || pid == m->task->pid)
		return 0;
	ask_peer(m, leader);
	peer = census_snapshot_memory(c->snap, sizeof(*peer));
	if (!peer)
		return -ENOMEM;
	peer->pid = get_pid(pid);
	*m->last_peer = peer;
	m->last_peer = &peer->next;
	return c->snap->group_by == MEMCENSUS_BY_TREE ? note_found(c, m, pid) : 0;
}

/*
 * Return: what the kernel calls the owner of @mm, which @leader has; NULL: unknown.  One that has
 * executed a program may be called so until it has finished that.
 */
static struct task_struct *get_owner(struct mm_struct *mm, struct task_struct *leader)
{
	struct task_struct *owner = census_mm_leader(mm);
	struct mm_struct *has;

	if (!owner || owner == leader)
		return owner;
	has = census_process_mm(owner);
	if (has)
		mmdrop(has);
	if (has == mm)
		return owner;
	put_task_struct(owner);
	return NULL;
}

/*
 * The record is of the process that the kernel calls the owner of the address space, and has
 * the process @pid of @leader as a peer if that is another one.
 */
static int add_record(struct census_collection *c, struct census_mm *m,
		      struct task_struct *leader, struct pid *pid)
{
	struct task_struct *owner = get_owner(m->mm, leader) ?: get_task_struct(leader);
	int err;

	m->rights.leader = owner;
	m->task = census_task_new(c->snap, owner);
	if (!m->task)
		return -ENOMEM;
	m->last_peer = &m->task->peers;
	fill_record(m);
	err = add_peer(c, m, leader, pid);
	if (!err && (owner != leader || c->snap->group_by == MEMCENSUS_BY_TREE))
		err = note_found(c, m, m->task->pid);
	return err;
}

/*
 * Allocates zeroed memory of a census.  Return: memory until census_collect_end(), which counts as
 * a result; or NULL.
 */
void *census_collect_memory(struct census_collection *c, size_t nr, size_t size)
{
	size_t bytes = array_size(nr, size);
	void *memory = census_arena_alloc(&c->arena, bytes);

	if (memory)
		c->snap->cost.memory += bytes;
	return memory;
}

static struct census_mm *add_space(struct census_collection *c)
{
	struct census_mm *m = census_collect_memory(c, 1, sizeof(*m));

	if (!m)
		return NULL;
	m->number = ++c->nr;
	INIT_LIST_HEAD(&m->vmas);
	list_add_tail(&m->link, &c->mms);
	return m;
}

/* Return: no record yet, with a reference on @mm; or NULL without memory. */
static struct census_mm *add_mm(struct census_collection *c,
				struct mm_struct *mm)
{
	struct census_mm *m = add_space(c);

	if (!m)
		return NULL;
	mmgrab(mm);
	m->mm = mm;
	m->hash.key = (uintptr_t)mm;
	census_table_add(&c->table, &m->hash);
	return m;
}

/* Adds a process to the record of @m, which is created if there is none.  @pid is of @leader. */
static int add_to_record(struct census_collection *c, struct census_mm *m,
			 struct task_struct *leader, struct pid *pid)
{
	return m->task ? add_peer(c, m, leader, pid) : add_record(c, m, leader, pid);
}

/* Adds what is wanted of a process that uses @mm.  @pid is of @leader. */
static int add_user(struct census_collection *c, struct mm_struct *mm, struct task_struct *leader,
		    struct pid *pid, enum census_wanted wanted)
{
	struct census_mm *m = find_mm(c, mm);

	if (!m && wanted != CENSUS_PEER) {
		m = add_mm(c, mm);
		if (!m)
			return -ENOMEM;
	}
	if (m && (wanted == CENSUS_RECORD || m->named))
		return add_to_record(c, m, leader, pid);
	return 0;
}

static int add_process(struct census_collection *c, struct task_struct *leader,
		       enum census_wanted wanted)
{
	struct mm_struct *mm = census_process_mm(leader);
	struct pid *pid;
	int err = 0;

	if (!mm) {
		if (wanted != CENSUS_RECORD)
			return 0;
		if (leader->flags & PF_KTHREAD)
			c->snap->cost.kthreads++;
		else
			c->snap->cost.zombies++;
		return 0;
	}
	pid = get_task_pid(leader, PIDTYPE_TGID);
	/* It has the address space that it had when it was found, also if it executed a program. */
	if (!find_found(c, pid))
		err = add_user(c, mm, leader, pid, wanted);
	put_pid(pid);
	mmdrop(mm);
	return err;
}

/*
 * PIDs that are looked up in one RCU section, among them those of threads: a cache miss or two
 * each, so microseconds, and their array is on the stack.
 */
#define PIDS_AT_ONCE 32

/*
 * Gets the leaders of the next thread groups, with a reference on each, from PID *@next on.  Not
 * for_each_process(): an RCU section over all processes lasts as long as there are processes, and a
 * task that was released since then does not lead back to the list.
 *
 * Return: their number; *@next is 0 after the last one.
 */
static unsigned int next_leaders(int *next, struct task_struct **leaders)
{
	unsigned int looks, nr = 0;

	rcu_read_lock();
	for (looks = 0; looks < PIDS_AT_ONCE && *next; looks++) {
		struct pid *pid = find_ge_pid(*next, &init_pid_ns);
		struct task_struct *leader = pid ? pid_task(pid, PIDTYPE_TGID) : NULL;

		*next = pid ? pid_nr(pid) + 1 : 0;
		if (leader)
			leaders[nr++] = get_task_struct(leader);
	}
	rcu_read_unlock();
	return nr;
}

/**
 * census_collect_all() - add all processes
 * @c: the collection
 * @wanted: why they are added
 *
 * In the order of their PIDs, as in /proc.  All are added before the first address space
 * is walked.
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_collect_all(struct census_collection *c, enum census_wanted wanted)
{
	struct task_struct *leaders[PIDS_AT_ONCE];
	unsigned int i, nr;
	int next = 1, err = 0;

	while (!err && next) {
		nr = next_leaders(&next, leaders);
		for (i = 0; i < nr; i++) {
			if (!err)
				err = add_process(c, leaders[i], wanted);
			put_task_struct(leaders[i]);
		}
		cond_resched();
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
	}
	return err;
}

static struct task_struct *get_leader(struct pid *pid)
{
	struct task_struct *t, *leader = NULL;

	rcu_read_lock();
	t = pid_task(pid, PIDTYPE_PID);
	if (t) {
		leader = READ_ONCE(t->group_leader);
		get_task_struct(leader);
	}
	rcu_read_unlock();
	return leader;
}

/*
 * Adds a record with the state "vanished" for a requested process that does not exist or
 * has no address space.
 */
static int add_vanished(struct census_collection *c, u32 number,
			struct task_struct *leader)
{
	struct census_mm *m;

	if (find_key(c, number))
		return 0;
	m = add_space(c);
	if (!m)
		return -ENOMEM;
	m->task = leader ? census_task_new(c->snap, leader) :
			   census_snapshot_memory(c->snap, sizeof(*m->task));
	if (!m->task)
		return -ENOMEM;
	if (leader)
		census_task_fill(m->task, leader);
	m->task->reader = CENSUS_NO_READER;
	m->task->number = number;
	/* A PID is never the address of an mm. */
	m->hash.key = number;
	census_table_add(&c->table, &m->hash);
	return c->snap->group_by == MEMCENSUS_BY_TREE ? note_found(c, m, m->task->pid) : 0;
}

/*
 * Adds the process @pid to the record of @mm.  It is in the record from here on, also if it exits
 * or executes a program before its peers are looked for.
 */
static int add_requested(struct census_collection *c, struct mm_struct *mm,
			 struct task_struct *leader, struct pid *pid)
{
	struct census_mm *m = find_mm(c, mm) ?: add_mm(c, mm);

	if (!m)
		return -ENOMEM;
	if (atomic_read(&mm->mm_users) > atomic_read(&leader->signal->live)) {
		m->named = true;
		c->named = true;
	}
	return add_to_record(c, m, leader, pid) ?: note_found(c, m, pid);
}

/**
 * census_collect_pid() - add the process of a PID or thread ID
 * @c: the collection
 * @name: the ID
 *
 * If the address space has more users than the process has threads that have not begun to
 * exit, it may have CLONE_VM peers.  The record has all these processes, after census_collect_all()
 * has found them (%CENSUS_PEER or %CENSUS_OWNER).
 *
 * Return: 0 or -ENOMEM.
 */
int census_collect_pid(struct census_collection *c, const struct census_name *name)
{
	struct task_struct *leader = get_leader(name->pid);
	struct pid *pid = leader ? get_task_pid(leader, PIDTYPE_TGID) : NULL;
	const struct census_mm *m = find_found(c, pid);
	struct mm_struct *mm = NULL;
	int err = 0;

	if (!m || !m->mm) {
		mm = pid ? census_process_mm(leader) : NULL;
		err = mm ? add_requested(c, mm, leader, pid) :
			   add_vanished(c, name->number, leader);
	}
	if (mm)
		mmdrop(mm);
	put_pid(pid);
	if (leader)
		put_task_struct(leader);
	return err;
}

/* Forgets how far the walk is. */
void census_mm_rewind(struct census_mm *m)
{
	m->begun = false;
	m->next_addr = 0;
	m->counted = NULL;
	m->counted_end = 0;
	m->ptes = 0;
	m->walked = 0;
	m->chain = (struct census_chain) {};
	m->met = NULL;
}

/* Resets the state to before the first visit, except for the address to continue at. */
void census_mm_reset(struct census_mm *m)
{
	memset(&m->sums, 0, sizeof(m->sums));
	memset(m->holdings, 0, sizeof(m->holdings));
	memset(m->exclusive, 0, sizeof(m->exclusive));
	INIT_LIST_HEAD(&m->vmas);
	m->state = MEMCENSUS_STATE_UNSPEC;
}

/* Checks whether the process of @m was executing a program each time that it was asked. */
static bool is_unsettled(const struct census_mm *m)
{
	return m->task && m->rights.leader && !m->rights.settled && !m->task->peers;
}

/* Groups by these are formed by what another program changes. */
static bool exec_regroups(const struct census_snapshot *snap)
{
	return snap->group_by == MEMCENSUS_BY_UID || snap->group_by == MEMCENSUS_BY_COMM;
}

/* @m is now @mm, which @leader has executed, not visited yet. */
static void replace_mm(struct census_collection *c, struct census_mm *m, struct mm_struct *mm,
		       struct task_struct *leader)
{
	census_table_remove(&c->table, &m->hash);
	mmdrop(m->mm);
	mmgrab(mm);
	m->mm = mm;
	m->hash.key = (uintptr_t)mm;
	census_table_add(&c->table, &m->hash);
	get_task_struct(leader);
	put_task_struct(m->rights.leader);
	m->rights = (struct census_rights) { .leader = leader };
	fill_record(m);
	census_mm_rewind(m);
	census_mm_reset(m);
	m->tables = 0;
	m->mappings = 0;
}

/**
 * census_collect_again() - look up a requested process once more
 * @c: the collection
 * @m: has no users any more (mm_users)
 *
 * In a census a process has the address space that it had when it was found.  Of one that the
 * request names, and that executes a program before the end of the walk, nothing else is known.
 * Nor is who may read one that was executing a program when it was found, and executes another one.
 *
 * Return: true if @m is now what the process executed, not visited yet.
 */
bool census_collect_again(struct census_collection *c, struct census_mm *m)
{
	struct task_struct *leader;
	struct mm_struct *mm;
	bool found;

	if (m->number > c->nr_named && (!is_unsettled(m) || exec_regroups(c->snap)))
		return false;
	if (!m->mm || m->task->peers)
		return false;
	leader = get_leader(m->task->pid);
	if (!leader)
		return false;
	mm = census_process_mm(leader);
	found = mm && !find_mm(c, mm);
	if (found)
		replace_mm(c, m, mm, leader);
	if (mm)
		mmdrop(mm);
	put_task_struct(leader);
	return found;
}

static void drop_record(struct census_collection *c, struct census_mm *m)
{
	census_task_free(m->task);
	m->task = NULL;
	c->snap->cost.zombies++;
}

/*
 * Asks the process of @m once more, which has no peers.  It executed a program when it was found,
 * so it is in the census as what it has executed, or it has exited, so it is like one that had done
 * so before it was found.  A requested one that has exited keeps its record.
 */
static void ask_again(struct census_collection *c, struct census_mm *m)
{
	struct task_struct *leader = get_leader(m->task->pid);
	struct mm_struct *mm = leader ? census_process_mm(leader) : NULL;

	if (mm == m->mm)
		fill_record(m);
	else if (mm && !find_mm(c, mm))
		replace_mm(c, m, mm, leader);
	else if (!mm && m->number > c->nr_named)
		drop_record(c, m);
	if (mm)
		mmdrop(mm);
	if (leader)
		put_task_struct(leader);
}

/**
 * census_collect_settle() - ask those once more who executed a program when they were found
 * @c: the collection, of which all processes were found and none was walked
 */
void census_collect_settle(struct census_collection *c)
{
	struct census_mm *m;

	list_for_each_entry(m, &c->mms, link) {
		if (is_unsettled(m))
			ask_again(c, m);
		cond_resched();
	}
}

/**
 * census_mm_settle() - ask for the last time who may read an address space
 * @m: nothing of it was walked
 *
 * One that is not settled before its walk has no reader.
 *
 * Return: 0 to walk it, -EAGAIN if its process executes a program and is settled later, or -ESRCH
 * if that has left it.
 */
int census_mm_settle(struct census_mm *m)
{
	struct mm_struct *mm;
	int ret;

	if (!is_unsettled(m))
		return 0;
	ret = census_rights_settle(&m->rights, m->mm, &m->task->reader);
	if (!ret)
		census_mm_counters(m);
	if (ret != -ESRCH)
		return ret;
	/* The leader may exit before the other threads. */
	mm = census_process_mm(m->rights.leader);
	if (mm)
		mmdrop(mm);
	return mm == m->mm ? 0 : -ESRCH;
}

/**
 * census_collect_drop() - drop the record of a process that was never asked, because it has exited
 * @c: the collection
 * @m: all walks are done
 *
 * It executed a program from when it was found until then, and nothing of it was counted: so it is
 * like one that had exited before it was found.
 */
void census_collect_drop(struct census_collection *c, struct census_mm *m)
{
	struct mm_struct *mm;

	if (!is_unsettled(m) || m->state != MEMCENSUS_STATE_VANISHED || m->number <= c->nr_named)
		return;
	mm = census_process_mm(m->rights.leader);
	if (mm)
		mmdrop(mm);
	else
		drop_record(c, m);
}

/**
 * census_mm_confirm() - check whether what was read of an address space may be shown to its reader
 * @m: its memory is held by a reference (mm_count)
 *
 * One that has dropped its privileges, or may not be dumped any more, has no reader, also if it has
 * exited since.
 *
 * Return: false if the process that was asked has executed a program since: then what was read
 * since the last call may not be shown to it.
 */
bool census_mm_confirm(struct census_mm *m)
{
	struct census_reader now;

	if (!m->task || !uid_valid(m->task->reader.uid))
		return true;
	if (!census_rights_confirm(&m->rights, m->mm, &now))
		return false;
	if (!census_reader_equal(&now, &m->task->reader))
		m->task->reader = CENSUS_NO_READER;
	return true;
}

static void free_mms(struct census_collection *c)
{
	struct census_mm *m;

	list_for_each_entry(m, &c->mms, link) {
		if (m->mm)
			mmdrop(m->mm);
		if (m->rights.leader)
			put_task_struct(m->rights.leader);
		census_task_free(m->task);
		cond_resched();
	}
	census_arena_free(&c->arena);
}

static void free_copy(struct work_struct *work)
{
	struct census_collection *c = container_of(work, typeof(*c), free_work);

	free_mms(c);
	census_snapshot_put(c->snap);
	kfree(c);
}

/* To free more address spaces takes milliseconds. */
#define FREE_LATER 4096

/* Frees a large collection later, and then its snapshot, of its tasks.  Return: false if not. */
static bool free_later(struct census_collection *c)
{
	struct census_collection *copy = kmemdup(c, sizeof(*c), CENSUS_GFP);

	if (!copy)
		return false;
	list_replace(&c->mms, &copy->mms);
	census_snapshot_get(c->snap);
	INIT_WORK(&copy->free_work, free_copy);
	census_free_later(&copy->free_work);
	return true;
}

/* Frees everything except what the snapshot has taken over. */
void census_collect_end(struct census_collection *c)
{
	census_table_free(&c->table);
	census_table_free(&c->found);
	if (c->nr <= FREE_LATER || !free_later(c))
		free_mms(c);
}

/* Reads the kernel's own counters, which need only a reference on @m->mm (mm_count). */
void census_mm_counters(struct census_mm *m)
{
	struct mm_struct *mm = m->mm;

	m->counters = (struct census_counters) {
		.vss = (u64)READ_ONCE(mm->total_vm) << PAGE_SHIFT,
		.rss = (u64)get_mm_rss(mm) << PAGE_SHIFT,
		.rss_peak = (u64)get_mm_hiwater_rss(mm) << PAGE_SHIFT,
		.pagetables = mm_pgtables_bytes(mm),
		.mlocked = (u64)READ_ONCE(mm->locked_vm) << PAGE_SHIFT,
		.pinned = (u64)atomic64_read(&mm->pinned_vm) << PAGE_SHIFT,
		.mappings = READ_ONCE(mm->map_count),
	};
}

void census_counters_figures(const struct census_counters *c, struct census_figures *f)
{
	census_figure_set(f, MEMCENSUS_F_VSS, c->vss);
	census_figure_set(f, MEMCENSUS_F_RSS_COUNTER, c->rss);
	census_figure_set(f, MEMCENSUS_F_RSS_PEAK, c->rss_peak);
	census_figure_set(f, MEMCENSUS_F_PAGETABLES, c->pagetables);
	census_figure_set(f, MEMCENSUS_F_MLOCKED, c->mlocked);
	census_figure_set(f, MEMCENSUS_F_PINNED, c->pinned);
}

/* Checks whether @pid belongs to a kernel thread.  @pid may be NULL. */
bool census_pid_is_kthread(struct pid *pid)
{
	struct task_struct *leader = get_leader(pid);
	bool kthread = leader && leader->flags & PF_KTHREAD;

	if (leader)
		put_task_struct(leader);
	return kthread;
}
