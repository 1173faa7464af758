// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-trace. */
#include "tools/trace/trace.h"

const struct command *const commands[] = { &trace_command, NULL };
