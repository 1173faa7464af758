// SPDX-License-Identifier: GPL-2.0
/* Prints the section COLUMNS of the manual page; runs where the page is built. */
#include "manual/columns.h"

int main(void)
{
	manual_columns(stdout);
	return 0;
}
