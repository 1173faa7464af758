// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-system. */
#include "tools/system/system.h"

const struct command *const commands[] = { &system_command, NULL };
