/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'buddy'.
 */
#ifndef READER_BUDDY_H
#define READER_BUDDY_H

#include "cli/command.h"

extern const struct command buddy_command;

#endif /* READER_BUDDY_H */
