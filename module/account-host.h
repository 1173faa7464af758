/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel definitions that account.c and owners.c need when compiled on the host. */
#ifndef _CENSUS_ACCOUNT_HOST_H
#define _CENSUS_ACCOUNT_HOST_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(n) (1UL << (n))
#define noinline __attribute__((noinline))

#define cond_resched() do { } while (0)

typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

#endif /* _CENSUS_ACCOUNT_HOST_H */
