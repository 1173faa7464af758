/* SPDX-License-Identifier: GPL-2.0 */
/* Runs a command, mostly the reader. */
#ifndef _COMMAND_H
#define _COMMAND_H

#include <stddef.h>

/*
 * Fills @text with the first @size - 1 bytes that @command prints, and a NUL. Returns its status,
 * as wait() has it. If the shell does not start, ends the process.
 */
int command_output(const char *command, char *text, size_t size);

#endif /* _COMMAND_H */
