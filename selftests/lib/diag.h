/* SPDX-License-Identifier: GPL-2.0 */
/* A diagnostic line in a test's output. */
#ifndef _DIAG_H
#define _DIAG_H

#include <stdio.h>

/* On stderr, as the harness does: a test's child never flushes stdout. */
#define diag(fmt, ...)	fprintf(stderr, "# " fmt "\n", ##__VA_ARGS__)

#endif /* _DIAG_H */
