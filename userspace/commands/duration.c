// SPDX-License-Identifier: GPL-2.0
/* Options of commands that take censuses over a period. */
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

/* Converts seconds, or a number with a unit, to ns. */
static int parse_time(const char *word, uint64_t *ns, struct failure *why)
{
	static const char letters[] = "smhd";
	static const double sizes[] = { 1, 60, 3600, 86400 };
	const char *letter;
	double seconds;
	char *end;

	seconds = strtod(word, &end);
	letter = *end ? strchr(letters, *end) : NULL;
	if (letter) {
		seconds *= sizes[letter - letters];
		end++;
	}
	if (*end || end == word ||
	    !(seconds >= INTERVAL_MIN && seconds <= INTERVAL_MAX))
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not a time: seconds, or 10m, 2h, 1d; from %g to %.0f s",
			    word, INTERVAL_MIN, INTERVAL_MAX);
	*ns = (uint64_t)(seconds * 1e9);
	return 0;
}

static int set_duration(struct options *options, const char *value,
			struct failure *why)
{
	return parse_time(value, &options->duration, why);
}

static int set_interval(struct options *options, const char *value,
			struct failure *why)
{
	return parse_time(value, &options->interval, why);
}

const struct option_entry option_for = {
	0, "for", "TIME", "duration: seconds, or 10m, 2h, 1d", .set = set_duration };
const struct option_entry option_interval = {
	0, "interval", "TIME", "time between two censuses", .set = set_interval };
