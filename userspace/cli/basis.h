/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chooses the basis to request.  Some figures are known on one basis only, and a
 * table never mixes both.
 */
#ifndef READER_BASIS_H
#define READER_BASIS_H

#include <stdio.h>

#include "cli/options.h"
#include "model/columns.h"

/**
 * struct basis - the basis to request
 * @number: enum memcensus_basis, or 0 for the module's default
 * @because: the column that needs another basis than the default one; NULL if
 *	there is none or --basis is given
 */
struct basis {
	uint8_t number;
	const struct column *because;
};

/*
 * Chooses the basis of --basis, or else the one that groups, -c and -s need.  The
 * columns in @options exist.  Returns 0, or -1 and @why if they conflict.
 */
int basis_choose(struct basis *basis, const struct options *options,
		 struct failure *why);

/* Prints on @out which column needs another basis than the default, if any. */
void basis_note(FILE *out, const struct basis *basis);

#endif /* READER_BASIS_H */
