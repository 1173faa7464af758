// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seqlock.h>
#include <linux/slab.h>

#include "collect.h"
#include "compat.h"
#include "memory.h"

#define BUCKET_BITS 12

/**
 * census_collect_begin() - initialize an empty collection
 * @c: the caller calls census_collect_end(), also after an error
 * @snap: the snapshot that the collection is for
 *
 * Return: 0 or -ENOMEM.
 */
int census_collect_begin(struct census_collection *c,
			 struct census_snapshot *snap)
{
	c->snap = snap;
	c->nr = 0;
	INIT_LIST_HEAD(&c->mms);
	mutex_init(&c->lock);
	c->buckets = census_kvcalloc(1 << BUCKET_BITS, sizeof(*c->buckets));
	return c->buckets ? 0 : -ENOMEM;
}

static struct hlist_head *bucket(struct census_collection *c,
				 const struct mm_struct *mm)
{
	return &c->buckets[hash_ptr((void *)mm, BUCKET_BITS)];
}

/* Bucket of a vanished process, by the PID in the request. */
static struct hlist_head *number_bucket(struct census_collection *c, u32 number)
{
	return &c->buckets[hash_32(number, BUCKET_BITS)];
}

static struct census_mm *find_mm(struct census_collection *c,
				 const struct mm_struct *mm)
{
	struct census_mm *m;

	hlist_for_each_entry(m, bucket(c, mm), hash)
		if (m->mm == mm)
			return m;
	return NULL;
}

/*
 * Takes the mm of any thread, because the leader may exit before the others.  A kernel
 * thread that temporarily uses the address space of a process does not count.
 *
 * Return: the mm with a reference by mmgrab(), or NULL.
 */
static struct mm_struct *process_mm(struct task_struct *leader)
{
	struct mm_struct *mm = NULL;
	struct task_struct *t;

	rcu_read_lock();
	census_for_each_thread(leader, t) {
		if (t->flags & PF_KTHREAD)
			continue;
		task_lock(t);
		mm = t->mm;
		if (mm)
			mmgrab(mm);
		task_unlock(t);
		if (mm)
			break;
	}
	rcu_read_unlock();
	return mm;
}

static void fill_faults(struct census_task *task, struct task_struct *leader)
{
	struct signal_struct *sig = leader->signal;
	unsigned int seq = 0, next = 0;
	struct task_struct *t;
	unsigned long flags;

	/* stats_lock: a thread that exits moves its counts to @sig. */
	rcu_read_lock();
	do {
		seq = next;
		flags = read_seqbegin_or_lock_irqsave(&sig->stats_lock, &seq);
		task->min_faults = sig->min_flt;
		task->maj_faults = sig->maj_flt;
		census_for_each_thread(leader, t) {
			task->min_faults += READ_ONCE(t->min_flt);
			task->maj_faults += READ_ONCE(t->maj_flt);
		}
		next = 1;
	} while (need_seqretry(&sig->stats_lock, seq));
	done_seqretry_irqrestore(&sig->stats_lock, seq, flags);
	rcu_read_unlock();
}

static void fill_task(struct census_task *task, struct task_struct *leader)
{
	get_task_comm(task->comm, leader);
	task->start = leader->start_boottime;
	task->threads = get_nr_threads(leader);
	task->oom_score_adj = READ_ONCE(leader->signal->oom_score_adj);
	rcu_read_lock();
	task->uid = __task_cred(leader)->euid;
#ifdef CONFIG_CGROUPS
	task->cgroup = cgroup_id(task_dfl_cgroup(leader));
#endif
	rcu_read_unlock();
	fill_faults(task, leader);
}

static struct census_task *new_task(struct census_snapshot *snap,
				    struct task_struct *leader)
{
	struct census_task *task = census_snapshot_memory(snap, sizeof(*task));

	if (!task)
		return NULL;
	task->pid = get_task_pid(leader, PIDTYPE_TGID);
	rcu_read_lock();
	task->parent = get_pid(task_tgid(rcu_dereference(leader->real_parent)));
	rcu_read_unlock();
	fill_task(task, leader);
	return task;
}

static int add_peer(struct census_snapshot *snap, struct census_mm *m,
		    struct task_struct *leader)
{
	struct pid *pid = get_task_pid(leader, PIDTYPE_TGID);
	struct census_peer *peer;

	if (!pid || pid == m->task->pid) {
		put_pid(pid);
		return 0;
	}
	peer = kzalloc(sizeof(*peer), CENSUS_GFP);
	if (!peer) {
		put_pid(pid);
		return -ENOMEM;
	}
	peer->pid = pid;
	*m->last_peer = peer;
	m->last_peer = &peer->next;
	snap->cost.memory += sizeof(*peer);
	return 0;
}

static int add_record(struct census_collection *c, struct census_mm *m,
		      struct task_struct *leader)
{
	m->task = new_task(c->snap, leader);
	if (!m->task)
		return -ENOMEM;
	m->last_peer = &m->task->peers;
	census_mm_counters(m->mm, &m->task->figures);
	return 0;
}

static struct census_mm *add_space(struct census_collection *c)
{
	struct census_mm *m = kzalloc(sizeof(*m), CENSUS_GFP);

	if (!m)
		return NULL;
	m->number = ++c->last_number;
	INIT_LIST_HEAD(&m->vmas);
	list_add_tail(&m->link, &c->mms);
	c->nr++;
	c->snap->cost.memory += sizeof(*m);
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
	hlist_add_head(&m->hash, bucket(c, mm));
	return m;
}

static int add_process(struct census_collection *c, struct task_struct *leader,
		       enum census_wanted wanted)
{
	struct mm_struct *mm = process_mm(leader);
	struct census_mm *m;
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
	m = find_mm(c, mm);
	if (m) {
		bool its = wanted == CENSUS_RECORD ||
			   (wanted == CENSUS_PEER && m->named);

		if (its && m->task)
			err = add_peer(c->snap, m, leader);
		else if (its && wanted == CENSUS_PEER)
			err = add_record(c, m, leader);
	} else if (wanted != CENSUS_PEER && (wanted != CENSUS_SWAP_OWNER ||
				      census_mm_swapped(mm))) {
		m = add_mm(c, mm);
		err = m ? 0 : -ENOMEM;
		if (m && wanted == CENSUS_RECORD)
			err = add_record(c, m, leader);
	}
	mmdrop(mm);
	return err;
}

/*
 * Gets all thread group leaders, with a reference on each.  The task list is walked in
 * one RCU section, in which nothing can be allocated.  So count, allocate with spare
 * room, and try again if the room was not enough.
 */
static struct task_struct **get_leaders(unsigned int *nr)
{
	unsigned int room = 0, n;
	struct task_struct **leaders = NULL;
	struct task_struct *p;

	for (;;) {
		n = 0;
		rcu_read_lock();
		for_each_process(p) {
			if (n < room) {
				get_task_struct(p);
				leaders[n] = p;
			}
			n++;
		}
		rcu_read_unlock();
		if (leaders && n <= room) {
			*nr = n;
			return leaders;
		}
		for (n = min(n, room); leaders && n; n--)
			put_task_struct(leaders[n - 1]);
		kvfree(leaders);

		rcu_read_lock();
		n = 0;
		for_each_process(p)
			n++;
		rcu_read_unlock();
		room = n + n / 8 + 64;
		leaders = census_kvcalloc(room, sizeof(*leaders));
		if (!leaders)
			return NULL;
	}
}

/**
 * census_collect_all() - add all processes
 * @c: the collection
 * @wanted: why they are added
 *
 * In the order of their creation.  All are added before the first address space is
 * walked.
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_collect_all(struct census_collection *c, enum census_wanted wanted)
{
	unsigned int i, nr;
	struct task_struct **leaders = get_leaders(&nr);
	int err = 0;

	if (!leaders)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		if (!err)
			err = add_process(c, leaders[i], wanted);
		put_task_struct(leaders[i]);
		cond_resched();
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
	}
	kvfree(leaders);
	return err;
}

static struct task_struct *get_leader(struct pid *pid)
{
	struct task_struct *t, *leader = NULL;

	rcu_read_lock();
	t = pid_task(pid, PIDTYPE_PID);
	if (t) {
		leader = t->group_leader;
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

	hlist_for_each_entry(m, number_bucket(c, number), hash)
		if (!m->mm && m->task->number == number)
			return 0;
	m = add_space(c);
	if (!m)
		return -ENOMEM;
	hlist_add_head(&m->hash, number_bucket(c, number));
	m->task = leader ? new_task(c->snap, leader) :
			   census_snapshot_memory(c->snap, sizeof(*m->task));
	if (!m->task)
		return -ENOMEM;
	m->task->number = number;
	return 0;
}

/**
 * census_collect_pid() - add the process of a PID or thread ID
 * @c: the collection
 * @name: the ID
 *
 * If the address space has more users than the process has threads, it may have CLONE_VM
 * peers.  The record belongs to the first of all these processes, so it is created only
 * after census_collect_all() has found them (%CENSUS_PEER).
 *
 * Return: 0 or -ENOMEM.
 */
int census_collect_pid(struct census_collection *c, const struct census_name *name)
{
	struct task_struct *leader = get_leader(name->pid);
	struct mm_struct *mm = leader ? process_mm(leader) : NULL;
	int err = 0;

	if (!mm) {
		err = add_vanished(c, name->number, leader);
	} else if (atomic_read(&mm->mm_users) <= get_nr_threads(leader)) {
		err = add_process(c, leader, CENSUS_RECORD);
	} else if (!find_mm(c, mm)) {
		struct census_mm *m = add_mm(c, mm);

		if (m)
			m->named = true;
		err = m ? 0 : -ENOMEM;
		c->named = true;
	}
	if (mm)
		mmdrop(mm);
	if (leader)
		put_task_struct(leader);
	return err;
}

/* Resets the state to before the first visit, except for the address to continue at. */
void census_mm_reset(struct census_mm *m)
{
	memset(&m->sums, 0, sizeof(m->sums));
	memset(m->holdings, 0, sizeof(m->holdings));
	memset(m->exclusive, 0, sizeof(m->exclusive));
	census_vmas_free(&m->vmas);
	m->state = MEMCENSUS_STATE_UNSPEC;
}

/**
 * census_collect_again() - find the new address space of a process after exec()
 * @c: the collection
 * @m: has no users any more (mm_users)
 *
 * Return: true if @m is now the new address space, to be walked from its start.
 */
bool census_collect_again(struct census_collection *c, struct census_mm *m)
{
	struct task_struct *leader;
	struct mm_struct *mm;

	if (!m->task || !m->mm)
		return false;
	leader = get_leader(m->task->pid);
	if (!leader)
		return false;
	mutex_lock(&c->lock);
	mm = process_mm(leader);
	if (mm && find_mm(c, mm)) {
		mmdrop(mm);
		mm = NULL;
	}
	if (mm) {
		fill_task(m->task, leader);
		census_mm_counters(mm, &m->task->figures);
		hlist_del(&m->hash);
		mmdrop(m->mm);
		m->mm = mm;
		hlist_add_head(&m->hash, bucket(c, mm));
		m->number = ++c->last_number;
		m->next_addr = 0;
		m->patience = 0;
		m->begun = false;
		census_mm_reset(m);
	}
	mutex_unlock(&c->lock);
	put_task_struct(leader);
	return mm;
}

/* Frees everything except what the snapshot has taken over. */
void census_collect_end(struct census_collection *c)
{
	struct census_mm *m, *next;

	list_for_each_entry_safe(m, next, &c->mms, link) {
		if (m->mm)
			mmdrop(m->mm);
		census_task_free(m->task);
		census_vmas_free(&m->vmas);
		kfree(m);
	}
	kvfree(c->buckets);
}

/* The kernel's own counters.  They need only a reference on @mm (mm_count). */
void census_mm_counters(const struct mm_struct *mm, struct census_figures *f)
{
	struct mm_struct *m = (struct mm_struct *)mm;

	census_figure_set(f, MEMCENSUS_F_VSS,
			  (u64)READ_ONCE(m->total_vm) << PAGE_SHIFT);
	census_figure_set(f, MEMCENSUS_F_RSS_COUNTER,
			  (u64)get_mm_rss(m) << PAGE_SHIFT);
	census_figure_set(f, MEMCENSUS_F_RSS_PEAK,
			  (u64)get_mm_hiwater_rss(m) << PAGE_SHIFT);
	census_figure_set(f, MEMCENSUS_F_PAGETABLES, mm_pgtables_bytes(m));
	census_figure_set(f, MEMCENSUS_F_MLOCKED,
			  (u64)READ_ONCE(m->locked_vm) << PAGE_SHIFT);
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
