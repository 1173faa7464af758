/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'system --vm' and '--slab': texts of /proc outside a census.
 */
#ifndef READER_PROC_TEXT_COMMAND_H
#define READER_PROC_TEXT_COMMAND_H

#include "cli/command.h"

/**
 * struct system_options - the options of 'system' alone
 * @vm, @slab: what it shows instead of a census
 */
struct system_options {
	bool vm;
	bool slab;
};

/* Prints what --vm or --slab selects, of this machine or a record. 0, or -1 and @why. */
int proc_text_run(struct session *session, struct failure *why);

/* A swap device. */
extern const struct row_type swap_rows;

#endif /* READER_PROC_TEXT_COMMAND_H */
