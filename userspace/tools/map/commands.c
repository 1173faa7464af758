// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-map. */
#include "tools/map/map.h"

const struct command *const commands[] = { &map_command, NULL };
