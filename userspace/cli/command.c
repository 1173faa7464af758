// SPDX-License-Identifier: GPL-2.0
/* What commands show and need, as their options choose it. */
#include <string.h>

#include "cli/command.h"

/* What is left out on a narrow terminal is at the end. */
#define CGROUP_COLUMNS							\
	"mms,swap,uss,pss,charged,high,limit,limit_left,limit_of,charged_anon,charged_file," \
	"charged_shmem,charged_kernel,charged_sock,charged_hugetlb,charged_rest,charged_swap," \
	"oom_kills"

const struct rows rows_tree = { &group_rows, "name," CGROUP_COLUMNS, "pss" };

const struct rows rows_groups[] = {
	[MEMCENSUS_BY_UID] = {
		&group_rows, "user,mms,swap,uss,pss,frames,rss", "pss" },
	[MEMCENSUS_BY_CGROUP] = {
		&group_rows, "cgroup_path," CGROUP_COLUMNS, "pss" },
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

const struct command *command_find(const char *name)
{
	const struct command *const *command = commands;

	while (*command && strcmp((*command)->name, name))
		command++;
	return *command;
}

const struct rows *command_rows(const struct options *options)
{
	if (options->tree)
		return &rows_tree;
	if (options->group_by && options->command->rows.type)
		return &rows_groups[options->group_by];
	return options->rows ? options->rows : &options->command->rows;
}

bool command_asks_columns(const struct options *options)
{
	return options->columns && !strcmp(options->columns, "help") &&
	       command_rows(options)->type;
}

/* A part that no command requests by default is needed by a column. */
static void add_part(struct options *options, const struct column *column)
{
	if (column->part)
		options->parts = (options->parts ?: REQUEST_DEFAULT_PARTS) | column->part;
}

int command_choose(struct options *options, struct failure *why)
{
	const struct rows *rows = command_rows(options);
	const char *sort = options->sort ? options->sort : rows->sort;
	const bool all = options->all || options->json;
	size_t i;

	if (!rows->type)
		return 0;
	options->order = column_named(rows->type, sort);
	if (!options->order)
		return columns_unknown(rows->type, sort, strlen(sort), why);
	if ((!options->json || options->columns || options->all) &&
	    columns_choose(&options->chosen, rows->type, options->columns,
			   all ? NULL : rows->columns, why))
		return -1;
	add_part(options, options->order);
	for (i = options->chosen.listed; i < options->chosen.n; i++)
		add_part(options, options->chosen.v[i]);
	return 0;
}

bool command_reads_cmdlines(const struct options *options)
{
	const struct columns *columns = &options->chosen;
	size_t i;

	for (i = options->all ? 0 : columns->listed; i < columns->n; i++)
		if (columns->v[i] == task_cmdline)
			return true;
	return options->order && options->order == task_cmdline;
}

bool command_series(const struct options *options)
{
	return options->interval || (options->file && !options->command->last &&
				     options->selection.kind == SELECTION_ALL);
}
