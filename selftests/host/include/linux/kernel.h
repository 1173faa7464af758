/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_KERNEL_H
#define _STUB_KERNEL_H

#include <stddef.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define container_of(member, type, name) \
	((type *)((char *)(member) - offsetof(type, name)))
#define unlikely(condition) (condition)

#endif /* _STUB_KERNEL_H */
