/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which basis to ask for.  Some figures are known on one of them only, and no
 * table is of both.
 */
#ifndef READER_BASIS_H
#define READER_BASIS_H

#include <stdio.h>

#include "cli/options.h"
#include "model/columns.h"

/**
 * struct basis - what to ask for
 * @number: enum memcensus_basis, or 0 for the module's default
 * @because: the column that needs another basis than the usual one, where
 *	--basis did not say it; else NULL
 */
struct basis {
	uint8_t number;
	const struct column *because;
};

/*
 * What --basis says, or else what groups, -c and -s need.  The columns that
 * @options name exist.  0, or -1 and @why where these do not go together.
 */
int basis_choose(struct basis *basis, const struct options *options,
		 struct failure *why);

/* Says on @out that it is not the usual one, and why, unless --basis said so. */
void basis_note(FILE *out, const struct basis *basis);

#endif /* READER_BASIS_H */
