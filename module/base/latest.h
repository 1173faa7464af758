/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results of one kind: taken one at a time, so that all readers together use no more of the machine
 * than one, and shared by all who wait for the same.
 */
#ifndef _CENSUS_LATEST_H
#define _CENSUS_LATEST_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/workqueue.h>

#include "base/gate.h"

/* First member of a result.  The last census_result_put() calls @free, and may sleep. */
struct census_result {
	struct kref ref;
	void (*free)(struct kref *ref);
};

/* @r: may be NULL. */
static inline void census_result_put(const struct census_result *r)
{
	if (r)
		kref_put((struct kref *)&r->ref, r->free);
}

/**
 * struct census_latest - the latest result of a kind
 * @take: takes a new one.  Return: it with a reference, or an error
 * @answers: checks whether a result answers a request; @fresh: it began after the request arrived
 * @begun: how many were begun; a request reads it before it takes @gate
 * @gate: protects the next two
 * @result: may be NULL
 * @number: @begun when it was begun
 * @drop: census_latest_drop(), a second later, or after max_age
 */
struct census_latest {
	struct census_result *(*take)(const void *req);
	bool (*answers)(const struct census_result *r, const void *req, bool fresh);
	atomic64_t begun;
	struct census_gate gate;
	struct census_result *result;
	u64 number;
	struct delayed_work drop;
};

void census_latest_drop(struct work_struct *work);
struct census_result *census_latest_get(struct census_latest *l, const void *req);
void census_latest_exit(struct census_latest *l);

#endif /* _CENSUS_LATEST_H */
