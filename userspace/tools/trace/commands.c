// SPDX-License-Identifier: GPL-2.0
/* The program memcensus-trace. */
#include "cli/command.h"

const struct command *const commands[] = { &trace_command, NULL };
