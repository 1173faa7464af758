/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_TYPES_H
#define _STUB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include_next <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;

#endif /* _STUB_TYPES_H */
