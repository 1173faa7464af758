/* SPDX-License-Identifier: GPL-2.0 */
/* The processes of a census by group, for 'share --if-stopped --by'. */
#ifndef READER_SHARE_EACH_H
#define READER_SHARE_EACH_H

#include "stopped/stopping.h"

/* Adds the groups of the census with their processes, charges and files: one sum for each. */
int each_add_groups(struct stopping *s, struct failure *why);

/* Marks the groups of the cgroups that are named.  0, or -1 and @why. */
int each_name_cgroups(struct stopping *s, struct failure *why);

#endif /* READER_SHARE_EACH_H */
