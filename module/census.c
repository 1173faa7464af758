// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "census.h"
#include "groups.h"
#include "join.h"
#include "kswapd.h"
#include "memory.h"
#include "params.h"
#include "scan.h"
#include "system.h"
#include "zones.h"

/**
 * struct census - one being taken
 * @req: what was asked for
 * @snap: what is being filled
 * @scan: the address spaces
 * @nr_workers: how many
 * @workers: the first one is the asker
 */
struct census {
	const struct census_request *req;
	struct census_snapshot *snap;
	struct census_scan scan;
	unsigned int nr_workers;
	struct census_worker workers[CENSUS_WORKERS_MAX];
};

static int work_thread(void *data)
{
	struct census_worker *w = data;

	census_scan_all(w);
	w->cpu = current->se.sum_exec_runtime;
	return 0;
}

/*
 * The other workers are threads as long as the scan.  They have the asker's
 * priority, not a lower one: they hold mmap locks, and who waits for one would
 * wait for a thread that does not get the CPU.
 *
 * How a thread's stack is allocated is not for us to say, and the OOM killer may
 * be called for it.  So where memory is short there are none.
 */
static void start_workers(struct census *c)
{
	unsigned int i;

	if (si_mem_available() < (long)(totalram_pages() / 64))
		return;
	for (i = 1; i < c->nr_workers; i++) {
		struct census_worker *w = &c->workers[i];
		struct task_struct *thread;

		thread = kthread_create(work_thread, w, "memcensus/%u", i);
		if (IS_ERR(thread))
			continue;	/* the others do its work */
		set_user_nice(thread, task_nice(current));
		w->thread = get_task_struct(thread);
		wake_up_process(thread);
	}
}

/* They end by themselves: nothing is left to do, or @c->scan.stop is set. */
static int stop_workers(struct census *c)
{
	int err = c->workers[0].err;
	unsigned int i;

	for (i = 1; i < c->nr_workers; i++) {
		struct census_worker *w = &c->workers[i];

		if (!w->thread)
			continue;
		kthread_stop(w->thread);
		put_task_struct(w->thread);
		w->thread = NULL;
		/* -EINTR only says that it saw @stop. */
		if (!err || err == -EINTR)
			err = w->err ?: err;
	}
	return fatal_signal_pending(current) ? -EINTR : err;
}

/* Those whose lock was not to be had.  Return: true if there is none. */
static bool none_left(struct census *c)
{
	const struct census_mm *m;

	list_for_each_entry(m, &c->scan.collection.mms, link)
		if (!m->visited)
			return false;
	return true;
}

static void give_up(struct census *c)
{
	struct census_mm *m;

	list_for_each_entry(m, &c->scan.collection.mms, link) {
		if (m->visited)
			continue;
		if (m->task) {
			m->task->state = m->begun ? MEMCENSUS_STATE_PARTIAL :
						    MEMCENSUS_STATE_BUSY;
		} else {
			/* An owner who was not asked for is missing. */
			c->workers[0].tally.frames->swap_lost = true;
			c->snap->cost.busy++;
			c->snap->cost.mms++;
		}
	}
}

/*
 * Visit all, then those whose lock was not to be had again and again, all of
 * them together for no longer than the busy budget.  What a worker has begun is
 * gone on with by the same, which knows what it has marked; the threads have
 * ended by then, so the asker does it in their name.
 */
static int visit_all(struct census *c)
{
	struct census_mm *m;
	u64 deadline;
	int err;

	census_scan_begin(&c->scan);
	start_workers(c);
	census_scan_all(&c->workers[0]);
	err = stop_workers(c);
	if (err)
		return err;

	deadline = ktime_get_ns() + census_params.busy_budget;
	while (!none_left(c)) {
		list_for_each_entry(m, &c->scan.collection.mms, link) {
			if (m->visited)
				continue;
			err = census_scan_mm(&c->workers[m->worker], m);
			if (err)
				return err;
		}
		if (ktime_get_ns() >= deadline)
			break;
		usleep_range(100, 300);
	}
	give_up(c);
	return 0;
}

/* All owners are counted: sums become figures. */
static void finish_task(struct census *c, struct census_mm *m)
{
	struct census_cost *cost = &c->snap->cost;
	struct census_task *task = m->task;

	cost->mms++;
	switch (task->state) {
	case MEMCENSUS_STATE_WALKED:
		cost->walked++;
		break;
	case MEMCENSUS_STATE_PARTIAL:
		cost->partial++;
		break;
	case MEMCENSUS_STATE_BUSY:
		cost->busy++;
		return;
	default:
		cost->vanished++;
		census_vmas_free(&m->vmas);
		return;
	}
	census_tally_figures(&c->workers[0].tally, m);
}

/* Move the records into the snapshot, in the order they were collected in. */
static int finish_tasks(struct census *c, struct list_head *mms, unsigned int nr)
{
	struct census_snapshot *snap = c->snap;
	struct census_mm *m;

	snap->tasks = census_snapshot_memory(snap, (nr ?: 1) *
					     sizeof(*snap->tasks));
	if (!snap->tasks)
		return -ENOMEM;
	list_for_each_entry(m, mms, link) {
		if (!m->task)
			continue;
		finish_task(c, m);
		list_splice_tail_init(&m->vmas, &snap->vmas);
		snap->tasks[snap->nr_tasks++] = m->task;
		m->task = NULL;
		cond_resched();
	}
	return 0;
}

static int collect(struct census *c)
{
	unsigned int i;
	int err = 0;

	if (!c->req->nr_pids)
		return census_collect_all(&c->scan.collection);
	for (i = 0; i < c->req->nr_pids && !err; i++)
		err = census_collect_pid(&c->scan.collection, c->req->pids[i]);
	return err ?: census_collect_twins(&c->scan.collection);
}

/*
 * Owners are among all processes, also where only some were asked for: on the
 * mapcount basis those of swap slots, where there is anything in swap.
 */
static int visit_other_owners(struct census *c)
{
	bool swapped = c->req->basis == MEMCENSUS_BASIS_MAPCOUNT;
	LIST_HEAD(asked_for);
	int err;

	if (!c->req->nr_pids ||
	    (swapped && !census_frames_swapped(c->workers[0].tally.frames)))
		return 0;
	list_splice_init(&c->scan.collection.mms, &asked_for);
	err = census_collect_others(&c->scan.collection, swapped);
	if (!err)
		err = visit_all(c);
	list_splice(&asked_for, &c->scan.collection.mms);
	return err;
}

static int settle(struct census *c)
{
	struct census_frames *frames[CENSUS_WORKERS_MAX];
	unsigned int i;

	for (i = 0; i < c->nr_workers; i++)
		frames[i] = c->workers[i].tally.frames;
	frames[0]->next_owner = atomic_read(&c->scan.next_owner);
	/* It gets all sets of the others besides, who need no more now. */
	frames[0]->limit = census_params.max_mem;
	for (i = 1; i < c->nr_workers; i++)
		frames[0]->limit -= frames[i]->memory;
	return c->nr_workers > 1 ? census_join_settle(frames, c->nr_workers) :
				   census_frames_settle(frames[0]);
}

static int visit_and_finish(struct census *c)
{
	struct census_tally *tally = &c->workers[0].tally;
	int err;

	err = collect(c);
	if (!err)
		err = visit_all(c);
	if (!err)
		err = visit_other_owners(c);
	if (!err && c->req->group_by)
		err = census_groups_gather(c->snap, tally->frames,
					   atomic_read(&c->scan.next_owner),
					   &c->scan.collection.mms);
	if (!err)
		err = settle(c);
	if (err)
		return err;
	census_tally_settled(tally);
	err = finish_tasks(c, &c->scan.collection.mms, c->scan.collection.nr);
	if (!err)
		census_groups_sum(c->snap);
	return err;
}

/*
 * What each may use for counting owners, so that all together stay within
 * max_mem: the first one gets the others' sets besides its own, and groups are
 * counted with sets again and some memory for each.
 */
static u64 limit_of_each(const struct census *c)
{
	if (c->req->group_by)
		return census_params.max_mem / 5 * 2;
	return census_params.max_mem / (2 * c->nr_workers - 1);
}

/*
 * Mappings and groups are counted by one worker: records of mappings are made
 * while the mmap lock is held, and groups are told from one tree of sets.
 */
static unsigned int choose_workers(const struct census_request *req)
{
	if (req->nr_pids || req->group_by)
		return 1;
	return census_params.workers;
}

static int worker_begin(struct census *c, unsigned int number)
{
	c->workers[number].number = number;
	return census_worker_begin(&c->workers[number], &c->scan, c->snap,
				   limit_of_each(c));
}

static int scan_tasks(struct census *c)
{
	unsigned int i;
	int err;

	c->nr_workers = choose_workers(c->req);
	spin_lock_init(&c->scan.lock);
	atomic_set(&c->scan.next_owner, 1);
	err = census_collect_begin(&c->scan.collection, c->snap);
	for (i = 0; i < c->nr_workers && !err; i++)
		err = worker_begin(c, i);
	if (!err)
		err = visit_and_finish(c);
	for (i = 0; i < c->nr_workers; i++)
		census_worker_end(&c->workers[i], &c->snap->cost);
	census_collect_end(&c->scan.collection);
	return err;
}

/*
 * CPU time that the asker has used.  The scheduler adds up what ran when it
 * switches or ticks; who was not switched ran all the time.
 */
struct cpu_clock {
	unsigned long switches;
	u64 runtime;
	u64 begin;
};

static struct cpu_clock cpu_clock_start(void)
{
	return (struct cpu_clock) {
		.switches = current->nvcsw + current->nivcsw,
		.runtime = current->se.sum_exec_runtime,
		.begin = ktime_get_ns(),
	};
}

static u64 cpu_clock_stop(const struct cpu_clock *c, u64 wall)
{
	if (current->nvcsw + current->nivcsw == c->switches)
		return wall;
	return min(wall, current->se.sum_exec_runtime - c->runtime);
}

/**
 * census_take() - take a census
 * @req: what is asked for
 *
 * One at a time; the caller sees to it.
 *
 * Return: a snapshot with one reference and no number yet, to be published or
 * put; or an error pointer: -EINTR after a fatal signal, -ENOMEM.
 */
struct census_snapshot *census_take(const struct census_request *req)
{
	struct census_snapshot *snap = census_snapshot_alloc(req);
	struct cpu_clock cpu = cpu_clock_start();
	struct census *c;
	int err = 0;

	c = census_kvzalloc(sizeof(*c));
	if (!snap || !c) {
		kvfree(c);
		census_snapshot_put(snap);
		return ERR_PTR(-ENOMEM);
	}
	c->req = req;
	c->snap = snap;
	snap->cost.realtime = ktime_get_real_ns();
	snap->cost.boottime = ktime_get_boottime_ns();
	snap->cost.memory += sizeof(*c);

	snap->walked = req->group_by ||
		       req->parts & (MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS);
	if (snap->walked)
		err = scan_tasks(c);
	if (!err && req->parts & (MEMCENSUS_PART_ZONES | MEMCENSUS_PART_TYPES))
		err = census_zones_gather(snap);
	if (!err && req->parts & MEMCENSUS_PART_NODES)
		err = census_kswapd_gather(snap);
	if (!err && req->parts & MEMCENSUS_PART_SYSTEM)
		err = census_system_gather(snap);
	kvfree(c);
	if (err) {
		census_snapshot_put(snap);
		return ERR_PTR(err);
	}
	snap->cost.wall = ktime_get_ns() - cpu.begin;
	snap->cost.cpu += cpu_clock_stop(&cpu, snap->cost.wall);
	return snap;
}
