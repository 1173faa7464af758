/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'map'.
 */
#ifndef READER_MAP_H
#define READER_MAP_H

#include "cli/command.h"

extern const struct command map_command;

#endif /* READER_MAP_H */
