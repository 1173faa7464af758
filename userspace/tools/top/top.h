/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'top'.
 */
#ifndef READER_TOP_H
#define READER_TOP_H

#include "cli/command.h"

extern const struct command top_command;

#endif /* READER_TOP_H */
