/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'share'.
 */
#ifndef READER_SHARE_H
#define READER_SHARE_H

#include "cli/command.h"

extern const struct command share_command;

#endif /* READER_SHARE_H */
