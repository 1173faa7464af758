// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "census.h"
#include "frames.h"
#include "pages.h"
#include "params.h"
#include "cache.h"

/*
 * scan_mutex: one scan of all owners at a time; protects @latest and @latest_begun.
 * scans_begun only grows and is read before the mutex is taken.
 *
 * pids_mutex: one mapcount census of named PIDs at a time.  It needs nothing from a scan
 * of all processes, so neither waits for the other.  No census takes both.
 */
static DEFINE_MUTEX(scan_mutex);
static DEFINE_MUTEX(pids_mutex);
static atomic64_t scans_begun;
static atomic64_t last_seq;
static const struct census_snapshot *latest;
static u64 latest_begun;

/* The latest census is kept for requests that wait for it, and for max_age. */
#define KEEP_JIFFIES (HZ + nsecs_to_jiffies(census_params.max_age))

static void drop_latest(struct work_struct *work)
{
	const struct census_snapshot *old;

	mutex_lock(&scan_mutex);
	old = latest;
	latest = NULL;
	mutex_unlock(&scan_mutex);
	census_snapshot_put(old);
}

static DECLARE_DELAYED_WORK(drop_work, drop_latest);

/* Checks whether the latest census answers @req, which arrived when @begun scans had started. */
static bool latest_answers(const struct census_request *req, u64 begun)
{
	if (!latest || req->nr_pids || latest->basis != req->basis ||
	    latest->group_by != req->group_by ||
	    (req->group_by && latest->pid_ns != req->pid_ns) ||
	    (latest->parts & req->parts) != req->parts)
		return false;
	if (latest_begun > begun)
		return true;
	return census_params.max_age &&
	       ktime_get_boottime_ns() - latest->cost.boottime <=
	       census_params.max_age;
}

/* Takes a mapcount census of named PIDs. */
static int census_of_pids(const struct census_request *req,
			  const struct census_snapshot **out)
{
	struct census_snapshot *snap;

	if (mutex_lock_killable(&pids_mutex))
		return -EINTR;
	snap = census_take(req);
	mutex_unlock(&pids_mutex);
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
 * arrival.  All requests that wait share this scan.  A census of named PIDs is not
 * shared.
 *
 * Return: 0, -EINTR after a fatal signal, -ENOMEM, or -ENOSPC if page bitmaps exceed
 * their part of max_mem.
 */
int census_cache_request(const struct census_request *req,
			 const struct census_snapshot **out)
{
	u64 begun = atomic64_read(&scans_begun);
	const struct census_snapshot *old = NULL;
	struct census_snapshot *snap;
	int err = 0;

	if (req->nr_pids && req->basis == MEMCENSUS_BASIS_MAPCOUNT)
		return census_of_pids(req, out);
	if (mutex_lock_killable(&scan_mutex))
		return -EINTR;
	if (latest_answers(req, begun)) {
		*out = census_snapshot_get(latest);
		goto out;
	}
	begun = atomic64_inc_return(&scans_begun);
	snap = census_take(req);
	if (IS_ERR(snap)) {
		err = PTR_ERR(snap);
		goto out;
	}
	snap->seq = atomic64_inc_return(&last_seq);
	*out = snap;
	if (!req->nr_pids) {
		old = latest;
		latest = census_snapshot_get(snap);
		latest_begun = begun;
		mod_delayed_work(system_power_efficient_wq, &drop_work, KEEP_JIFFIES);
	}
out:
	mutex_unlock(&scan_mutex);
	census_snapshot_put(old);
	return err;
}

int census_cache_init(void)
{
	census_pages_init();
	return census_frames_init();
}

/* No request can arrive any more. */
void census_cache_exit(void)
{
	cancel_delayed_work_sync(&drop_work);
	census_snapshot_put(latest);
	census_frames_exit();
}
