/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'flame'.
 */
#ifndef READER_FLAME_H
#define READER_FLAME_H

#include "cli/command.h"

extern const struct command flame_command;

#endif /* READER_FLAME_H */
