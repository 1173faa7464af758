// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-record. */
#include "tools/record/record.h"

const struct command *const commands[] = { &record_command, NULL };
