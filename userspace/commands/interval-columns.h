/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The columns of 'system' and 'kswapd' at an interval.
 */
#ifndef READER_INTERVAL_COLUMNS_COMMAND_H
#define READER_INTERVAL_COLUMNS_COMMAND_H

#include "cli/command.h"

extern const struct interval_column system_interval[];
extern const struct interval_column kswapd_interval[];

#endif /* READER_INTERVAL_COLUMNS_COMMAND_H */
