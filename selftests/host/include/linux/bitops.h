/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_BITOPS_H
#define _STUB_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

static inline unsigned int hweight64(u64 mask)
{
	return __builtin_popcountll(mask);
}

#endif /* _STUB_BITOPS_H */
