/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether this kernel loads modules without a trusted signature.
 */
#ifndef READER_SIGNATURES_H
#define READER_SIGNATURES_H

#include <stdbool.h>

/* True if the kernel refuses unsigned modules: module.sig_enforce, or locked down. */
bool signatures_required(void);

#endif /* READER_SIGNATURES_H */
