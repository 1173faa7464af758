// SPDX-License-Identifier: GPL-2.0
/* The program memcensus-top. */
#include "cli/command.h"

const struct command *const commands[] = { &top_command, NULL };
