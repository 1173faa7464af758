// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/jiffies.h>

#include "base/latest.h"
#include "base/params.h"

/* For those who wait for it, and for requests with a maximum age, which is a second at most. */
static void drop_later(struct census_latest *l)
{
	mod_delayed_work(system_power_efficient_wq, &l->drop,
			 HZ + nsecs_to_jiffies(census_params.max_age));
}

void census_latest_drop(struct work_struct *work)
{
	struct census_latest *l = container_of(to_delayed_work(work), struct census_latest, drop);
	struct census_result *old = NULL;

	/* Does not wait: a request may have the gate for long. */
	if (!census_gate_try(&l->gate)) {
		drop_later(l);
		return;
	}
	swap(old, l->result);
	census_gate_drop(&l->gate);
	census_result_put(old);
}

/**
 * census_latest_get() - take a result, or share one
 * @l: the latest of its kind
 * @req: for @l->take() and @l->answers()
 *
 * A request that arrives while a result is taken is answered by the next one that begins after its
 * arrival; all that wait for the same share it.
 *
 * Return: a result for census_result_put(), -EINTR after a fatal signal, or an error of @l->take().
 */
struct census_result *census_latest_get(struct census_latest *l, const void *req)
{
	u64 number = atomic64_read(&l->begun);
	struct census_result *r, *old = NULL;

	if (census_gate_take(&l->gate))
		return ERR_PTR(-EINTR);
	r = l->result;
	if (!r || !l->answers(r, req, l->number > number)) {
		number = atomic64_inc_return(&l->begun);
		r = l->take(req);
		if (IS_ERR(r) || !l->answers(r, req, true))
			goto out;
		old = l->result;
		l->result = r;
		l->number = number;
		drop_later(l);
	}
	kref_get(&r->ref);
out:
	census_gate_drop(&l->gate);
	census_result_put(old);
	return r;
}

/* No request can arrive any more. */
void census_latest_exit(struct census_latest *l)
{
	cancel_delayed_work_sync(&l->drop);
	census_result_put(l->result);
}
