// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-oom. */
#include "tools/oom/oom.h"

const struct command *const commands[] = { &oom_command, NULL };
