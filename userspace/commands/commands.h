/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands of memcensus itself, each defined by the file of its name.
 */
#ifndef READER_COMMANDS_H
#define READER_COMMANDS_H

#include "cli/command.h"

extern const struct command tasks_command;

#endif /* READER_COMMANDS_H */
