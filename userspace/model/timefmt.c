// SPDX-License-Identifier: GPL-2.0
/* Times and durations as text. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "model/timefmt.h"

#define NSEC_PER_SEC	UINT64_C(1000000000)

void time_text(char *buf, uint64_t realtime, bool date)
{
	time_t seconds = (time_t)(realtime / NSEC_PER_SEC);
	struct tm tm;

	if (!realtime || !localtime_r(&seconds, &tm) ||
	    !strftime(buf, TIME_SIZE, date ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &tm))
		snprintf(buf, TIME_SIZE, "-");
}

void time_duration(char *buf, double seconds)
{
	static const struct {
		double size;
		const char *name;
	} units[] = {
		{ 1, "s" }, { 60, "min" }, { 3600, "h" }, { 86400, "days" },
		{ 365.25 * 86400, "years" },
	};
	size_t i = sizeof(units) / sizeof(units[0]) - 1;

	/* The largest unit that fits at least twice. */
	while (i && seconds < 2 * units[i].size)
		i--;
	seconds /= units[i].size;
	if (seconds > 1e4)
		snprintf(buf, TIME_SIZE, "over 10000 %s", units[i].name);
	else
		snprintf(buf, TIME_SIZE, seconds < 10 && i ? "%.1f %s" : "%.0f %s",
			 seconds, units[i].name);
}

void time_seconds(char *buf, uint64_t ns)
{
	snprintf(buf, TIME_SIZE, "%" PRIu64 ".%06" PRIu64, ns / NSEC_PER_SEC,
		 ns % NSEC_PER_SEC / 1000);
}
