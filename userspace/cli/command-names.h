/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of all commands.  Some of them need further libraries and are programs of their own,
 * memcensus-NAME, which memcensus executes: to a user all are commands of memcensus.
 */
#ifndef READER_COMMAND_NAMES_H
#define READER_COMMAND_NAMES_H

#include <stdbool.h>

#include "lib/failure.h"

/**
 * struct command_name - a command
 * @name: its name on the command line
 * @args: its arguments, for --help; "" if it takes none
 * @summary: one line for --help
 * @is_tool: it is a program of its own, or a script, in the package memcensus-tools
 */
struct command_name {
	const char *name;
	const char *args;
	const char *summary;
	bool is_tool;
};

/* In the order of --help, ended by one without a name. */
extern const struct command_name command_names[];

/* NULL: unknown name. */
const struct command_name *command_name(const char *name);

/*
 * Writes to @path the program of the tool @name: from the directory of this program,
 * else from ../libexec/memcensus beside it.  Returns 0, or -1 and @why: it is not installed.
 */
#define TOOL_PATH_SIZE	4096
int tool_path(const char *name, char *path, struct failure *why);

/* Executes the tool @name with @argv; returns -1 and @why if it cannot. */
int tool_execute(const char *name, char **argv, struct failure *why);

/* What the names of programs begin with, for tests; the default is memcensus. */
void tool_prefix(const char *prefix);

#endif /* READER_COMMAND_NAMES_H */
