// SPDX-License-Identifier: GPL-2.0
/* Checks the type of terminal at stdout. */
#include <stdlib.h>
#include <unistd.h>

#include "lib/terminal.h"

/* Include these last: they define common words as macros, such as 'columns'. */
#include <curses.h>
#include <term.h>

int terminal_check(struct failure *why)
{
	const char *type = getenv("TERM");
	char *move;
	int error;

	if (!type || !*type || setupterm(type, STDOUT_FILENO, &error))
		return fail(why, FAIL_SYSTEM,
			    "terminal type '%.60s' is unknown: set TERM, or use 'memcensus tasks'",
			    type ? type : "");
	move = tigetstr("cup");
	del_curterm(cur_term);
	if (!move || move == (char *)-1)
		return fail(why, FAIL_SYSTEM,
			    "terminal type '%.60s' cannot move the cursor: use 'memcensus tasks'",
			    type);
	return 0;
}
