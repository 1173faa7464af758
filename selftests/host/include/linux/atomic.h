/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_ATOMIC_H
#define _STUB_ATOMIC_H

#include <linux/types.h>

typedef struct {
	u64 counter;
} atomic64_t;

#define U64_MAX UINT64_MAX

#endif /* _STUB_ATOMIC_H */
