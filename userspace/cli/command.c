// SPDX-License-Identifier: GPL-2.0
/* What commands show and need, as their options choose it. */
#include <string.h>

#include "cli/command.h"

/* What is left out on a narrow terminal is at the end. */
#define CGROUP_COLUMNS							\
	"mms,swap,uss,pss,charged,high,limit,limit_left,limit_of,charged_anon,charged_file," \
	"charged_shmem,charged_kernel,charged_sock,charged_hugetlb,charged_rest,charged_swap," \
	"oom_kills"

/* Of several cgroups there is no sum of frames, and no limit. */
#define CALLED_COLUMNS							\
	"mms,swap,pss,rss,charged,charged_anon,charged_file,charged_shmem,charged_kernel," \
	"charged_sock,charged_hugetlb,charged_rest,charged_swap,oom_kills"

const struct rows rows_forest = { &group_rows, "name," CGROUP_COLUMNS, "pss" };

const struct rows rows_groups[] = {
	[MEMCENSUS_BY_UID] = {
		&group_rows, "user,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_CGROUP] = {
		&group_rows, "cgroup_name," CGROUP_COLUMNS, "pss" },
	[MEMCENSUS_BY_COMM] = {
		&group_rows, "comm,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_PIDS] = {
		&group_rows, "mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_TREE] = {
		&group_rows, "name,pid,mms,swap,uss,pss,own_uss,own_pss", "pss" },
	[MEMCENSUS_BY_SESSION] = {
		&group_rows, "session,name,mms,swap,uss,pss,frames,rss", "pss" },
};
_Static_assert(ARRAY_SIZE(rows_groups) == MEMCENSUS_BY_MAX + 1,
	       "a kind of group is not shown");

const struct rows rows_called[] = {
	[CALLED_BY_CONTAINER] = { &group_rows, "cgroup_name," CGROUP_COLUMNS, "pss" },
	[CALLED_BY_POD] = { &group_rows, "cgroup_name," CGROUP_COLUMNS, "pss" },
	[CALLED_BY_NAMESPACE] = { &group_rows, "namespace," CALLED_COLUMNS, "pss" },
	[CALLED_BY_IMAGE] = { &group_rows, "image," CALLED_COLUMNS, "pss" },
};

const struct command *command_find(const char *name)
{
	const struct command *const *command = commands;

	while (*command && strcmp((*command)->name, name))
		command++;
	return *command;
}

const struct rows *command_rows(const struct options *options)
{
	if (options->forest)
		return &rows_forest;
	if (options->called_by && options->command->rows.type)
		return &rows_called[options->called_by];
	if (options->group_by && options->command->rows.type)
		return &rows_groups[options->group_by];
	return options->rows ? options->rows : &options->command->rows;
}

bool command_asks_columns(const struct options *options)
{
	return options->columns && !strcmp(options->columns, "help") &&
	       command_rows(options)->type;
}

int command_choose(struct options *options, struct failure *why)
{
	const struct rows *rows = command_rows(options);
	const char *sort = options->sort ? options->sort : rows->sort;
	const bool all = options->all || options->json;

	if (!rows->type)
		return 0;
	options->order = column_named(rows->type, sort);
	if (!options->order)
		return columns_unknown(rows->type, sort, strlen(sort), why);
	if ((!options->json || options->columns || options->all) &&
	    columns_choose(&options->chosen, rows->type, options->columns,
			   all ? NULL : rows->columns, why))
		return -1;
	return 0;
}

/* The first column that is shown, from the one at @from on, or else the order, that @needs. */
static const struct column *column_that(const struct options *options, size_t from,
					bool (*needs)(const struct column *column))
{
	const struct columns *columns = &options->chosen;

	for (; from < columns->n; from++)
		if (needs(columns->v[from]))
			return columns->v[from];
	return options->order && needs(options->order) ? options->order : NULL;
}

static bool needs_flags(const struct column *column)
{
	return column->part & MEMCENSUS_PART_FLAGS;
}

static bool needs_nodes(const struct column *column)
{
	return column->by_node;
}

static bool needs_cmdlines(const struct column *column)
{
	return column == task_cmdline;
}

static bool needs_merged(const struct column *column)
{
	return column == task_merged_by_ksm;
}

const struct column *command_flags_column(const struct options *options)
{
	return column_that(options, options->chosen.listed, needs_flags);
}

bool command_reads_nodes(const struct options *options)
{
	return column_that(options, options->chosen.listed, needs_nodes);
}

bool command_reads_merged(const struct options *options)
{
	return column_that(options, options->chosen.listed, needs_merged);
}

bool command_reads_cmdlines(const struct options *options)
{
	return column_that(options, options->all ? 0 : options->chosen.listed, needs_cmdlines);
}

bool command_series(const struct options *options)
{
	const struct window *window = &options->window;

	return options->interval || window->from.kind != SELECTION_ALL ||
	       window->to.kind != SELECTION_ALL ||
	       (options->file && !options->command->last &&
		options->selection.kind == SELECTION_ALL);
}
