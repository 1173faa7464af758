// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus itself. */
#include "commands/commands.h"

const struct command *const commands[] = { &tasks_command, NULL };
