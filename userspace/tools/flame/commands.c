// SPDX-License-Identifier: GPL-2.0
/* The program memcensus-flame. */
#include "cli/command.h"

const struct command *const commands[] = { &flame_command, NULL };
