// SPDX-License-Identifier: GPL-2.0
/* What the memory of a cgroup is. */
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/explain.h"

#define ROW_OF(id, name_, part_, shown_, like_, help_)					\
	[EXPLAIN_##id] = { name_, part_, EXPLAIN_##shown_, EXPLAIN_##like_, help_ },
const struct explain_row explain_rows[EXPLAIN_ROWS] = {
	EXPLAIN_ROWS_OF(ROW_OF)
};

#define RULE_OF(id, name_, test_, row_, percent_, of_, says_)				\
	[EXPLAIN_RULE_##id] = { name_, EXPLAIN_##test_, EXPLAIN_##row_, percent_,	\
				EXPLAIN_##of_, says_ },
const struct explain_rule explain_rules[EXPLAIN_RULES] = {
	EXPLAIN_RULES_OF(RULE_OF)
};

/* @amount, or 0 if counters that lag would make it less. */
static struct amount at_least_0(struct amount amount)
{
	if (amount.bytes < 0)
		amount.bytes = 0;
	return amount;
}

/*
 * The kernel counts the parts one after another, and later than the whole: that they are more by a
 * little is no error.
 */
static void compute_usage(struct explain *explain)
{
	static const enum explain_number parts[] = {
		EXPLAIN_ANON, EXPLAIN_CACHE, EXPLAIN_SHMEM, EXPLAIN_KERNEL, EXPLAIN_SOCK,
	};
	struct amount *v = explain->v;
	size_t i;

	v[EXPLAIN_REST] = v[EXPLAIN_USAGE];
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		v[EXPLAIN_REST] = amount_minus(v[EXPLAIN_REST], v[parts[i]]);
	if (v[EXPLAIN_HUGETLB].known)
		v[EXPLAIN_REST].bytes -= v[EXPLAIN_HUGETLB].bytes;
}

static void compute_kernel(struct explain *explain)
{
	static const enum explain_number kinds[] = {
		EXPLAIN_SLAB, EXPLAIN_PAGETABLES, EXPLAIN_STACKS, EXPLAIN_PERCPU, EXPLAIN_VMALLOC,
	};
	struct amount *v = explain->v;
	size_t i;

	v[EXPLAIN_KERNEL_OTHER] = v[EXPLAIN_KERNEL];
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		v[EXPLAIN_KERNEL_OTHER] = amount_minus(v[EXPLAIN_KERNEL_OTHER], v[kinds[i]]);
	v[EXPLAIN_KERNEL_OTHER] = at_least_0(v[EXPLAIN_KERNEL_OTHER]);
}

/* Without shared memory, none of what is mapped is that. */
static void compute_cache(struct explain *explain)
{
	struct amount *v = explain->v, shmem = explain->shmem_mapped;

	if (v[EXPLAIN_SHMEM].known && !v[EXPLAIN_SHMEM].bytes)
		shmem = amount_of(true, 0);
	v[EXPLAIN_MAPPED] = at_least_0(amount_minus(explain->file_mapped, shmem));
	v[EXPLAIN_UNMAPPED] = at_least_0(amount_minus(v[EXPLAIN_CACHE], v[EXPLAIN_MAPPED]));
}

/* As Documentation/explain.rst says, of the versions that it names. */
static void compute_platforms(struct explain *explain)
{
	struct amount *v = explain->v;

	v[EXPLAIN_WORKING_SET] = amount_minus(v[EXPLAIN_USAGE], explain->inactive);
	v[EXPLAIN_DOCKER] = v[EXPLAIN_WORKING_SET];
	if (v[EXPLAIN_DOCKER].bytes <= 0)
		v[EXPLAIN_DOCKER].bytes = v[EXPLAIN_USAGE].bytes;
	v[EXPLAIN_WORKING_SET] = at_least_0(v[EXPLAIN_WORKING_SET]);
	v[EXPLAIN_PODMAN] = v[EXPLAIN_ANON];
	v[EXPLAIN_RSS] = v[EXPLAIN_ANON];
	v[EXPLAIN_CACHED] = amount_plus(v[EXPLAIN_CACHE], v[EXPLAIN_SHMEM]);
}

/*
 * What MADV_FREE gave back is on the list of page cache too, and in IF_STOPPED.  Page cache of
 * deleted files is in IF_STOPPED alone, if that is known.
 */
static void compute_fates(struct explain *explain)
{
	struct amount *v = explain->v, reclaim = explain->lru;

	if (reclaim.bytes > v[EXPLAIN_CACHE].bytes)
		reclaim.bytes = v[EXPLAIN_CACHE].bytes;
	reclaim = amount_minus(reclaim, v[EXPLAIN_DIRTY]);
	reclaim = amount_minus(reclaim, explain->writeback);
	if (v[EXPLAIN_IF_STOPPED].known)
		reclaim.bytes -= explain->deleted.bytes;
	v[EXPLAIN_RECLAIM] = amount_plus(at_least_0(reclaim), v[EXPLAIN_SLAB_RECLAIM]);
	v[EXPLAIN_NEITHER] = amount_minus(amount_minus(v[EXPLAIN_USAGE], v[EXPLAIN_IF_STOPPED]),
					  v[EXPLAIN_RECLAIM]);
}

void explain_compute(struct explain *explain)
{
	compute_usage(explain);
	compute_kernel(explain);
	compute_cache(explain);
	compute_platforms(explain);
	compute_fates(explain);
}

/* The row whose name begins at @name, and ends with '}'. */
static enum explain_number row_named(const char *name)
{
	const size_t len = strcspn(name, "}");
	enum explain_number i;

	for (i = 0; i < EXPLAIN_ROWS; i++)
		if (!strncmp(explain_rows[i].name, name, len) && !explain_rows[i].name[len])
			break;
	return i;
}

static bool all_known(const struct explain *explain, const char *says)
{
	enum explain_number row;

	while ((says = strchr(says, '{'))) {
		row = row_named(++says);
		if (row == EXPLAIN_ROWS || !explain->v[row].known)
			return false;
	}
	return true;
}

/* Whether @row is @percent of @whole at least, and there is some. */
static bool is_most(struct amount row, unsigned int percent, struct amount whole)
{
	return row.known && whole.known && row.bytes > 0 &&
	       (long double)row.bytes * 100 >= (long double)whole.bytes * percent;
}

static bool holds(const struct explain *explain, const struct explain_rule *rule)
{
	const struct amount row = explain->v[rule->row], whole = explain->v[rule->of];

	switch (rule->test) {
	case EXPLAIN_IS_UNKNOWN:
		return !row.known;
	case EXPLAIN_IS_EMPTY:
		return !explain->processes;
	case EXPLAIN_FULL:
		/* What can be reclaimed is taken first. */
		return is_most(amount_minus(row, explain->v[EXPLAIN_RECLAIM]), rule->percent,
			       whole);
	case EXPLAIN_MOST_OF:
		return is_most(row, rule->percent, whole);
	case EXPLAIN_ELSE:
		return true;
	}
	return false;
}

const struct explain_rule *explain_judge(const struct explain *explain)
{
	const struct explain_rule *rule = explain_rules;

	/* The last one holds always, and names no row. */
	while (!holds(explain, rule) || !all_known(explain, rule->says))
		rule++;
	return rule;
}

char *explain_text(const struct explain *explain, const struct explain_rule *rule)
{
	const char *says = rule->says;
	char number[NUMBER_SIZE], *text;
	size_t size;
	FILE *out = xopen_memstream(&text, &size);

	while (*says) {
		if (*says != '{') {
			putc(*says++, out);
			continue;
		}
		text_size(number, (double)explain->v[row_named(says + 1)].bytes);
		fputs(number, out);
		says += strcspn(says, "}") + 1;
	}
	xfclose(out);
	return text;
}

bool explain_shows(const struct explain *explain, enum explain_number number)
{
	const struct explain_row *row = &explain_rows[number];
	const struct amount amount = explain->v[number], like = explain->v[row->like];

	switch (row->shown) {
	case EXPLAIN_ALWAYS:
		return true;
	case EXPLAIN_RARE:
		return amount.known && amount.bytes;
	case EXPLAIN_UNLIKE:
		return amount.known && like.known && amount.bytes != like.bytes;
	case EXPLAIN_PART:
		return false;
	}
	return false;
}
