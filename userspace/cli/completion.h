/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a shell completes, from the arrays of commands, options and columns.
 */
#ifndef READER_COMPLETION_H
#define READER_COMPLETION_H

#include <stdio.h>

#include "model/columns.h"

/**
 * struct shell - a shell that can be told what to complete
 * @name: of --completion
 * @print: writes a script for it
 */
struct shell {
	const char *name;
	void (*print)(FILE *out);
};

/* All of them, ended by one without a name. */
extern const struct shell completion_shells[];

/* NULL where there is none of that name. */
const struct shell *completion_find(const char *name);

/* What completes the value of an option, or the words of a command. */
enum completes {
	COMPLETES_NOTHING,
	COMPLETES_COLUMN,	/* one column */
	COMPLETES_COLUMNS,	/* columns with commas between, perhaps behind a '+' */
	COMPLETES_PIDS,		/* PIDs with commas between */
	COMPLETES_FILE,
	COMPLETES_WORDS,	/* one of some words */
};

/**
 * struct completed - the same
 * @by: how
 * @words: of COMPLETES_WORDS, with @between between
 * @between: a character
 */
struct completed {
	enum completes by;
	const char *words;
	char between;
};

/* By what it is called in --help. */
struct completed completion_of(const char *arg);

/* The words of @completed, or the columns of @type, with blanks between. */
void completion_put_words(FILE *out, struct completed completed);
void completion_put_columns(FILE *out, const struct record_type *type);

void completion_bash(FILE *out);
void completion_zsh(FILE *out);
void completion_fish(FILE *out);

#endif /* READER_COMPLETION_H */
