// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "base/gate.h"
#include "base/params.h"
#include "census/cache.h"
#include "census/census.h"
#include "census/oom.h"
#include "count/files.h"
#include "count/marks.h"

/*
 * scan_lock: one scan of all owners at a time.  scans_begun only grows and is read before
 * the lock is taken.
 *
 * pids_lock: one mapcount census of named PIDs at a time.  It needs nothing from a scan
 * of all processes, so neither waits for the other.  No census takes both.
 */
static struct census_gate scan_lock = CENSUS_GATE(scan_lock);
static struct census_gate pids_lock = CENSUS_GATE(pids_lock);

/* latest_lock protects @latest, @latest_begun and @latest_kept. */
static DEFINE_SPINLOCK(latest_lock);
static atomic64_t scans_begun;
static atomic64_t last_seq;
static const struct census_snapshot *latest;
static u64 latest_begun;
static unsigned long latest_kept;

/* The latest census is kept for requests that wait for it or take it, and for max_age. */
#define KEEP_JIFFIES (HZ + nsecs_to_jiffies(census_params.max_age))

/* The timer may have run out while a scan published a newer census: this one stays. */
static void drop_latest(struct work_struct *work)
{
	const struct census_snapshot *old = NULL;

	spin_lock(&latest_lock);
	if (time_after_eq(jiffies, latest_kept))
		swap(old, latest);
	spin_unlock(&latest_lock);
	census_snapshot_put(old);
}

static DECLARE_DELAYED_WORK(drop_work, drop_latest);

/* The caller publishes a scan, and no other scan runs. */
static void publish_snapshot(const struct census_snapshot *snap, u64 begun)
{
	const struct census_snapshot *old;

	spin_lock(&latest_lock);
	old = latest;
	latest = census_snapshot_get(snap);
	latest_begun = begun;
	latest_kept = jiffies + KEEP_JIFFIES;
	spin_unlock(&latest_lock);
	mod_delayed_work(system_power_efficient_wq, &drop_work, KEEP_JIFFIES);
	census_snapshot_put(old);
	census_oom_keep(snap);
}

/* Checks whether other requests may get the same census. */
static bool is_shared(const struct census_request *req)
{
	return !req->nr_pids && !req->share && !req->file;
}

/* Checks whether the latest census answers @req, which arrived when @begun scans had started. */
static bool latest_answers(const struct census_request *req, u64 begun)
{
	u64 max_age;

	/* One with groups has all that one without has: those who ask in turn share it. */
	if (!latest || !is_shared(req) || latest->basis != req->basis ||
	    (req->group_by && (latest->group_by != req->group_by ||
			       latest->pid_ns != req->pid_ns)) ||
	    (latest->parts & req->parts) != req->parts)
		return false;
	if (latest_begun > begun)
		return true;
	max_age = max(census_params.max_age, req->max_age);
	return max_age && ktime_get_boottime_ns() - latest->cost.boottime <= max_age;
}

/* Return: a reference on the latest census if it answers @req, else NULL. */
static const struct census_snapshot *get_latest(const struct census_request *req,
						u64 begun)
{
	const struct census_snapshot *snap = NULL;

	spin_lock(&latest_lock);
	if (latest_answers(req, begun))
		snap = census_snapshot_get(latest);
	spin_unlock(&latest_lock);
	return snap;
}

/* Takes a mapcount census of named PIDs. */
static int census_of_pids(const struct census_request *req,
			  const struct census_snapshot **out)
{
	struct census_snapshot *snap;

	if (census_gate_take(&pids_lock))
		return -EINTR;
	snap = census_take(req);
	census_gate_drop(&pids_lock);
	if (IS_ERR(snap))
		return PTR_ERR(snap);
	snap->seq = atomic64_inc_return(&last_seq);
	*out = snap;
	return 0;
}

/**
 * census_cache_request() - take a census, or share one
 * @req: the request
 * @out: the census, with a reference for the caller
 *
 * A request that arrives during a scan is answered by the next scan that starts after its
 * arrival.  All requests that wait share this scan.  A census of named PIDs, of what
 * processes share, or of one file is not shared.
 *
 * Return: 0, or an error of census_take().
 */
int census_cache_request(const struct census_request *req,
			 const struct census_snapshot **out)
{
	u64 begun = atomic64_read(&scans_begun);
	struct census_snapshot *snap;
	int err = 0;

	if (req->nr_pids && req->basis == MEMCENSUS_BASIS_MAPCOUNT)
		return census_of_pids(req, out);
	if (census_gate_take(&scan_lock))
		return -EINTR;
	*out = get_latest(req, begun);
	if (*out)
		goto out;
	begun = atomic64_inc_return(&scans_begun);
	snap = census_take(req);
	if (IS_ERR(snap)) {
		err = PTR_ERR(snap);
		goto out;
	}
	snap->seq = atomic64_inc_return(&last_seq);
	*out = snap;
	if (is_shared(req))
		publish_snapshot(snap, begun);
out:
	census_gate_drop(&scan_lock);
	return err;
}

int census_cache_init(void)
{
	census_files_init();
	return census_snapshot_init();
}

/* No request can arrive any more. */
void census_cache_exit(void)
{
	cancel_delayed_work_sync(&drop_work);
	census_snapshot_put(latest);
	census_snapshot_exit();
}
