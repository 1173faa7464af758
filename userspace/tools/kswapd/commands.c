// SPDX-License-Identifier: GPL-2.0
/* The command of memcensus-kswapd. */
#include "tools/kswapd/kswapd.h"

const struct command *const commands[] = { &kswapd_command, NULL };
