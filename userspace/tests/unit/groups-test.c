// SPDX-License-Identifier: GPL-2.0
/*
 * The figures of the groups of a real record follow from those of their members
 * as the column of each figure says: by sum, counted for the group, or absent.
 */
#include <stdlib.h>
#include <string.h>

#include "model/columns.h"
#include "record/source-file.h"
#include "wire/source.h"
#include "tap.h"

#define RECORD	TESTS_DATA "/records/6.1-users.rec"

/* Sum of figure @number over the members of @group; false: one does not have it. */
static bool sum_of(const struct snapshot *snap, const struct group *group,
		   unsigned int number, uint64_t *sum)
{
	const struct task *task;
	uint64_t members = 0;
	size_t i;

	*sum = 0;
	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		if (task->uid != group->uid)
			continue;
		if (!KNOWN(&task->figures, number))
			return false;
		*sum += task->figures.v[number];
		members++;
	}
	return members == group->mms;
}

static bool follows(const struct snapshot *snap, const struct group *group,
		    const struct column *column)
{
	const uint64_t value = group->figures.v[column->number];
	const bool known = KNOWN(&group->figures, column->number);
	uint64_t sum;

	switch (column->group) {
	case GROUP_SUM:
		/* The module adds up PSS before it rounds to bytes. */
		return !known || (sum_of(snap, group, column->number, &sum) &&
				  value >= sum && value - sum <= group->mms);
	case GROUP_OWN:
		return !known || (sum_of(snap, group, column->number, &sum) &&
				  (column->number == MEMCENSUS_F_USS ||
				   column->number == MEMCENSUS_F_SWAP_USS ?
				   value >= sum : value <= sum));
	case GROUP_NONE:
		return !known;
	case GROUP_UNSPEC:
		break;
	}
	return false;
}

static uint64_t count(const struct snapshot *snap, enum group_rule rule)
{
	const struct column_set *set = &group_rows.figures;
	unsigned int i;
	uint64_t n = 0;

	for (i = 0; i < set->n; i++)
		n += set->columns[i].name && set->columns[i].group == rule &&
		     KNOWN(&snap->groups[0].figures, i);
	return n;
}

int main(void)
{
	const struct request request = { .group_by = MEMCENSUS_BY_UID };
	const struct column_set *set = &group_rows.figures;
	struct snapshot *snap = snapshot_new();
	struct source *source;
	struct failure why;
	unsigned int i;
	size_t g;

	source = source_open_file(RECORD, (struct selection){ .kind = SELECTION_LAST }, &why);
	if (!snap || !source || source->ops->take(source, &request, snap, &why) != TAKE_DONE) {
		printf("Bail out! %s: %s\n", RECORD, why.text);
		return 1;
	}
	for (i = 0; i < set->n; i++) {
		if (!set->columns[i].name)
			continue;
		for (g = 0; g < snap->n_groups &&
		     follows(snap, &snap->groups[g], &set->columns[i]); g++)
			;
		ok(g && g == snap->n_groups, "%s of groups", set->columns[i].name);
	}
	ok(snap->groups[0].mms > 1 && count(snap, GROUP_SUM) > 10 &&
	   count(snap, GROUP_OWN) > 3, "the record has groups that can show it");
	snapshot_free(snap);
	source->ops->close(source);
	return tap_done();
}
