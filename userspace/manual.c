// SPDX-License-Identifier: GPL-2.0
/*
 * Prints a part of the manual page: commands, options or columns.  Runs where the page is
 * built, and links only the descriptions.
 */
#include <string.h>

#include "manual/help.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	if (!strcmp(argv[1], "commands"))
		manual_commands(stdout);
	else if (!strcmp(argv[1], "options"))
		manual_options(stdout);
	else
		manual_columns(stdout);
	return 0;
}
