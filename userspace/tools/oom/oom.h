/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'oom'.
 */
#ifndef READER_OOM_H
#define READER_OOM_H

#include "cli/command.h"

extern const struct command oom_command;

#endif /* READER_OOM_H */
