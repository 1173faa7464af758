/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the debug files of programs are, and which package has one.
 */
#ifndef READER_DEBUG_FILES_H
#define READER_DEBUG_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest build ID: that of SHA-512. */
#define BUILD_ID_MAX	64

/* Where dpkg has the lists of the files of packages. */
#define DEBUG_FILES_DPKG	"/var/lib/dpkg/info"

/* @bytes of a build ID, @n of them; 0: none. */
struct build_id {
	size_t n;
	uint8_t bytes[BUILD_ID_MAX];
};

/* Bytes that any path of debug_files_path() needs. */
#define DEBUG_FILES_PATH	(64 + 2 * BUILD_ID_MAX)

/* Writes to @path where distributions install the debug file of @id. */
void debug_files_path(char *path, const struct build_id *id);

/*
 * Opens the debug file of @id: the installed one, or that which debuginfod-find(1) has put
 * into its cache.  -1: there is none.
 */
int debug_files_open(const struct build_id *id);

/*
 * Writes to @name the package of Debian that has the debug symbols of the file @path of this
 * machine: of the package whose list in the directory @lists has that file.  False if none has.
 */
bool debug_files_package(char *name, size_t size, const char *lists, const char *path);

#endif /* READER_DEBUG_FILES_H */
