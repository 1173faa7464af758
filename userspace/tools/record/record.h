/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'record'.
 */
#ifndef READER_RECORD_H
#define READER_RECORD_H

#include "cli/command.h"

extern const struct command record_command;

#endif /* READER_RECORD_H */
