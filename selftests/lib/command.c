// SPDX-License-Identifier: GPL-2.0
/* Runs a command, mostly the reader. */
#include <stdio.h>

#include "command.h"
#include "memory/pages.h"

int command_output(const char *command, char *text, size_t size)
{
	FILE *pipe = popen(command, "r");

	need(pipe, command);
	text[fread(text, 1, size - 1, pipe)] = '\0';
	return pclose(pipe);
}
