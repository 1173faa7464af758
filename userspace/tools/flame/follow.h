/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Follows the page faults of a process or of a command.
 */
#ifndef READER_FLAME_FOLLOW_H
#define READER_FLAME_FOLLOW_H

#include "tools/flame/run.h"

/* Follows the faults up to the point in time. 0, or -1 and @why. */
int flame_follow(struct flame *flame, struct failure *why);

#endif /* READER_FLAME_FOLLOW_H */
