/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filters: POSIX extended regular expressions, as grep -E has them.
 */
#ifndef READER_FILTER_H
#define READER_FILTER_H

#include <regex.h>
#include <stdbool.h>

#include "lib/failure.h"

/**
 * struct match - a filter
 * @given: there is one; else everything matches
 * @regex: compiled, where @given; owned
 */
struct match {
	bool given;
	regex_t regex;
};

/*
 * Compiles @text for the option @name into the empty @match, or in the place of
 * what it was; 0, or -1 and @why, which says what is wrong with it.
 */
int match_compile(struct match *match, const char *name, const char *text,
		  struct failure *why);
void match_free(struct match *match);

/* Whether some part of @text matches; NULL, what is not known, never does. */
bool match_is(const struct match *match, const char *text);

#endif /* READER_FILTER_H */
