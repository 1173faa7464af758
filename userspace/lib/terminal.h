/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks the type of terminal at stdout.
 */
#ifndef READER_TERMINAL_H
#define READER_TERMINAL_H

#include "lib/failure.h"

/*
 * Checks that terminfo knows the terminal type in TERM, and that it can move the
 * cursor.  Returns 0, or -1 and @why.
 */
int terminal_check(struct failure *why);

#endif /* READER_TERMINAL_H */
