// SPDX-License-Identifier: GPL-2.0
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "base/gate.h"
#include "base/memory.h"
#include "base/params.h"
#include "base/threads.h"
#include "census/census.h"
#include "census/groups.h"
#include "census/kswapd.h"
#include "census/payer-records.h"
#include "census/scan.h"
#include "census/share.h"
#include "census/system.h"
#include "census/zones.h"
#include "count/pages.h"
#include "count/payers.h"
#include "count/numa.h"

/**
 * struct census - a census in progress
 * @req: the request
 * @snap: the result
 * @budget: limit of the memory for counting owners
 * @files: files that are mapped
 * @scan: the address spaces
 * @begun: a slice was
 * @swap_owners: other owners of swap slots were collected
 * @swap_known: all owners of swap slots were walked
 * @pss: sum over all owners, 1/2^36 page
 * @group_holdings: by group and kind; NULL without groups
 * @share: of a SHARE request
 * @payers: of a SHARE request with CHARGED
 * @numa: with %MEMCENSUS_PART_TASK_NODES
 * @full: results use all of max_results
 * @nr_workers: length of @workers
 * @nr_threads: that walk at first, the caller included
 * @nr_marked: number of @workers that have marked anything, the first ones
 * @threads: run work for each worker number
 * @workers: worker 0 belongs to the caller
 * @frames: marks of each worker, by worker number
 */
struct census {
	const struct census_request *req;
	struct census_snapshot *snap;
	struct census_budget budget;
	struct census_files files;
	struct census_scan scan;
	bool begun;
	bool swap_owners;
	bool swap_known;
	census_share pss;
	struct census_holding *group_holdings;
	struct census_share share;
	struct census_payers payers;
	struct census_numa numa;
	bool full;
	unsigned int nr_workers;
	unsigned int nr_threads;
	unsigned int nr_marked;
	struct census_threads threads;
	struct census_worker workers[CENSUS_WORKERS_MAX];
	struct census_frames *frames[CENSUS_WORKERS_MAX];
};

/* Runs @work for each worker that has marked, in up to @nr threads including the caller. */
static int in_parallel(struct census *c, unsigned int nr, census_work_fn *work)
{
	return census_threads_run(&c->threads, nr, c->nr_marked, work, c);
}

static int scan_part(void *context, unsigned int number)
{
	struct census *c = context;

	return census_scan_all(&c->workers[number]);
}

/* Waits for others to drop their locks. */
static void wait_for_locks(struct census_scan *scan)
{
	ktime_t time = 100 * NSEC_PER_USEC;
	u64 begin = ktime_get_ns();

	set_current_state(CENSUS_WAIT);
	schedule_hrtimeout_range(&time, 200 * NSEC_PER_USEC, HRTIMER_MODE_REL);
	atomic64_add(ktime_get_ns() - begin, &scan->waited);
}

static void forget_mm(struct census *c, struct census_mm *m)
{
	if (m->begun && m->state != MEMCENSUS_STATE_VANISHED)
		census_tally_forget(&c->workers[m->worker].tally, m);
	m->state = MEMCENSUS_STATE_VANISHED;
}

/* Visits @m once more, after all workers have ended.  Return: as census_scan_mm(). */
static int visit_again(struct census *c, struct census_mm *m)
{
	int err;

	m->visited = false;
	err = census_scan_mm(&c->workers[m->worker], m);
	if (!err && !m->visited) {
		c->swap_known = false;
		census_scan_give_up(m);
	}
	return err;
}

/*
 * Completes address spaces of which other workers have walked parts.
 *
 * A part ends early at a mapping that only the worker of the whole may walk: it was mapped there
 * after the division, and may map pages that the whole maps elsewhere.
 *
 * A part whose address space was abandoned shows what the whole may not have seen, if its own
 * walk ended before: the process has exited, or executed a program and has another address space.
 */
static int walk_rests(struct census *c)
{
	struct census_mm *m;
	int err = 0;

	list_for_each_entry(m, &c->scan.collection.mms, link) {
		struct census_mm *whole = m->whole;

		cond_resched();
		if (!whole || whole->mm != m->mm)
			continue;
		if (m->state == MEMCENSUS_STATE_VANISHED) {
			forget_mm(c, whole);
			if (c->workers[0].tally.later ||
			    !census_collect_again(&c->scan.collection, whole))
				continue;
			err = visit_again(c, whole);
		} else if (m->refused && whole->state == MEMCENSUS_STATE_WALKED) {
			m->refused = false;
			whole->next_addr = m->next_addr;
			whole->stop = m->stop;
			whole->resume = 0;
			err = visit_again(c, whole);
		}
		if (err)
			break;
	}
	return err;
}

/*
 * An address space is as its parts are.  If it or one of them vanished, none of them owns
 * anything; after exec() it is a new one, and the parts are of the old one.
 */
static void join_states(struct census *c)
{
	struct census_mm *m;

	list_for_each_entry(m, &c->scan.collection.mms, link) {
		struct census_mm *whole = m->whole;

		cond_resched();
		if (!whole || whole->mm != m->mm)
			continue;
		if (m->state != MEMCENSUS_STATE_WALKED &&
		    whole->state == MEMCENSUS_STATE_WALKED)
			whole->state = MEMCENSUS_STATE_PARTIAL;
	}
	list_for_each_entry(m, &c->scan.collection.mms, link) {
		cond_resched();
		if (m->whole && (m->whole->mm != m->mm ||
				 m->whole->state == MEMCENSUS_STATE_VANISHED))
			forget_mm(c, m);
	}
}

/*
 * Return: the address spaces whose locks were not available, linked by @next_left.  Retries
 * look only at these: a round over all would take a time that is not in the budget.
 */
static struct census_mm *find_left(struct census *c)
{
	struct census_mm *m, *first = NULL, **last = &first;

	list_for_each_entry(m, &c->scan.collection.mms, link) {
		if (!m->visited) {
			*last = m;
			last = &m->next_left;
		}
		cond_resched();
	}
	*last = NULL;
	return first;
}

/*
 * Processes that shared an address space may have executed a program since they were found.  Each
 * has another one then, which is visited once.  The rest of what was requested is not known to
 * have left.
 */
static int visit_executed(struct census *c)
{
	struct census_collection *collection = &c->scan.collection;
	const bool all = !c->req->nr_pids || c->req->share;
	struct census_mm *m;
	int err;

	if (c->workers[0].tally.later ||
	    (!all && c->req->basis != MEMCENSUS_BASIS_FRAMES))
		return 0;
	m = list_last_entry(&collection->mms, struct census_mm, link);
	err = census_collect_executed(collection, all ? CENSUS_RECORD : CENSUS_OWNER);
	if (err)
		return err;
	list_for_each_entry_continue(m, &collection->mms, link) {
		err = visit_again(c, m);
		if (err)
			break;
	}
	return err;
}

/*
 * Visits all address spaces.  Then retries those whose lock was not available, until the
 * busy budget is used up, and then once more, without a wait.  The worker that started an
 * address space also continues it, because its marks are in that worker.  The threads
 * have ended by then, so the caller runs the retries with that worker's state.
 */
static int visit_all(struct census *c)
{
	struct census_mm *m, *left;
	bool last;
	int err;

	census_scan_begin(&c->scan, c->nr_workers > 1 &&
			  c->req->basis == MEMCENSUS_BASIS_FRAMES, c->nr_threads == 1);
	err = census_threads_run(&c->threads, c->nr_threads, c->nr_workers, scan_part, c);
	if (err)
		return err;

	left = c->scan.left ? find_left(c) : NULL;
	while (left) {
		struct census_mm **at = &left;

		last = !census_scan_budget(&c->scan);
		while ((m = *at)) {
			err = census_scan_mm(&c->workers[m->worker], m);
			if (err)
				return err;
			cond_resched();
			if (m->visited) {
				*at = m->next_left;
				continue;
			}
			at = &m->next_left;
			if (last) {
				/* An owner of swap slots may be missing. */
				c->swap_known = false;
				census_scan_give_up(m);
			}
		}
		if (last)
			break;
		if (left)
			wait_for_locks(&c->scan);
	}
	err = visit_executed(c);
	if (err || !c->scan.divided)
		return err;
	err = walk_rests(c);
	if (!err)
		join_states(c);
	return err;
}

/* Counts the state of @m.  Without a record, @m counts only if it is partial or busy. */
static void count_state(struct census_cost *cost, const struct census_mm *m)
{
	switch (m->state) {
	case MEMCENSUS_STATE_WALKED:
		cost->walked += !!m->task;
		break;
	case MEMCENSUS_STATE_PARTIAL:
		cost->partial++;
		break;
	case MEMCENSUS_STATE_BUSY:
		cost->busy++;
		break;
	default:
		cost->vanished += !!m->task;
	}
	if (m->task || m->state == MEMCENSUS_STATE_PARTIAL ||
	    m->state == MEMCENSUS_STATE_BUSY)
		cost->mms++;
}

/* @m was not walked, or its process exited before a later slice. */
static void forget_task(struct census *c, struct census_mm *m)
{
	INIT_LIST_HEAD(&m->vmas);
	if (c->snap->pages)
		census_pages_begin(c->snap->pages, &c->budget);
}

/* Adds a record for each node where @m has memory or runs.  Return: 0 or -ENOMEM. */
static int finish_nodes(struct census *c, const struct census_mm *m)
{
	unsigned int i;

	for (i = 0; c->snap->nodes_known && m->on_nodes && i < c->numa.nr; i++) {
		const struct census_on_node *on = &m->on_nodes[i];
		struct census_task_node *node;

		if (!on->rss && !on->hugetlb && !on->runs)
			continue;
		node = census_snapshot_memory(c->snap, sizeof(*node));
		if (!node)
			return -ENOMEM;
		*node = (struct census_task_node) {
			.task = m->task, .nid = c->numa.nodes[i].id, .runs = on->runs,
			.rss = on->rss << PAGE_SHIFT, .hugetlb = on->hugetlb << PAGE_SHIFT,
		};
		list_add_tail(&node->link, &c->snap->task_nodes);
	}
	return 0;
}

/*
 * All owners are counted: converts what was counted of @m to figures.
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
static int finish_task(struct census *c, struct census_mm *m)
{
	struct census_figures figures = {};
	int err = 0;

	m->task->state = m->state;
	if (m->mm)
		census_counters_figures(&m->counters, &figures);
	if (m->state == MEMCENSUS_STATE_WALKED ||
	    m->state == MEMCENSUS_STATE_PARTIAL)
		err = census_tally_figures(&c->workers[0].tally, m, c->swap_known,
					   &figures) ?: finish_nodes(c, m);
	else
		forget_task(c, m);
	if (err || !figures.known)
		return err;
	m->task->figures = census_snapshot_figures(c->snap, &c->snap->arena, &figures);
	return m->task->figures ? 0 : -ENOMEM;
}

/* Moves the records to the snapshot, in the order of collection. */
static int finish_tasks(struct census *c, struct list_head *mms, unsigned int nr)
{
	struct census_snapshot *snap = c->snap;
	struct census_mm *m;
	int err;

	snap->tasks = census_snapshot_memory(snap, (nr ?: 1) *
					     sizeof(*snap->tasks));
	if (!snap->tasks)
		return -ENOMEM;
	list_for_each_entry(m, mms, link) {
		count_state(&snap->cost, m);
		if (!m->task)
			continue;
		err = finish_task(c, m);
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
		if (err)
			return err;
		list_splice_tail_init(&m->vmas, &snap->vmas);
		snap->tasks[snap->nr_tasks++] = m->task;
		m->task = NULL;
		cond_resched();
	}
	return 0;
}

/*
 * Any process may own the frames of the requested ones.  So the frames basis walks all
 * processes, even if only some were requested.
 */
static int collect_mms(struct census *c)
{
	struct census_collection *collection = &c->scan.collection;
	unsigned int i;
	int err = 0;

	if (!c->req->nr_pids)
		return census_collect_all(collection, CENSUS_RECORD);
	for (i = 0; i < c->req->nr_pids && !err; i++)
		err = census_collect_pid(collection, &c->req->pids[i]);
	collection->nr_named = collection->nr;
	/* Any process may be a peer, which is sent. */
	if (!err && c->req->share)
		return census_collect_all(collection, CENSUS_RECORD);
	if (!err && c->req->basis == MEMCENSUS_BASIS_FRAMES)
		return census_collect_all(collection, CENSUS_OWNER);
	if (!err && collection->named)
		err = census_collect_all(collection, CENSUS_PEER);
	return err;
}

/*
 * Any process may also own swap slots of the requested processes on the mapcount basis.
 * Others are walked only if a requested process has memory in swap: from the slice on that has the
 * first of its slots.
 */
static int visit_swap_owners(struct census *c, u32 slice)
{
	bool swapped = false;
	struct census_mm *m;
	unsigned int i;
	int err;

	if (c->swap_owners || !c->req->nr_pids || c->req->basis == MEMCENSUS_BASIS_FRAMES)
		return 0;
	for (i = 0; i < c->nr_workers; i++)
		swapped |= census_frames_swapped(c->frames[i]);
	if (!swapped)
		return 0;
	/* One that was given up in the middle is left: its marks are in one worker. */
	list_for_each_entry(m, &c->scan.collection.mms, link) {
		m->visited |= m->begun;
		/* What this walk finds is all of it. */
		if (!slice && m->state == MEMCENSUS_STATE_BUSY)
			m->state = MEMCENSUS_STATE_UNSPEC;
		cond_resched();
	}
	err = census_collect_all(&c->scan.collection, CENSUS_SWAP_OWNER);
	c->swap_owners = !err;
	return err ?: visit_all(c);
}

static int join_forked(void *context, unsigned int number)
{
	struct census *c = context;

	census_frames_join_forked(c->frames, c->nr_marked, number);
	return 0;
}

static int sum_forked(void *context, unsigned int number)
{
	struct census *c = context;

	return census_frames_sum_forked(c->frames, c->nr_marked, number);
}

static int finish_forked(void *context, unsigned int number)
{
	struct census *c = context;

	return census_frames_finish_forked(c->frames[number]);
}

static int find_mixed(void *context, unsigned int number)
{
	struct census *c = context;

	return census_frames_find_mixed(c->frames, c->nr_marked, number);
}

static int split_mixed(void *context, unsigned int number)
{
	struct census *c = context;

	return census_frames_split_mixed(c->frames[number]);
}

static int finish_blocks(void *context, unsigned int number)
{
	struct census *c = context;

	return census_frames_finish_blocks(c->frames, c->nr_marked, number);
}

static int finish_turns(void *context, unsigned int number)
{
	struct census *c = context;

	return census_frames_finish_turns(c->frames, c->nr_marked, number);
}

/*
 * Owners are counted: sets the exclusive bits of the page bitmaps.  Page bitmaps require
 * records of VMAs, so there is one worker.
 */
static int finish_pages(struct census *c, u32 slice)
{
	struct census_pages *p = c->snap->pages;
	const struct census_mm *m;

	list_for_each_entry(m, &c->scan.collection.mms, link)
		if (!slice && m->task)
			p->walked = clamp_t(u64, m->visited ? p->end : m->next_addr,
					    p->start, p->end);
	return census_pages_finish(p, c->frames[0]);
}

/*
 * Estimates of what it takes to finish an entry and a table that fork() copied, ns: measured in
 * rows of bench/run.
 */
#define FINISH_NS	45
#define FINISH_TABLE_NS	(20 * NSEC_PER_USEC)

static int finish_census(struct census *c)
{
	unsigned int i, nr_forked = 0;
	bool huge = false;
	u64 work = 0;
	int err = 0;

	/* Helpers that begin late or not at all leave the last workers without marks. */
	c->nr_marked = 1;
	for (i = 0; i < c->nr_workers; i++) {
		if (c->frames[i]->owners.nr_turns)
			c->nr_marked = i + 1;
		work += (u64)c->frames[i]->owners.entries.nr * FINISH_NS +
			c->frames[i]->owners.forked.nr / CENSUS_FORKED_UNITS * FINISH_TABLE_NS;
		huge |= c->frames[i]->huge;
		nr_forked += census_frames_has_forked(c->frames[i]);
	}
	i = min(census_threads_for(work, c->nr_marked > 1), c->nr_marked);
	if (nr_forked > 1)
		err = in_parallel(c, i, join_forked);
	if (!err && nr_forked)
		err = in_parallel(c, i, finish_forked);
	/* All find before the first one adds: what it adds looks like pages marked one by one. */
	if (!err && huge)
		err = in_parallel(c, i, find_mixed);
	if (!err && huge)
		err = in_parallel(c, i, split_mixed);
	if (!err)
		err = in_parallel(c, i, finish_blocks);
	/* Where a table was joined, its owners need the sums of another worker's. */
	if (!err && nr_forked)
		err = in_parallel(c, i, sum_forked);
	return err ?: in_parallel(c, i, finish_turns);
}

/* Checks that all shares add up to all pages, except for rounding losses of the divisions. */
static void check_totals(struct census *c)
{
	struct census_cost *cost = &c->snap->cost;
	census_share pages = 0, shares = 0;
	u64 lost = 0;
	unsigned int i, kind, n;

	for (i = 0; i < c->nr_workers; i++) {
		const struct census_totals *t = &c->frames[i]->totals;

		lost += t->lost;
		for (kind = 0; kind < CENSUS_KINDS; kind++) {
			pages += t->pages[kind];
			shares += t->share[kind];
			if (kind >= CENSUS_CLASSES)
				continue;
			cost->frames += t->pages[kind] << PAGE_SHIFT;
			cost->owners[kind][0] += t->pages[kind] << PAGE_SHIFT;
			for (n = 0; n < ARRAY_SIZE(cost->several); n++) {
				u64 bytes = t->several[n][kind] << PAGE_SHIFT;

				cost->several[n] += bytes;
				cost->owners[kind][n + 1] += bytes;
				cost->owners[kind][0] -= bytes;
			}
			c->pss += t->share[kind];
		}
	}
	pages <<= CENSUS_SHARE_SHIFT;
	if (shares > pages || shares + lost < pages)
		cost->violations = 1;
}

/* Resets what the last slice, or a count that was discarded, left in the address spaces. */
static void reset_mms(struct census *c, u32 slice)
{
	struct census_mm *m;

	list_for_each_entry(m, &c->scan.collection.mms, link) {
		/* An address space that vanished does not reappear. */
		m->visited = slice && m->state == MEMCENSUS_STATE_VANISHED;
		memset(m->exclusive, 0, sizeof(m->exclusive));
		census_mm_rewind(m);
		cond_resched();
	}
}

/* Return: CPU time of helpers without that of all waits, those of the caller among them, ns. */
static u64 work_of_helpers(const struct census_threads *t)
{
	return atomic64_read(&t->cpu) - atomic64_read(&t->stayed);
}

static int count_slice(struct census *c, const struct census_slice *s)
{
	struct census_cpu_clock cpu = census_cpu_clock_start();
	u64 others = work_of_helpers(&c->threads);
	u32 slice = s->number;
	unsigned int i;
	int err;

	for (i = 0; i < c->nr_workers; i++) {
		c->workers[i].tally.later = slice;
		err = census_frames_reset(c->frames[i], s);
		if (err)
			return err;
	}
	if (c->begun)
		reset_mms(c, slice);
	c->begun = true;
	if (c->snap->pages)
		census_pages_slice(c->snap->pages);
	if (c->req->charged)
		census_payers_reset(&c->payers, !slice);
	err = visit_all(c);
	if (!err)
		err = visit_swap_owners(c, slice);
	if (!err)
		err = finish_census(c);
	if (!err && s->nr == 1)
		census_scan_learn(c->req, c->scan.work, census_cpu_clock_stop(&cpu) +
				  work_of_helpers(&c->threads) - others);
	if (!err && c->snap->pages)
		err = finish_pages(c, slice);
	if (err)
		return err;
	check_totals(c);
	err = census_groups_count(c->snap, c->frames, c->nr_marked,
				  &c->scan.collection, c->group_holdings, c->share.matrix);
	if (!err)
		err = census_share_count(&c->share, c->frames, c->nr_marked,
					 &c->scan.collection);
	census_collect_join(&c->scan.collection, !slice);
	return err;
}

static void discard_sums(struct census *c)
{
	struct census_mm *m;

	census_collect_join(&c->scan.collection, true);
	list_for_each_entry(m, &c->scan.collection.mms, link) {
		census_mm_reset(&c->scan.collection, m);
		cond_resched();
	}
}

/* Discards all counts to start again. */
static void start_over(struct census *c)
{
	unsigned int i;

	if (c->begun)
		discard_sums(c);
	census_arena_free(&c->snap->vma_arena);
	for (i = 0; i < c->nr_workers; i++)
		census_arena_free(&c->workers[i].tally.counts);
	if (c->group_holdings)
		memset(c->group_holdings, 0, (size_t)c->snap->nr_groups *
		       CENSUS_KINDS * sizeof(*c->group_holdings));
	if (c->snap->pages)
		census_pages_begin(c->snap->pages, &c->budget);
	census_share_reset(&c->share);
	census_files_restart(&c->files);
	c->snap->cost.frames = 0;
	memset(c->snap->cost.several, 0, sizeof(c->snap->cost.several));
	memset(c->snap->cost.owners, 0, sizeof(c->snap->cost.owners));
	c->pss = 0;
	c->swap_known = true;
}

/*
 * Frees the memory for owners of all workers, if one ran out of it.  Otherwise that of the
 * workers which end now would be kept for the next census, while the first one fills
 * max_mem again.
 *
 * Return: true if a worker did: max_mem was used up, or an allocation failed.
 */
static bool drop_failed(struct census *c)
{
	bool failed = false;
	unsigned int i;

	for (i = 0; i < c->nr_workers; i++)
		failed |= census_frames_failed(c->frames[i]);
	for (i = 0; failed && i < c->nr_workers; i++)
		census_frames_drop(c->frames[i]);
	return failed;
}

static void workers_end(struct census *c, unsigned int left)
{
	while (c->nr_workers > left)
		census_worker_end(&c->workers[--c->nr_workers], &c->snap->cost);
}

/* If this many slices do not fit, max_mem is too small for this machine. */
#define SLICES_MAX 1024

/*
 * All workers count owners in one slice.  If the memory does not suffice, one worker
 * counts, because each worker needs blocks of its own.  If that fails too, the number of
 * slices is multiplied by four until the memory suffices.
 */
static int count_owners(struct census *c)
{
	struct census_slice slice = { .nr = 1 };
	int err;

	/* Groups, shares and page bitmaps are of pages. */
	slice.huge = !c->req->group_by && !c->req->share && !c->snap->pages;
	census_hash_init(&slice.hash);
	for (;;) {
		start_over(c);
		err = 0;
		for (slice.number = 0; slice.number < slice.nr && !err; slice.number++)
			err = count_slice(c, &slice);
		if (err != -ENOMEM || !drop_failed(c) || slice.nr == SLICES_MAX)
			break;
		if (c->nr_workers == 1) {
			slice.nr *= 4;
			slice.huge = false;
		}
		workers_end(c, 1);
	}
	c->snap->cost.slices = slice.nr;
	c->snap->cost.pss = census_share_bytes(c->pss, PAGE_SIZE);
	return err;
}

/* An entry of a shared page takes up to so many times as long: then helpers begin late. */
#define SHARED_TIMES	5

/*
 * Sets the number of threads that begin.  Only one worker can create records of VMAs, or count who
 * pays.
 *
 * Return: number of workers that may be of use.
 */
static unsigned int choose_workers(struct census *c)
{
	struct census_mm *m;
	u64 work = 0, time;

	c->nr_threads = 1;
	if (c->req->parts & MEMCENSUS_PART_VMAS || c->req->charged)
		return 1;
	list_for_each_entry(m, &c->scan.collection.mms, link) {
		/* That of a record is known. */
		if (m->mm && !m->work)
			census_mm_estimate(m);
		work += m->work;
		cond_resched();
	}
	c->scan.work = work;
	time = census_scan_estimate(c->req, work);
	c->nr_threads = census_threads_for(time, false);
	return census_threads_for(max(time, work * SHARED_TIMES), false);
}

static int workers_begin(struct census *c)
{
	unsigned int i, nr = choose_workers(c);
	int err = 0;

	c->scan.threads = &c->threads;

	for (i = 0; i < nr && !err; i++) {
		c->workers[i].number = i;
		c->nr_workers = i + 1;
		err = census_worker_begin(&c->workers[i], &c->scan, c->snap, &c->files,
					  c->req->charged ? &c->payers : NULL);
		c->frames[i] = c->workers[i].tally.frames;
	}
	/* What more workers left is not in the budget of this census. */
	census_frames_trim();
	if (!err || i == 1)
		return err;
	/* The workers before this one do its work. */
	workers_end(c, i - 1);
	return 0;
}

static int form_groups(struct census *c)
{
	int err;

	if (!c->req->group_by)
		return 0;
	err = census_groups_form(c->snap, &c->scan.collection.mms);
	if (err)
		return err;
	c->group_holdings = census_arena_alloc(&c->scan.collection.arena,
					       array3_size(c->snap->nr_groups,
							   CENSUS_KINDS,
							   sizeof(*c->group_holdings)));
	return c->group_holdings ? 0 : -ENOMEM;
}

/* Different workers may have met different sizes of hugetlb pages. */
static void join_hugetlb(struct census *c)
{
	unsigned int *sizes = c->frames[0]->hugetlb, i, size;

	for (i = 1; i < c->nr_workers; i++)
		for (size = 0; size < CENSUS_HUGETLB_SIZES; size++)
			sizes[size] = max(sizes[size], c->frames[i]->hugetlb[size]);
}

static int count_and_finish(struct census *c)
{
	int err;

	err = collect_mms(c);
	if (!err)
		err = workers_begin(c);
	if (!err)
		err = form_groups(c);
	if (!err && c->req->share)
		err = census_share_begin(&c->share, c->req, c->snap, &c->scan.collection);
	if (!err)
		err = count_owners(c);
	if (err)
		return err;
	join_hugetlb(c);
	if (c->scan.collection.numa)
		c->snap->nodes_known = census_numa_unchanged(&c->numa);
	err = finish_tasks(c, &c->scan.collection.mms, c->scan.collection.nr);
	if (!err && c->req->group_by)
		census_groups_finish(c->snap, c->group_holdings,
				     c->frames[0]->hugetlb, c->swap_known);
	if (!err && c->req->share)
		err = census_share_finish(&c->share, c->snap, c->frames[0]->hugetlb);
	if (!err && c->req->charged)
		err = census_payers_finish(&c->payers, &c->files, c->req->limit, c->snap);
	return err;
}

static int scan_tasks(struct census *c)
{
	int err;

	census_frames_open();
	c->budget.limit = census_params.max_mem;
	spin_lock_init(&c->scan.lock);
	init_waitqueue_head(&c->scan.wait);
	census_threads_init(&c->threads, &c->budget.stopped);
	err = census_collect_begin(&c->scan.collection, c->snap, &c->threads);
	if (!err && c->req->file)
		c->files.only = census_file_mapping(c->req->file);
	if (!err)
		err = census_files_begin(&c->files, &c->budget);
	if (!err && c->req->charged)
		err = census_payers_begin(&c->payers, &c->budget, c->req->charged > 1);
	if (!err && c->req->parts & MEMCENSUS_PART_TASK_NODES) {
		c->scan.collection.numa = &c->numa;
		err = census_numa_begin(&c->numa);
	}
	if (!err)
		err = count_and_finish(c);
	if (c->snap->pages)
		c->snap->cost.memory += census_pages_end(c->snap->pages);
	c->full = c->workers[0].tally.counts.full;
	workers_end(c, 0);
	if (c->req->charged)
		census_payers_end(&c->payers);
	census_files_end(&c->files);
	c->full |= c->scan.collection.arena.full;
	census_collect_end(&c->scan.collection);
	census_numa_end(&c->numa);
	census_threads_end(&c->threads);
	census_frames_close();
	c->snap->cost.memory += atomic64_read(&c->budget.peak);
	c->snap->cost.cpu += census_threads_cpu(&c->threads);
	return err;
}

/**
 * census_take() - take a census
 * @req: the request
 *
 * At most two run at a time, see cache.c: each may use max_mem.
 *
 * Return: a snapshot with one reference and no number yet, which the caller publishes or
 * puts; or an error pointer: -EINTR after a fatal signal, -ENOMEM, -EDQUOT if results use
 * all of max_results, or -ENOSPC if page bitmaps exceed their part of max_mem.
 */
struct census_snapshot *census_take(const struct census_request *req)
{
	struct census_snapshot *snap = census_snapshot_alloc(req);
	struct census_cpu_clock cpu = census_cpu_clock_start();
	struct census *c;
	bool full;
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

	if (snap->walked)
		err = scan_tasks(c);
	if (!err && req->parts & (MEMCENSUS_PART_ZONES | MEMCENSUS_PART_TYPES))
		err = census_zones_gather(snap);
	if (!err && req->parts & MEMCENSUS_PART_NODES)
		err = census_kswapd_gather(snap);
	if (!err && req->parts & MEMCENSUS_PART_SYSTEM)
		err = census_system_gather(snap);
	full = c->full || census_snapshot_full(snap);
	kvfree(c);
	if (err == -ENOMEM && full)
		err = -EDQUOT;
	if (err) {
		census_snapshot_put(snap);
		return ERR_PTR(err);
	}
	snap->cost.cpu += census_cpu_clock_stop(&cpu);
	snap->cost.wall = ktime_get_ns() - cpu.begin;
	return snap;
}
