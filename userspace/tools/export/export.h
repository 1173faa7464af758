/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'export'.
 */
#ifndef READER_EXPORT_H
#define READER_EXPORT_H

#include "cli/command.h"

extern const struct command export_command;

#endif /* READER_EXPORT_H */
