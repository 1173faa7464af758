/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_BITS_H
#define _STUB_BITS_H

#define BIT(n) (1UL << (n))

#endif /* _STUB_BITS_H */
