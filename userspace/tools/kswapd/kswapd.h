/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'kswapd'.
 */
#ifndef READER_KSWAPD_H
#define READER_KSWAPD_H

#include "cli/command.h"

extern const struct command kswapd_command;

#endif /* READER_KSWAPD_H */
