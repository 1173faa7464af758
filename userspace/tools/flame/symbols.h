/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of functions, from ELF files, their debug files and the maps of JITs.
 *
 * A child without privileges parses the file: it is hostile input.
 */
#ifndef READER_SYMBOLS_H
#define READER_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"

/* Longer names are truncated. */
#define SYMBOL_BYTES	1024

enum symbols_kind {
	SYMBOLS_ELF,
	SYMBOLS_JIT,
};

/**
 * struct symbols_query - the names to find
 * @fd: the file; stays open
 * @name: its name, for messages
 * @addrs, @n: offsets in an ELF file, or addresses; ascending
 * @names: for each the name of its function, which the caller frees; NULL: unknown
 */
struct symbols_query {
	enum symbols_kind kind;
	int fd;
	const char *name;
	const uint64_t *addrs;
	size_t n;
	char **names;
};

/*
 * Finds the names.  -1 and @why if the child gave no complete answer: names may be
 * missing then.
 */
int symbols_find(struct symbols_query *query, struct failure *why);

/* For a child: a session of libdwfl, which opens no file; NULL: out of memory. */
struct Dwfl;
struct Dwfl *symbols_dwfl(void);

/* For a child: the address at which @elf wants the byte at @offset; false: at none. */
struct Elf;
bool symbols_address(struct Elf *elf, uint64_t offset, uint64_t *addr);

#endif /* READER_SYMBOLS_H */
