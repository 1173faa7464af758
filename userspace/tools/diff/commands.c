// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-diff. */
#include "tools/diff/diff.h"

const struct command *const commands[] = { &diff_command, NULL };
