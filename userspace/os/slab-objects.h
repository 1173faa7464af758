/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sizes of the kernel's objects, as the kernel charges them to a cgroup.
 */
#ifndef READER_SLAB_OBJECTS_H
#define READER_SLAB_OBJECTS_H

#include "model/amount.h"

/*
 * An object of the slab cache @cache.  0 if there is no such cache; unknown without the privilege
 * to read /sys/kernel/slab, or without SLUB.
 */
struct amount object_of(const char *cache);

/* @bytes, rounded up to pages of this machine. */
uint64_t own_pages(uint64_t bytes);

/* What kmalloc() of @bytes takes, charged. */
struct amount object_of_size(uint64_t bytes);

#endif /* READER_SLAB_OBJECTS_H */
