/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_PGTABLE_H
#define _STUB_PGTABLE_H

/* As on x86-64: a PMD maps 2 MiB. */
#define PAGE_SHIFT 12
#define PMD_SHIFT 21

#endif /* _STUB_PGTABLE_H */
