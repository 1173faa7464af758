/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'watch'.
 */
#ifndef READER_WATCH_H
#define READER_WATCH_H

#include "cli/command.h"

extern const struct command watch_command;

#endif /* READER_WATCH_H */
