// SPDX-License-Identifier: GPL-2.0
/* The words INTERVAL and COUNT. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "lib/text.h"

int options_interval(struct options *options, char **words, int n,
		     struct failure *why)
{
	double seconds;
	char *end;

	if (n > 2)
		return fail(why, FAIL_USAGE, "'%s' takes no '%.60s'",
			    options->command->name, words[2]);
	if (n > 0) {
		seconds = strtod(words[0], &end);
		if (*end || end == words[0] ||
		    !(seconds >= INTERVAL_MIN && seconds <= INTERVAL_MAX))
			return fail(why, FAIL_USAGE,
				    "'%.60s' is not an interval: seconds, from %g to %.0f",
				    words[0], INTERVAL_MIN, INTERVAL_MAX);
		options->interval = (uint64_t)(seconds * 1e9);
	}
	if (n > 1 && (!text_number(words[1], strlen(words[1]), &options->count) ||
		      !options->count))
		return fail(why, FAIL_USAGE, "'%.60s' is not a count of censuses", words[1]);
	return 0;
}
