/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'trace'.
 */
#ifndef READER_TRACE_H
#define READER_TRACE_H

#include "cli/command.h"

extern const struct command trace_command;

#endif /* READER_TRACE_H */
