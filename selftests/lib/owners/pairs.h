/* SPDX-License-Identifier: GPL-2.0 */
/* Compares who shares with whom: the answer to a SHARE request with the test's own count. */
#ifndef _PAIRS_H
#define _PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/client.h"
#include "owners/pagemap_owners.h"

/**
 * struct pairs_equal - result of comparisons
 * @values: values compared
 * @mismatches: values that differ, of which the first are printed, and missing messages
 */
struct pairs_equal {
	unsigned long values, mismatches;
};

/* Memory of @a by number of owners or in common with @b, by kind. */
void pairs_kinds(struct pairs_equal *equal, uint32_t a, uint32_t b, const struct owned *want,
		 const struct figures *got);

/* The message about @a and @b, PIDs or @groups; or NULL. */
const struct census_pair *pairs_find(const struct census *c, uint32_t a, uint32_t b, bool groups);
/* The first message about what process @pid or @group has by number of owners; or NULL. */
const struct census_owners *pairs_owned(const struct census *c, uint32_t pid, uint32_t group);

/* @got: NULL, if they have nothing in common. */
void pairs_compare(struct pairs_equal *equal, uint32_t a, uint32_t b, const struct owned *common,
		   const struct owned *alone, const struct census_pair *got);

/* One process, of index @row, with all others. */
void pairs_compare_row(struct pairs_equal *equal, const struct owners *o, size_t row,
		       const struct census *c);

#endif /* _PAIRS_H */
