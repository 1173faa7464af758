// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-buddy. */
#include "tools/buddy/buddy.h"

const struct command *const commands[] = { &buddy_command, NULL };
