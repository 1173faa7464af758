// SPDX-License-Identifier: GPL-2.0
/* Filters: POSIX extended regular expressions. */
#include <stddef.h>

#include "lib/filter.h"

int filter_compile(struct filter *filter, const char *name, const char *text,
		   struct failure *why)
{
	char problem[128];
	int error;

	filter_free(filter);
	error = regcomp(&filter->regex, text, REG_EXTENDED | REG_NOSUB);
	if (!error) {
		filter->given = true;
		return 0;
	}
	regerror(error, &filter->regex, problem, sizeof(problem));
	if (!name)
		return fail(why, FAIL_USAGE, "%s", problem);
	return fail(why, FAIL_USAGE, "'--%s': '%.60s' is not a regular expression: %s",
		    name, text, problem);
}

void filter_free(struct filter *filter)
{
	if (filter->given)
		regfree(&filter->regex);
	filter->given = false;
}

bool filter_matches(const struct filter *filter, const char *text)
{
	if (!filter->given)
		return true;
	return text && !regexec(&filter->regex, text, 0, NULL, 0);
}
