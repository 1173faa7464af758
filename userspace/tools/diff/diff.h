/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'diff'.
 */
#ifndef READER_DIFF_H
#define READER_DIFF_H

#include "cli/command.h"

extern const struct command diff_command;

#endif /* READER_DIFF_H */
