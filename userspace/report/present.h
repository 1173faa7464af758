/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes and shows the censuses of a command that has no run() of its own.
 */
#ifndef READER_PRESENT_H
#define READER_PRESENT_H

#include "cli/command.h"

/* Prints the warnings of a census that @options show; true if the result is partial. */
bool present_warnings(const struct options *options, const struct snapshot *snap);

/* Shows one census, by the sections of the command. */
void present_sections(const struct session *session, const struct snapshot *snap);

/*
 * Takes the censuses of @session, shows each by the command's sections(),
 * and prints its warnings on stderr.  Returns 0, or -1 and @why.
 */
int present_censuses(struct session *session, struct failure *why);

#endif /* READER_PRESENT_H */
