/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages of a process, from the module.
 */
#ifndef READER_FLAME_PAGES_H
#define READER_FLAME_PAGES_H

#include "os/page-bits.h"

/*
 * The pages of a process, from the module; without it, or if it is too old, from
 * /proc/PID/pagemap.  @context is a struct source, or NULL: no module.
 */
page_bits_fn flame_pages;

#endif /* READER_FLAME_PAGES_H */
