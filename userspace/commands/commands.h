/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command of memcensus itself.
 */
#ifndef READER_COMMANDS_H
#define READER_COMMANDS_H

#include "cli/command.h"

extern const struct command tasks_command;

#endif /* READER_COMMANDS_H */
