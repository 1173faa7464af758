// SPDX-License-Identifier: GPL-2.0
/* The program memcensus-export. */
#include "cli/command.h"

const struct command *const commands[] = { &export_command, NULL };
