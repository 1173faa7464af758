/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_BARRIER_H
#define _STUB_BARRIER_H

/* Of one thread. */
#define smp_store_release(p, value) __atomic_store_n(p, value, __ATOMIC_RELEASE)

#endif /* _STUB_BARRIER_H */
