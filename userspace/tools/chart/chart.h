/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'chart'.
 */
#ifndef READER_CHART_H
#define READER_CHART_H

#include "cli/command.h"

extern const struct command chart_command;

#endif /* READER_CHART_H */
