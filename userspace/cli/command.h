/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sub-commands, as data.
 */
#ifndef READER_COMMAND_H
#define READER_COMMAND_H

#include <stdio.h>

#include "cli/options.h"
#include "cli/session.h"
#include "lib/part.h"
#include "model/listing.h"

/**
 * struct rows - what kind of rows a table has
 * @type: records that -c and -s are about; NULL: neither is an option
 * @columns: shown unless -c says others
 * @sort: column sorted by unless -s says another
 */
struct rows {
	const struct record_type *type;
	const char *columns;
	const char *sort;
};

/**
 * struct command - a sub-command
 * @name: its word
 * @args: behind it, for --help; "" if nothing may follow
 * @words: takes the @n words behind it; 0, or -1 and @why, which names the
 *	wrong one.  NULL: there may be none
 * @summary: one line
 * @about: what --help says, some lines
 * @options: in the order of --help, ended by one without an option
 * @basis: asked for unless --basis says another; 0: the module's default
 * @parts: MEMCENSUS_PART_* that it needs
 * @parts_of: the same, where options decide; NULL: @parts
 * @shown: those of @parts that JSON has; 0: all
 * @breakdown: JSON has what MemTotal is made of
 * @rows: what it shows
 * @groups: what it shows of groups, by enum memcensus_group_by; NULL: it has
 *	none
 * @mappings: what it shows of mappings by name; NULL: it shows none
 * @prepare: readies @session->request for the next census; 0, or -1 and @why.
 *	NULL: it stays as it is
 * @refine: narrows a census that came to what is asked for; 0, or -1 and @why.
 *	NULL: all of it is
 * @put_columns: for --help, columns that are not of @rows; NULL: none
 * @show: prints tables of one census; 0, or -1 and @why.  Repeated at an
 *	interval where @run is NULL
 * @run: all of what the command does, for those that take many censuses or
 *	none, JSON included; sets @partial where something could not be counted.
 *	0, or -1 and @why.  NULL: @show does it
 * @needs_source: whether session->source is opened for it; NULL: always
 * @screen: it needs a terminal
 *
 * Of a record (-f), commands with @run get all censuses, others the last; --at
 * picks one.
 */
struct command {
	const char *name;
	const char *args;
	int (*words)(struct options *options, char **words, int n,
		     struct failure *why);
	const char *summary;
	const char *about;
	const struct option_use *options;
	uint8_t basis;
	uint32_t parts;
	uint32_t (*parts_of)(const struct options *options);
	uint32_t shown;
	bool breakdown;
	struct rows rows;
	const struct rows *groups;
	const struct rows *mappings;
	int (*prepare)(struct session *session, struct failure *why);
	int (*refine)(struct session *session, struct snapshot *snap,
		      struct failure *why);
	void (*put_columns)(FILE *out);
	int (*show)(const struct view *view, const struct options *options,
		    FILE *out, struct failure *why);
	int (*run)(struct session *session, bool *partial, struct failure *why);
	bool (*needs_source)(const struct options *options);
	bool screen;
};

extern const struct command tasks_command;
extern const struct command map_command;
extern const struct command buddy_command;
extern const struct command kswapd_command;
extern const struct command system_command;
extern const struct command top_command MAY_BE_LEFT_OUT;
extern const struct command watch_command MAY_BE_LEFT_OUT;
extern const struct command record_command MAY_BE_LEFT_OUT;
extern const struct command diff_command MAY_BE_LEFT_OUT;
extern const struct command leak_command MAY_BE_LEFT_OUT;
extern const struct command chart_command MAY_BE_LEFT_OUT;
extern const struct command export_command MAY_BE_LEFT_OUT;

/**
 * struct command_slot - a command that there may be
 * @name: its word
 * @command: NULL: it was left out of this build
 */
struct command_slot {
	const char *name;
	const struct command *command;
};

/* All of them, ended by one without a name; the first is that of the bare program. */
extern const struct command_slot command_slots[];

/* Each @command that there is, by its @slot. */
#define for_each_command(command, slot)						\
	for (slot = command_slots; (command = slot->command), slot->name; slot++) \
		if (command)

/* NULL where there is no command of that name, left out or not. */
const struct command_slot *command_find(const char *name);

/* The rows that @options ask for: of the command, or of groups. */
const struct rows *command_rows(const struct options *options);

/*
 * Chooses the columns of @listing and sorts it, as @options say for records
 * of command_rows().  JSON is left without columns unless some were asked
 * for.  0, or -1 and @why.
 */
int command_arrange(struct listing *listing, const struct options *options,
		    struct failure *why);

/*
 * Prints @records of @type as a table: arranged by @options where they are
 * those of command_rows(), else by @columns and as they came.  0, or -1 and
 * @why.
 */
int command_records(const struct view *view, const struct options *options,
		    const struct record_type *type, const char *columns,
		    struct records records, bool totals, FILE *out,
		    struct failure *why);

/*
 * Prints the figures @which[@n] of the totals, all where it is NULL, one a
 * row with its meaning, which raw output leaves out.  @type is bytes_record or events_record.
 */
int command_figures(const struct view *view, const struct options *options,
		    const struct record_type *type, const unsigned int *which,
		    size_t n, FILE *out, struct failure *why);

/* How @options want tables and amounts to look. */
struct table_look command_look(const struct options *options);
struct units command_units(const struct view *view,
			   const struct options *options);

/*
 * Parts two tables: an empty line and, unless raw, @title with a colon and
 * one more.  @title NULL: none.
 */
void command_title(const struct options *options, FILE *out, const char *title);

#endif /* READER_COMMAND_H */
