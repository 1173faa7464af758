// SPDX-License-Identifier: GPL-2.0
/*
 * Every number of the ABI has a column, no two columns of a record share a name,
 * and every figure says how a group's value follows from its members.
 */
#include <string.h>

#include "model/columns.h"
#include "tap.h"

/* Skips UNSPEC and PAD; migrate types begin with two such entries too. */
#define FIRST	2

/* Retired numbers have no column. */
static bool is_retired(const struct column_set *set, unsigned int number)
{
	return (set == &info_rows.fields && number == MEMCENSUS_INFO_SUBJECTS - 1) ||
	       (set == &scan_rows.fields && number > MEMCENSUS_SCAN_PSS &&
		number < MEMCENSUS_SCAN_VIOLATIONS) ||
	       (set == &zone_rows.fields && number == MEMCENSUS_ZONE_FREE - 1) ||
	       (set == &info_rows.fields && number == MEMCENSUS_INFO_ORDERS + 1) ||
	       (set == &scan_rows.fields && number == MEMCENSUS_SCAN_PARTS - 1) ||
	       (set == &task_rows.fields && number > MEMCENSUS_TASK_STATE &&
		number < MEMCENSUS_TASK_OOM_SCORE_ADJ) ||
	       (set == &vma_rows.fields && (number == MEMCENSUS_VMA_DEV_MAJOR - 1 ||
		number == MEMCENSUS_VMA_FIGURES - 1)) ||
	       (set->columns == task_rows.figures.columns && (number == MEMCENSUS_F_MLOCKED - 1 ||
		(number > MEMCENSUS_F_PSS_SHMEM && number < MEMCENSUS_F_REFERENCED)));
}

/* @first: the first number; those of the ABI have %FIRST, and a type in messages */
static void check_set(const char *what, const struct column_set *set, unsigned int first)
{
	unsigned int i, empty = 0, wrong = 0;

	for (i = first; i < set->n; i++) {
		const struct column *column = &set->columns[i];

		if (is_retired(set, i)) {
			empty += !!column->name;
		} else if (!column->name || !column->help) {
			printf("# %s: nothing for number %u\n", what, i);
			empty++;
		} else if (column->number != i ||
			   (first == FIRST && column->wire == WIRE_NONE)) {
			printf("# %s: %s has number %u, not %u\n", what,
			       column->name, column->number, i);
			wrong++;
		}
	}
	ok(!empty && !set->columns[0].name && !!set->columns[1].name == (first == 1),
	   "%s: a column for each number", what);
	ok(!wrong, "%s: each by its own number", what);
}

static void check_names(const struct row_type *type)
{
	const struct column *a, *b;
	unsigned int i, j, twice = 0;

	for (i = 0; (a = column_at(type, i)); i++)
		for (j = 0; j < i && (b = column_at(type, j)); j++)
			if (!strcmp(a->name, b->name)) {
				printf("# %s: %s\n", type->name, a->name);
				twice++;
			}
	ok(i && !twice, "%s: %u columns, no name twice", type->name, i);
}

/* Two columns must not have the same offset. */
static void check_offsets(const struct row_type *type)
{
	unsigned int i, j, twice = 0;

	for (i = FIRST; i < type->fields.n; i++)
		for (j = FIRST; j < i; j++)
			if (!is_retired(&type->fields, i) &&
			    !is_retired(&type->fields, j) &&
			    type->fields.columns[i].offset ==
			    type->fields.columns[j].offset)
				twice++;
	ok(!twice, "%s: each at its own place", type->name);
}

static void check_rules(void)
{
	const struct column_set *set = &task_rows.figures;
	unsigned int i, none = 0;

	for (i = FIRST; i < set->n; i++)
		none += !is_retired(set, i) && set->columns[i].group == GROUP_UNSPEC;
	ok(!none, "each figure says how that of a group follows");
}

int main(void)
{
	static const struct row_type *const types[] = {
		&info_rows, &scan_rows, &task_rows, &group_rows,
		&vma_rows, &zone_rows, &node_rows,
		&bytes_rows, &events_rows,
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i]->fields.n)
			check_set(types[i]->name, &types[i]->fields, FIRST);
		if (types[i]->figures.n)
			check_set("figures", &types[i]->figures, types[i]->fields.n ? FIRST : 1);
		check_names(types[i]);
		check_offsets(types[i]);
	}
	check_rules();
	ok(column_named(&task_rows, "n4294967295"), "each number of a node has a column");
	ok(!column_named(&task_rows, "n4294967296"), "and no other number");
	ok(task_cmdline == column_named(&task_rows, "cmdline"),
	   "task_cmdline is the column of command lines");
	return tap_done();
}
