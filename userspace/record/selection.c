// SPDX-License-Identifier: GPL-2.0
/* Selects censuses of a record. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lib/signals.h"
#include "lib/text.h"
#include "record/selection.h"

/* From the start of a second to its last ns. */
#define TO_ITS_END	(NSEC_PER_SEC - 1)

/* Longest time before the last census, seconds. */
#define BEFORE_MAX	1e9

/* Whether @word is a time of the day; HH:MM means the end of that minute. */
static bool read_clock(struct tm *tm, const char *word, uint64_t *span)
{
	const char *end = strptime(word, "%H:%M:%S", tm);

	*span = TO_ITS_END;
	if (end)
		return !*end;
	end = strptime(word, "%H:%M", tm);
	tm->tm_sec = 59;
	*span += 59 * NSEC_PER_SEC;
	return end && !*end;
}

static bool read_time_of_day(uint64_t *ns, const char *word, uint64_t *span)
{
	struct tm tm = { 0 };

	if (!read_clock(&tm, word, span))
		return false;
	*ns = (3600ULL * tm.tm_hour + 60 * tm.tm_min + tm.tm_sec) * NSEC_PER_SEC +
	      TO_ITS_END;
	return true;
}

static bool read_moment(uint64_t *moment, const char *word, uint64_t *span)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *clock;
	time_t t;

	if (*word == '@' && text_number(word + 1, strlen(word + 1), moment) &&
	    *moment < UINT64_MAX / NSEC_PER_SEC - 1) {
		*moment = *moment * NSEC_PER_SEC + TO_ITS_END;
		*span = TO_ITS_END;
		return true;
	}
	clock = strptime(word, "%Y-%m-%d", &tm);
	if (!clock || (*clock != 'T' && *clock != ' ') || !read_clock(&tm, clock + 1, span))
		return false;
	t = mktime(&tm);
	*moment = (uint64_t)t * NSEC_PER_SEC + TO_ITS_END;
	return t >= 0;
}

int selection_parse(struct selection *selection, const char *word, struct failure *why)
{
	selection->value = 0;
	selection->span = 0;
	if (!strcmp(word, "first"))
		selection->kind = SELECTION_FIRST;
	else if (!strcmp(word, "last"))
		selection->kind = SELECTION_LAST;
	else if (text_number(word, strlen(word), &selection->value))
		selection->kind = SELECTION_NUMBER;
	else if (read_time_of_day(&selection->value, word, &selection->span))
		selection->kind = SELECTION_CLOCK;
	else if (read_moment(&selection->value, word, &selection->span))
		selection->kind = SELECTION_TIME;
	else if (*word == '-' && isdigit((unsigned char)word[1]) &&
		 text_duration(word + 1, "smhd", 0, BEFORE_MAX, &selection->value))
		selection->kind = SELECTION_BEFORE;
	else
		return fail(why, FAIL_USAGE,
			    "'%.60s' does not name a census of a record: use first, last, a number, HH:MM[:SS], YYYY-MM-DDTHH:MM[:SS], @SECONDS or -10m",
			    word);
	return 0;
}

bool selection_needs_end(struct selection selection)
{
	return selection.kind == SELECTION_CLOCK || selection.kind == SELECTION_BEFORE;
}

bool selection_is_later(struct selection selection, uint64_t last)
{
	return selection.kind == SELECTION_TIME &&
	       selection.value > last + selection.span + SELECTION_CENSUS_MAX;
}

/* A time of the day as one of the day of @last, or of so many days before it. */
static struct selection on_day(struct selection selection, uint64_t last, int days_before)
{
	const uint64_t clock = selection.value / NSEC_PER_SEC;
	const time_t t = (time_t)(last / NSEC_PER_SEC);
	struct tm tm;

	if (!localtime_r(&t, &tm))
		return selection;
	/* By the clock, which a day may set: it is not so long after midnight on each day. */
	tm.tm_mday -= days_before;
	tm.tm_hour = (int)(clock / 3600);
	tm.tm_min = (int)(clock / 60 % 60);
	tm.tm_sec = (int)(clock % 60);
	tm.tm_isdst = -1;
	return (struct selection){ SELECTION_TIME, mktime(&tm) * NSEC_PER_SEC + TO_ITS_END,
				   selection.span };
}

struct selection selection_on_day(struct selection selection, uint64_t last)
{
	return selection.kind == SELECTION_CLOCK ? on_day(selection, last, 0) : selection;
}

struct selection selection_at(struct selection selection, uint64_t last)
{
	struct selection today;

	if (selection.kind == SELECTION_BEFORE)
		return (struct selection){ SELECTION_TIME, last > selection.value ?
					   last - selection.value : 0, 0 };
	if (selection.kind != SELECTION_CLOCK)
		return selection;
	today = on_day(selection, last, 0);
	return selection_is_later(today, last) ? on_day(selection, last, 1) : today;
}

struct selection selection_in(struct selection selection, uint64_t first, uint64_t last,
			      uint64_t last_time)
{
	if (selection.kind == SELECTION_FIRST || selection.kind == SELECTION_LAST)
		return (struct selection){ SELECTION_NUMBER, selection.kind == SELECTION_FIRST ?
					   first : last, 0 };
	return selection_at(selection, last_time);
}

bool window_has(const struct window *window, uint64_t number, uint64_t time)
{
	const struct selection *from = &window->from, *to = &window->to;

	if ((from->kind == SELECTION_NUMBER && number < from->value) ||
	    (from->kind == SELECTION_TIME && time < from->value - from->span))
		return false;
	return !((to->kind == SELECTION_NUMBER && number > to->value) ||
		 (to->kind == SELECTION_TIME && time > to->value));
}
