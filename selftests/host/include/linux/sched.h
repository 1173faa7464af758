/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_SCHED_H
#define _STUB_SCHED_H

static inline void cond_resched(void)
{
}

#endif /* _STUB_SCHED_H */
