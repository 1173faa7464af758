/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows 'top' on a terminal with ncurses: it draws struct top and reads keys.  In
 * struct top it only sets the height and limits positions beyond an end.
 */
#ifndef READER_TOP_VIEW_H
#define READER_TOP_VIEW_H

#include <curses.h>

#include "tools/top/top-state.h"

/*
 * Takes over the terminal; top_view_close() or exit() restores it.  0, or -1 and
 * @why.
 */
int top_view_open(struct failure *why);
void top_view_close(void);

/* Draws the screen but sends only changes, unless @top->renew. */
void top_view_draw(struct top *top);

/*
 * Reads the next pressed key without waiting; false if there is none.
 * *@hung_up: there will be no more keys.
 */
bool top_view_key(struct key *key, bool *hung_up);

#endif /* READER_TOP_VIEW_H */
