/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands of all programs.  Those that need libraries or much code of their own are programs
 * of their own, memcensus-NAME, which memcensus executes: to a user all are commands of memcensus.
 */
#ifndef READER_FAMILY_H
#define READER_FAMILY_H

#include <stdbool.h>

#include "lib/failure.h"

struct command;

/**
 * struct family_member - a command
 * @name: its name on the command line
 * @args: its arguments, for --help; "" if it takes none
 * @summary: one line for --help
 * @package: the package with its program; NULL: memcensus has it
 * @command: itself; NULL: this program does not link it
 */
struct family_member {
	const struct command *command;
	const char *name;
	const char *args;
	const char *summary;
	const char *package;
};

/* In the order of --help, ended by a member without a name; the first is the default. */
extern const struct family_member family[];

/* NULL: unknown name. */
const struct family_member *family_find(const char *name);

/*
 * Whether the command is in the package memcensus, of which each program knows what options the
 * others have.
 */
bool family_is_base(const char *name);

/* The first of the words up to -- that names a program of its own; NULL: none does. */
const struct family_member *family_find_program(char **words);

/*
 * Writes to @path the program @name, memcensus-NAME: from the directory of this program,
 * else from ../libexec/memcensus beside it.  Returns 0, or -1 and @why: it is not installed.
 */
#define FAMILY_PATH_SIZE	4096
int family_path(const char *name, char *path, struct failure *why);

/* Executes the program of @member with @argv; returns -1 and @why if it cannot. */
int family_execute(const struct family_member *member, char **argv, struct failure *why);

/* What the names of programs begin with, for tests; the default is memcensus. */
void family_prefix(const char *prefix);

#endif /* READER_FAMILY_H */
