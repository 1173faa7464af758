/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows 'top' on a terminal with ncurses: it draws struct top and reads keys.  In
 * struct top it only sets the height and limits positions beyond an end.
 */
#ifndef READER_TOP_VIEW_H
#define READER_TOP_VIEW_H

#include "top/top.h"

struct top_view;

/*
 * Takes over the terminal; top_view_close() restores it.
 * Returns NULL and @why on failure.
 */
struct top_view *top_view_open(struct failure *why);
void top_view_close(struct top_view *view);

/* Draws the screen but sends only changes.  Returns 0, or -1 and @why. */
int top_view_draw(struct top_view *view, struct top *top, struct failure *why);

/*
 * Reads the next pressed key without waiting; false if there is none.
 * *@hung_up: there will be no more keys.
 */
bool top_view_key(struct top_view *view, struct key *key, bool *hung_up);

/* Makes the next top_view_draw() send the whole screen. */
void top_view_renew(struct top_view *view);

#endif /* READER_TOP_VIEW_H */
