/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options of commands that take censuses for a time: how long, and how often.
 */
#ifndef READER_DURATION_H
#define READER_DURATION_H

#include "cli/options.h"

extern const struct option_entry option_for;
extern const struct option_entry option_interval;

#endif /* READER_DURATION_H */
