// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-export. */
#include "tools/export/export.h"

const struct command *const commands[] = { &export_command, NULL };
