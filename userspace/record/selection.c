// SPDX-License-Identifier: GPL-2.0
/* Selects a census of a record. */
#include <stdbool.h>
#include <string.h>

#include "lib/signals.h"
#include "lib/text.h"
#include "record/selection.h"

/* From the start of a second to its last ns. */
#define TO_ITS_END	(NSEC_PER_SEC - 1)

/* Whether @word is a time of the day; HH:MM means the end of that minute. */
static bool read_clock(struct tm *tm, const char *word)
{
	const char *end = strptime(word, "%H:%M:%S", tm);

	if (end)
		return !*end;
	end = strptime(word, "%H:%M", tm);
	tm->tm_sec = 59;
	return end && !*end;
}

static bool read_time_of_day(uint64_t *ns, const char *word)
{
	struct tm tm = { 0 };

	if (!read_clock(&tm, word))
		return false;
	*ns = (3600ULL * tm.tm_hour + 60 * tm.tm_min + tm.tm_sec) * NSEC_PER_SEC +
	      TO_ITS_END;
	return true;
}

static bool read_moment(uint64_t *moment, const char *word)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *clock;
	time_t t;

	if (*word == '@' && text_number(word + 1, strlen(word + 1), moment) &&
	    *moment < UINT64_MAX / NSEC_PER_SEC - 1) {
		*moment = *moment * NSEC_PER_SEC + TO_ITS_END;
		return true;
	}
	clock = strptime(word, "%Y-%m-%d", &tm);
	if (!clock || (*clock != 'T' && *clock != ' ') || !read_clock(&tm, clock + 1))
		return false;
	t = mktime(&tm);
	*moment = (uint64_t)t * NSEC_PER_SEC + TO_ITS_END;
	return t >= 0;
}

int selection_parse(struct selection *selection, const char *word, struct failure *why)
{
	selection->value = 0;
	if (!strcmp(word, "first"))
		selection->kind = SELECTION_FIRST;
	else if (!strcmp(word, "last"))
		selection->kind = SELECTION_LAST;
	else if (text_number(word, strlen(word), &selection->value))
		selection->kind = SELECTION_NUMBER;
	else if (read_time_of_day(&selection->value, word))
		selection->kind = SELECTION_CLOCK;
	else if (read_moment(&selection->value, word))
		selection->kind = SELECTION_TIME;
	else
		return fail(why, FAIL_USAGE,
			    "'%.60s' does not name a census of a record: use first, last, a number, HH:MM[:SS], YYYY-MM-DDTHH:MM[:SS] or @SECONDS",
			    word);
	return 0;
}

struct selection selection_on_day(struct selection selection, uint64_t last)
{
	const time_t t = (time_t)(last / NSEC_PER_SEC);
	struct tm tm;

	if (selection.kind != SELECTION_CLOCK || !localtime_r(&t, &tm))
		return selection;
	tm.tm_hour = 0;
	tm.tm_min = 0;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return (struct selection){ SELECTION_TIME, mktime(&tm) * NSEC_PER_SEC + selection.value };
}
