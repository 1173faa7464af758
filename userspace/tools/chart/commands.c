// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-chart. */
#include "tools/chart/chart.h"

const struct command *const commands[] = { &chart_command, NULL };
