/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_COMPILER_H
#define _STUB_COMPILER_H

#define noinline __attribute__((noinline))

#endif /* _STUB_COMPILER_H */
