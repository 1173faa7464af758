// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-watch. */
#include "tools/watch/watch.h"

const struct command *const commands[] = { &watch_command, NULL };
