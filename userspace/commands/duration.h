/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options of commands that take censuses over a period: duration and interval.
 */
#ifndef READER_DURATION_H
#define READER_DURATION_H

#include "cli/options.h"

extern const struct option_entry option_for;
extern const struct option_entry option_interval;

#endif /* READER_DURATION_H */
