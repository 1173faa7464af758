// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-physical. */
#include "tools/physical/physical.h"

const struct command *const commands[] = { &physical_command, NULL };
