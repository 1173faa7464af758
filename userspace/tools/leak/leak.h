/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'leak'.
 */
#ifndef READER_LEAK_H
#define READER_LEAK_H

#include "cli/command.h"

extern const struct command leak_command;

#endif /* READER_LEAK_H */
