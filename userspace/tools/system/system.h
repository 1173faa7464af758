/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'system'.
 */
#ifndef READER_SYSTEM_H
#define READER_SYSTEM_H

#include "cli/command.h"

extern const struct command system_command;

#endif /* READER_SYSTEM_H */
