/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kind of terminal stdout is.
 */
#ifndef READER_TERMINAL_H
#define READER_TERMINAL_H

#include "lib/failure.h"

/*
 * Whether terminfo knows the terminal that TERM names, and it can do more than
 * lines.  0, or -1 and @why.
 */
int terminal_check(struct failure *why);

#endif /* READER_TERMINAL_H */
