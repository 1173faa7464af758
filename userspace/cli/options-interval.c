// SPDX-License-Identifier: GPL-2.0
/* INTERVAL and COUNT, and the options of commands that take censuses over a period. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "lib/text.h"

/* Limits of any time, seconds. */
#define TIME_MIN	0.01
#define TIME_MAX	1e6

/* Converts seconds, or a number with one of the @units, to ns; false if it is none. */
static bool parse_time(const char *word, const char *units, uint64_t *ns)
{
	static const double sizes[] = { ['s'] = 1, ['m'] = 60, ['h'] = 3600, ['d'] = 86400 };
	double seconds;
	char *end;

	seconds = strtod(word, &end);
	if (*end && strchr(units, *end))
		seconds *= sizes[(unsigned char)*end++];
	if (*end || end == word || !(seconds >= TIME_MIN && seconds <= TIME_MAX))
		return false;
	*ns = (uint64_t)(seconds * 1e9);
	return true;
}

int options_interval(struct options *options, char **words, int n,
		     struct failure *why)
{
	if (n > 2)
		return fail(why, FAIL_USAGE, "'%s' takes no '%.60s'",
			    options->command->name, words[2]);
	if (n > 0 && !parse_time(words[0], "", &options->interval))
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not an interval: seconds, from %g to %.0f",
			    words[0], TIME_MIN, TIME_MAX);
	if (n > 1 && (!text_number(words[1], strlen(words[1]), &options->count) ||
		      !options->count))
		return fail(why, FAIL_USAGE, "'%.60s' is not a count of censuses", words[1]);
	return 0;
}

static int set_time(uint64_t *ns, const char *value, struct failure *why)
{
	if (parse_time(value, "smhd", ns))
		return 0;
	return fail(why, FAIL_USAGE,
		    "'%.60s' is not a time: seconds, or 10m, 2h, 1d; from %g to %.0f s",
		    value, TIME_MIN, TIME_MAX);
}

static int set_duration(struct options *options, const char *value, struct failure *why)
{
	return set_time(&options->duration, value, why);
}

static int set_interval(struct options *options, const char *value, struct failure *why)
{
	return set_time(&options->interval, value, why);
}

const struct option_entry option_for = {
	0, "for", "TIME", "duration: seconds, or 10m, 2h, 1d", .set = set_duration };
const struct option_entry option_interval = {
	0, "interval", "TIME", "time between two censuses", .set = set_interval };
