// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/spinlock.h>

#include "base/gate.h"
#include "physical/cache.h"

/*
 * pass_gate: one pass at a time, so that all readers together use no more of the machine than one.
 *
 * latest_lock protects @latest and @latest_begun.
 */
static struct census_gate pass_gate = CENSUS_GATE(pass_gate);
static DEFINE_SPINLOCK(latest_lock);
static atomic64_t passes_begun;
static atomic_t waiting;
static struct census_physical *latest;
static u64 latest_begun;

static struct census_physical *get_pass(struct census_physical *r)
{
	refcount_inc(&r->refs);
	return r;
}

void census_passes_put(const struct census_physical *r)
{
	struct census_physical *last = (struct census_physical *)r;

	if (r && refcount_dec_and_test(&last->refs))
		census_physical_free(last);
}

/* Return: a reference on the latest pass, if it began after @begun others and has @req; or NULL. */
static struct census_physical *get_latest(const struct census_physical_request *req, u64 begun)
{
	struct census_physical *r = NULL;

	spin_lock(&latest_lock);
	if (latest && latest_begun > begun && latest->req.order == req->order &&
	    latest->req.cgroups == req->cgroups && latest->req.files == req->files)
		r = get_pass(latest);
	spin_unlock(&latest_lock);
	return r;
}

static void set_latest(struct census_physical *r, u64 begun)
{
	struct census_physical *old;

	spin_lock(&latest_lock);
	old = latest;
	latest = get_pass(r);
	latest_begun = begun;
	spin_unlock(&latest_lock);
	census_passes_put(old);
}

/* Each request calls it at its end: who waits now was not there when the latest pass began. */
static void drop_unless_awaited(void)
{
	struct census_physical *old = NULL;

	spin_lock(&latest_lock);
	if (!atomic_read(&waiting))
		swap(old, latest);
	spin_unlock(&latest_lock);
	census_passes_put(old);
}

static struct census_physical *take_pass(const struct census_physical_request *req)
{
	u64 begun = atomic64_inc_return(&passes_begun);
	struct census_physical *r = census_physical_take(req);

	if (!IS_ERR(r))
		set_latest(r, begun);
	return r;
}

/**
 * census_passes_get() - classify all frames, or share a pass
 * @req: what to report
 *
 * A request that arrives during a pass is answered by the next one that starts after its arrival;
 * all that wait for the same share it.
 *
 * Return: the result, for census_passes_put(); or an error of census_physical_take().
 */
const struct census_physical *census_passes_get(const struct census_physical_request *req)
{
	u64 begun = atomic64_read(&passes_begun);
	struct census_physical *r = ERR_PTR(-EINTR);
	int err;

	atomic_inc(&waiting);
	err = census_gate_take(&pass_gate);
	if (!err) {
		r = get_latest(req, begun) ?: take_pass(req);
		census_gate_drop(&pass_gate);
	}
	/* Not before it has looked: who took the pass drops the result if no request waits. */
	atomic_dec(&waiting);
	drop_unless_awaited();
	return r;
}
