/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One task at a time, the others wait.  Not a mutex: a task that waits for one cannot be frozen and
 * would prevent suspend for as long as those before it take.
 */
#ifndef _CENSUS_GATE_H
#define _CENSUS_GATE_H

#include <linux/bitops.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "base/compat.h"

/*
 * A wait of a census.  It ends at a fatal signal, and does not prevent suspend.  A frozen
 * caller holds the lock of its netlink socket and may hold a gate.  Tasks that wait for a gate
 * can be frozen too, so this is no deadlock, which lockdep suspects in general.  The freezer of
 * cgroup v1 may freeze the caller alone: then other censuses wait until it thaws.
 */
#define CENSUS_WAIT (TASK_KILLABLE | TASK_FREEZABLE_UNSAFE)

struct census_gate {
	unsigned long taken;
	wait_queue_head_t queue;
};

#define CENSUS_GATE(gate) { .queue = __WAIT_QUEUE_HEAD_INITIALIZER((gate).queue) }

/* Return: whether it was taken, without waiting. */
static inline bool census_gate_try(struct census_gate *gate)
{
	return !test_and_set_bit_lock(0, &gate->taken);
}

/* Return: 0, or -EINTR after a fatal signal. */
static inline int census_gate_take(struct census_gate *gate)
{
	/*
	 * One waiter is woken.  If it is frozen, then the next one, but not since 6.7: there the
	 * freezer keeps the wakeup for it.  So each waiter also looks once a second.
	 */
	return ___wait_event(gate->queue, census_gate_try(gate), CENSUS_WAIT, 1, 0,
			     schedule_timeout(HZ)) ? -EINTR : 0;
}

static inline void census_gate_drop(struct census_gate *gate)
{
	clear_bit_unlock(0, &gate->taken);
	/* Orders the bit before the look at the queue, as waitqueue_active() needs. */
	smp_mb__after_atomic();
	wake_up(&gate->queue);
}

#endif /* _CENSUS_GATE_H */
