/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command 'physical'.
 */
#ifndef READER_PHYSICAL_H
#define READER_PHYSICAL_H

#include "cli/command.h"

extern const struct command physical_command;

#endif /* READER_PHYSICAL_H */
