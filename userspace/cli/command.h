/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The subcommands, as data.
 */
#ifndef READER_COMMAND_H
#define READER_COMMAND_H

#include <stdio.h>

#include "cli/options.h"
#include "cli/session.h"

struct report;

/**
 * struct rows - the kind of rows that a table has
 * @type: row type whose columns -c and -s select; NULL: no such options
 * @columns: columns shown without -c
 * @sort: column sorted by without -s
 */
struct rows {
	const struct row_type *type;
	const char *columns;
	const char *sort;
};

/* The rows of groups of tasks, by enum memcensus_group_by. */
extern const struct rows rows_groups[];

/* The same of cgroups as a tree. */
extern const struct rows rows_forest;

/* The same by container, pod, namespace and image. */
extern const struct rows rows_called[];

/* Those of the mappings of a task. */
#define ROWS_MAP	{ &vma_rows, "start,size,rss,pss,uss,dirty,swap,mode,mapping", "start" }

/* Rows that an option selects; @option: how --help names it. */
struct further_rows {
	const char *option;
	const struct row_type *type;
};

/**
 * struct command - a subcommand
 * @name: as in command_names[]
 * @words: parses the @n arguments @words; returns 0, or -1 and @why, which names the wrong one
 * @about: the description, for 'help COMMAND'
 * @brief: what --help says within a screen; NULL: what the options are
 * @options: in the order of --help; an entry without an option ends the array
 * @rules: between them, in addition to those of all; ended by one without an option; or NULL
 * @own_size: bytes of options.own; 0: none
 * @parts: MEMCENSUS_PART_* to request
 * @totals: it needs the totals of the system
 * @further: kinds of rows that options select, for --help; ended by one without an option; or NULL
 * @sections: shows the sections of one census, behind how it was made
 * @run: takes what censuses it needs and shows them, JSON included; sets @session->partial if
 *	something could not be counted.  Returns 0, or -1 and @why
 * @adds_processes: of PIDs, --cgroup and --tree it takes several at once
 * @names_all: it names all processes where a column is of named ones only
 * @last: of a record it shows one census, unless --from or --to or an interval name several
 * @sourceless: without a source it says what it can
 * @screen: it needs a terminal
 * @program: the words after -- are a program to run, not arguments
 * @replaces: others read its -o file at any time: a new one replaces it in one step
 */
struct command {
	const char *name;
	int (*words)(struct options *options, char **words, int n,
		     struct failure *why);
	const char *about;
	const char *brief;
	const struct option_use *options;
	const struct option_rule *rules;
	size_t own_size;
	uint32_t parts;
	bool totals;
	struct rows rows;
	const struct further_rows *further;
	void (*sections)(struct report *report);
	int (*run)(struct session *session, struct failure *why);
	bool adds_processes;
	bool names_all;
	bool last;
	bool sourceless;
	bool screen;
	bool program;
	bool replaces;
};

/* Those that this program has, ended by NULL, as it defines them; the first is the default. */
extern const struct command *const commands[];

extern const struct command
	brief_command, tasks_command, map_command, buddy_command, kswapd_command, system_command,
	physical_command, oom_command, top_command, watch_command, record_command, diff_command,
	leak_command, share_command, held_command, export_command, flame_command,
	explain_command;

/* NULL: this program has no such command. */
const struct command *command_find(const char *name);

/* The kind of rows that @options select: of the command, of its groups, mappings or nodes. */
const struct rows *command_rows(const struct options *options);

/* Whether they ask which columns there are: '-c help'. */
bool command_asks_columns(const struct options *options);

/*
 * Sets @options->chosen and @options->order.  Returns 0, or -1 and @why.
 */
int command_choose(struct options *options, struct failure *why);

/* Whether they need command lines, which are not read for JSON with all columns. */
bool command_reads_cmdlines(const struct options *options);

/* A column that they name and that needs MEMCENSUS_PART_FLAGS; NULL: none. */
const struct column *command_flags_column(const struct options *options);

/* Whether they name a column of NUMA nodes: all columns together do not. */
bool command_reads_nodes(const struct options *options);

/* The same of the column that has what KSM merged. */
bool command_reads_merged(const struct options *options);

/* Whether there may be more than one census: at an interval, or of a record. */
bool command_series(const struct options *options);

#endif /* READER_COMMAND_H */
