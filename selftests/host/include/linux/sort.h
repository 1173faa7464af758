/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _STUB_SORT_H
#define _STUB_SORT_H

#include <stdlib.h>

#define sort(base, nr, size, compare, swap) qsort(base, nr, size, compare)

#endif /* _STUB_SORT_H */
