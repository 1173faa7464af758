// SPDX-License-Identifier: GPL-2.0
/*
 * How a census is taken, by its caller and in one thread:
 *
 * collect.c finds the processes, and makes a list of their address spaces.  If processes are named,
 * and owners are counted, all others are in the list too, because they may own the same pages.
 *
 * scan.c walks one address space after the other and marks what it maps.  Then the owners of each
 * page are counted, and each address space gets its sums (count/marks.c).  What else is asked is
 * asked of the same marks, by the questions of the request (question.h).
 *
 * If the marks exceed max_mem, all is discarded, and the census starts again in slices: each slice
 * is a scan of all address spaces that marks only the pages whose key has a certain hash.  What
 * needs no owners is counted by the first slice.  If the slices do not fit either, there are four
 * times as many.
 *
 * In the end the sums become figures of records in the snapshot, which is immutable from then on.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/params.h"
#include "census/census.h"
#include "census/question.h"
#include "census/zones.h"

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

/*
 * All owners are counted: converts what was counted of @m to figures.
 *
 * Return: 0 or an error.
 */
static int finish_task(struct census *c, struct census_mm *m)
{
	struct census_figures *figures = &m->task->figures;

	m->task->state = m->state;
	/* Of one that has executed a program since, all was confirmed before. */
	census_mm_confirm(m);
	if (m->mm) {
		m->task->mappings = m->counters.mappings;
		census_counters_figures(&m->counters, figures);
	}
	if (m->state != MEMCENSUS_STATE_WALKED && m->state != MEMCENSUS_STATE_PARTIAL) {
		/* It was not walked, or its process exited before a later slice. */
		INIT_LIST_HEAD(&m->vmas);
		return 0;
	}
	return census_tally_figures(&c->scan.tally, m, c->scan.swap_known, figures);
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
		/* A SHARE request has noted which records it compares. */
		if (!c->req->share)
			census_collect_drop(&c->scan.collection, m);
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
 * Any process may own the frames of the requested ones.  So all processes are walked, even if only
 * some were requested, unless nothing that needs owners is wanted.
 */
static int find_mms(struct census *c)
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
	if (!err && c->snap->owners)
		return census_collect_all(collection, CENSUS_OWNER);
	if (!err && collection->named)
		err = census_collect_all(collection, CENSUS_PEER);
	return err;
}

static int collect_mms(struct census *c)
{
	int err = find_mms(c);

	if (!err)
		census_collect_settle(&c->scan.collection);
	return err;
}

/* Of a census: violations. */
#define SUM_BROKEN 1
#define RULE_BROKEN 2

/* Checks that all shares add up to all pages, except for rounding losses of the divisions. */
static void check_totals(struct census *c)
{
	const struct census_totals *t = &c->scan.tally.marks->totals;
	struct census_cost *cost = &c->snap->cost;
	census_share pages = 0, shares = 0;
	unsigned int kind, class, n;

	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		pages += t->pages[kind];
		shares += t->share[kind];
		if (kind >= CENSUS_CLASSES)
			continue;
		class = kind == CENSUS_DEVICE_UNCOUNTED ? CENSUS_DEVICE : kind;
		cost->frames += t->pages[kind] << PAGE_SHIFT;
		if (kind == CENSUS_DEVICE_UNCOUNTED)
			cost->device_uncounted += t->pages[kind] << PAGE_SHIFT;
		if (kind == CENSUS_ZONE_DEVICE)
			cost->zone_device += t->pages[kind] << PAGE_SHIFT;
		cost->owners[class][0] += t->pages[kind] << PAGE_SHIFT;
		for (n = 0; n < ARRAY_SIZE(cost->several); n++) {
			u64 bytes = t->several[n][kind] << PAGE_SHIFT;

			cost->several[n] += bytes;
			cost->owners[class][n + 1] += bytes;
			cost->owners[class][0] -= bytes;
		}
		c->pss += t->share[kind];
	}
	pages <<= CENSUS_SHARE_SHIFT;
	if (shares > pages || shares + t->lost < pages)
		cost->violations |= SUM_BROKEN;
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

static int count_slice(struct census *c, const struct census_slice *s)
{
	struct census_marks *marks = c->scan.tally.marks;
	u32 slice = s->number;
	int err;

	c->scan.tally.later = slice;
	err = census_marks_reset(marks, s);
	if (err)
		return err;
	if (c->begun)
		reset_mms(c, slice);
	c->begun = true;
	err = census_scan_all(&c->scan);
	if (!err)
		err = census_marks_finish(marks);
	if (err)
		return err;
	check_totals(c);
	if (c->group_holdings)
		err = census_groups_count(c);
	if (CENSUS_WITH_SHARE && !err && c->share)
		err = census_share_count(c);
	if (CENSUS_WITH_SHARE && c->scan.tally.charges)
		census_charges_count(&c->scan.tally);
	return err;
}

/* Discards all counts to start again. */
static void start_over(struct census *c)
{
	struct census_mm *m;

	if (c->begun)
		list_for_each_entry(m, &c->scan.collection.mms, link) {
			census_mm_reset(m);
			cond_resched();
		}
	if (c->group_holdings)
		census_groups_restart(c);
	if (CENSUS_WITH_SHARE && c->share)
		census_share_restart(c);
	if (CENSUS_WITH_SHARE && c->scan.tally.charges)
		census_charges_restart(&c->scan.tally);
	census_arena_free(&c->snap->vma_arena);
	census_arena_free(&c->scan.tally.counts);
	census_files_restart(&c->files);
	c->snap->cost.frames = 0;
	c->snap->cost.device_uncounted = 0;
	c->snap->cost.zone_device = 0;
	memset(c->snap->cost.several, 0, sizeof(c->snap->cost.several));
	memset(c->snap->cost.owners, 0, sizeof(c->snap->cost.owners));
	c->pss = 0;
	c->scan.swap_known = true;
}

/* If this many slices, a walk of all processes each, do not fit, max_mem is too small. */
#define SLICES_MAX 1024

/*
 * Counts owners in one slice.  If the memory does not suffice (max_mem is used up, or an allocation
 * failed), the number of slices is multiplied by four until it does, if that can help.
 */
static int count_owners(struct census *c)
{
	struct census_marks *marks = c->scan.tally.marks;
	struct census_slice slice = { .nr = 1 };
	bool rule = census_rule_holds(), more_help;
	int err;

	census_hash_init(&slice.hash);
	for (;;) {
		start_over(c);
		err = 0;
		for (slice.number = 0; slice.number < slice.nr && !err; slice.number++)
			err = count_slice(c, &slice);
		if (!err && rule && !census_rule_holds()) {
			/* What was counted so far may be wrong. */
			c->snap->cost.violations |= RULE_BROKEN;
			rule = false;
			continue;
		}
		if (err != -ENOMEM || !census_marks_failed(marks))
			break;
		more_help = slice.nr < SLICES_MAX && !marks->undivided;
		census_marks_drop(marks);
		if (!more_help)
			break;
		slice.nr *= 4;
	}
	c->snap->cost.pss = census_share_bytes(c->pss, PAGE_SIZE);
	/* Of some processes alone there are no sums. */
	if (!c->snap->owners)
		memset_after(&c->snap->cost, 0xff, memory);
	c->snap->cost.slices = slice.nr;
	return err;
}

/* Begins the questions of the request: who shares needs the groups. */
static int begin_questions(struct census *c)
{
	int err = 0;

	if (c->req->group_by)
		err = census_groups_begin(c);
	if (CENSUS_WITH_SHARE && !err && c->req->share)
		err = census_share_begin(c);
	if (CENSUS_WITH_SHARE && !err && c->req->charged)
		err = census_charges_begin(c);
	return err;
}

static int finish_questions(struct census *c)
{
	int err = 0;

	if (c->group_holdings)
		err = census_groups_finish(c);
	if (CENSUS_WITH_SHARE && !err && c->share)
		err = census_share_finish(c);
	if (CENSUS_WITH_SHARE && !err && c->scan.tally.charges)
		err = census_charges_finish(c);
	return err;
}

static int count_and_finish(struct census *c)
{
	int err;

	err = collect_mms(c);
	if (!err)
		err = begin_questions(c);
	if (!err)
		err = census_scan_begin(&c->scan, c->snap, &c->files);
	if (!err)
		err = count_owners(c);
	if (!err)
		err = finish_tasks(c, &c->scan.collection.mms, c->scan.collection.nr);
	return err ?: finish_questions(c);
}

static int scan_tasks(struct census *c)
{
	int err;

	c->budget.limit = census_params.max_mem;
	err = census_collect_begin(&c->scan.collection, c->snap);
	if (!err && c->req->file)
		c->files.only = census_file_mapping(c->req->file);
	if (!err)
		err = census_files_begin(&c->files, &c->budget);
	if (!err)
		err = count_and_finish(c);
	if (CENSUS_WITH_SHARE && c->scan.tally.charges)
		census_charges_end(&c->scan.tally);
	c->full = c->scan.tally.counts.full;
	/* Of the last start: what earlier ones had is free again. */
	c->snap->cost.memory += c->snap->vma_arena.bytes + c->scan.tally.counts.bytes;
	census_scan_end(&c->scan, &c->snap->cost);
	census_files_end(&c->files);
	c->full |= c->scan.collection.arena.full;
	census_collect_end(&c->scan.collection);
	c->snap->cost.memory += atomic64_read(&c->budget.peak);
	return err;
}

/*
 * Takes a census, one at a time.
 *
 * Return: a snapshot with one reference and no number yet; or an error pointer: -EINTR after a
 * fatal signal, -ENOMEM, or -EDQUOT if results use all of max_results.
 */
static struct census_snapshot *take(const struct census_request *req)
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
	if (!err && req->parts & MEMCENSUS_PART_ZONES)
		err = census_zones_gather(snap);
	if (!err && req->parts & MEMCENSUS_PART_NODES)
		err = census_nodes_gather(snap);
	full = c->full || census_snapshot_full(snap);
	kvfree(c);
	if (err == -ENOMEM && full)
		err = -EDQUOT;
	if (err) {
		census_snapshot_put(snap);
		return ERR_PTR(err);
	}
	snap->cost.cpu = census_cpu_clock_stop(&cpu);
	snap->cost.wall = ktime_get_ns() - cpu.begin;
	return snap;
}

/* The caller has the gate. */
static struct census_result *take_numbered(const void *req)
{
	static u64 last_seq;
	struct census_snapshot *snap = take(req);

	if (IS_ERR(snap))
		return ERR_CAST(snap);
	snap->seq = ++last_seq;
	return &snap->result;
}

/* One of named PIDs, of what processes share, or of one file answers no other request. */
static bool answers(const struct census_result *r, const void *request, bool fresh)
{
	const struct census_snapshot *snap = container_of(r, struct census_snapshot, result);
	const struct census_request *req = request;
	u64 max_age = max(census_params.max_age, req->max_age);

	/* One with groups has all that one without has: those who ask in turn share it. */
	if (req->nr_pids || req->share || req->file ||
	    (req->group_by && (snap->group_by != req->group_by || snap->pid_ns != req->pid_ns)) ||
	    (snap->parts & req->parts) != req->parts)
		return false;
	return fresh || (max_age && ktime_get_boottime_ns() - snap->cost.boottime <= max_age);
}

static struct census_latest scans = {
	.take = take_numbered,
	.answers = answers,
	.gate = CENSUS_GATE(scans.gate),
	.drop = __DELAYED_WORK_INITIALIZER(scans.drop, census_latest_drop, 0),
};

/**
 * census_get() - take a census, or share one
 * @req: the request
 * @out: the census, with a reference for the caller
 *
 * Return: 0, -EINTR after a fatal signal, -ENOMEM, or -EDQUOT if results use all of max_results.
 */
int census_get(const struct census_request *req, const struct census_snapshot **out)
{
	struct census_result *r = census_latest_get(&scans, req);

	if (IS_ERR(r))
		return PTR_ERR(r);
	*out = container_of(r, struct census_snapshot, result);
	return 0;
}

int census_scans_init(void)
{
	census_files_init();
	return census_snapshot_init();
}

/* No request can arrive any more. */
void census_scans_exit(void)
{
	census_latest_exit(&scans);
	census_snapshot_exit();
}
