/* SPDX-License-Identifier: GPL-2.0 */
/* A line for the reader of a test's output that is no result. */
#ifndef _DIAG_H
#define _DIAG_H

#include <stdio.h>

/* On stderr, as the harness's own, for a test's child never flushes stdout. */
#define diag(fmt, ...)	fprintf(stderr, "# " fmt "\n", ##__VA_ARGS__)

#endif /* _DIAG_H */
