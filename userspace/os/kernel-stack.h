/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How large the kernel's stack of a thread is.
 */
#ifndef READER_KERNEL_STACK_H
#define READER_KERNEL_STACK_H

#include "model/amount.h"

/* Bytes, on this machine, if all stacks together take @all; unknown if /proc/loadavg is. */
struct amount kernel_stack_size(struct amount all);

#endif /* READER_KERNEL_STACK_H */
