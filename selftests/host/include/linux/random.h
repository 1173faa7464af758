/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_RANDOM_H
#define _STUB_RANDOM_H

#include <stddef.h>

void get_random_bytes(void *to, size_t size);

#endif /* _STUB_RANDOM_H */
