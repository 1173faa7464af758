// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-share. */
#include "tools/share/share.h"

const struct command *const commands[] = { &share_command, NULL };
