/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which commands have which option, in all programs of the package memcensus: a program finds
 * the command behind options of others, and says where an option belongs.
 */
#ifndef READER_OPTION_HOMES_H
#define READER_OPTION_HOMES_H

#include "cli/options.h"

/**
 * struct option_home - an option of the package
 * @entry: its letter, name and argument alone
 * @commands: the commands that have it, each after a space
 */
struct option_home {
	struct option_entry entry;
	const char *commands;
};

/* In the order of the commands and of their options, ended by an entry without a name. */
extern const struct option_home option_homes[];

#endif /* READER_OPTION_HOMES_H */
