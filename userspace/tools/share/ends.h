/* SPDX-License-Identifier: GPL-2.0 */
/* Shows what ends and what stays. */
#ifndef READER_SHARE_ENDS_H
#define READER_SHARE_ENDS_H

#include "stopped/stopping.h"

/* Of the processes together, and of each group. */
void ends_show(const struct stopping *s);
void ends_show_each(const struct stopping *s);

/* Says on stderr what is uncertain, behind the tables. */
void ends_note(struct stopping *s);
void ends_note_sockets(const struct stopping *s);
void ends_note_peers(const struct snapshot *snap);

#endif /* READER_SHARE_ENDS_H */
