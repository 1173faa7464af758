// SPDX-License-Identifier: GPL-2.0
/* Filters: POSIX extended regular expressions. */
#include <stddef.h>

#include "lib/filter.h"

int match_compile(struct match *match, const char *name, const char *text,
		  struct failure *why)
{
	char problem[128];
	int error;

	match_free(match);
	error = regcomp(&match->regex, text, REG_EXTENDED | REG_NOSUB);
	if (!error) {
		match->given = true;
		return 0;
	}
	regerror(error, &match->regex, problem, sizeof(problem));
	return fail(why, FAIL_USAGE, "'--%s': '%.60s' is no regular expression: %s",
		    name, text, problem);
}

void match_free(struct match *match)
{
	if (match->given)
		regfree(&match->regex);
	match->given = false;
}

bool match_is(const struct match *match, const char *text)
{
	if (!match->given)
		return true;
	return text && !regexec(&match->regex, text, 0, NULL, 0);
}
