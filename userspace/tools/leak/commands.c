// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-leak. */
#include "tools/leak/leak.h"

const struct command *const commands[] = { &leak_command, NULL };
