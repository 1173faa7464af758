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
 * struct filter - a filter
 * @given: there is one; else everything matches
 * @regex: compiled, where @given; owned
 */
struct filter {
	bool given;
	regex_t regex;
};

/*
 * Compiles @text for the option @name into the empty @filter, or in the place of
 * what it was; 0, or -1 and @why, which says what is wrong with it.
 */
int filter_compile(struct filter *filter, const char *name, const char *text,
		   struct failure *why);
void filter_free(struct filter *filter);

/* Whether some part of @text matches; NULL, what is not known, never does. */
bool filter_matches(const struct filter *filter, const char *text);

#endif /* READER_FILTER_H */
