/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_KERNEL_H
#define _STUB_KERNEL_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif /* _STUB_KERNEL_H */
