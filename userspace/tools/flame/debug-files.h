/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the debug files of programs are.
 */
#ifndef READER_DEBUG_FILES_H
#define READER_DEBUG_FILES_H

#include <stddef.h>
#include <stdint.h>

/* Longest build ID: that of SHA-512. */
#define BUILD_ID_MAX	64

/*
 * Opens the debug file of a build ID of @n bytes, at most BUILD_ID_MAX: the installed one, or
 * that which debuginfod-find(1) has put into its cache.  -1: there is none.
 */
int debug_files_open(const uint8_t *id, size_t n);

#endif /* READER_DEBUG_FILES_H */
