// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-flame. */
#include "tools/flame/flame.h"

const struct command *const commands[] = { &flame_command, NULL };
