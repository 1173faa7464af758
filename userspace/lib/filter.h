/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filters: POSIX extended regular expressions, as in grep -E.
 */
#ifndef READER_FILTER_H
#define READER_FILTER_H

#include <regex.h>
#include <stdbool.h>

#include "lib/failure.h"

/* A filter; unless one is @given, everything matches and @regex is not set. */
struct filter {
	bool given;
	regex_t regex;
};

/*
 * Compiles @text of the option @name, NULL: typed, into @filter and frees its previous
 * expression.  Returns 0, or -1 and @why, which says what is wrong with @text.
 */
int filter_compile(struct filter *filter, const char *name, const char *text,
		   struct failure *why);
void filter_free(struct filter *filter);

/* Whether some part of @text matches; NULL (unknown) matches only without a filter. */
bool filter_matches(const struct filter *filter, const char *text);

#endif /* READER_FILTER_H */
