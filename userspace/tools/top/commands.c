// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-top. */
#include "tools/top/top.h"

const struct command *const commands[] = { &top_command, NULL };
