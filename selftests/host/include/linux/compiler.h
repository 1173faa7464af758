/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_COMPILER_H
#define _STUB_COMPILER_H

#define noinline __attribute__((noinline))
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), value, __ATOMIC_RELAXED)

#endif /* _STUB_COMPILER_H */
