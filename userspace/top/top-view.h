/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'top' on a terminal, by ncurses: it draws what struct top says, reads keys,
 * and changes nothing there but the height and what lies beyond an end.
 */
#ifndef READER_TOP_VIEW_H
#define READER_TOP_VIEW_H

#include "top/top.h"

struct top_view;

/*
 * Takes the terminal over until top_view_close(), and then it is as it was.
 * NULL and @why where it cannot.
 */
struct top_view *top_view_open(struct failure *why);
void top_view_close(struct top_view *view);

/* Draws all of it; only what changed is sent.  0, or -1 and @why. */
int top_view_draw(struct top_view *view, struct top *top, struct failure *why);

/*
 * The next key that was pressed, without waiting; false where there is none.
 * *@hung_up: there never will be.
 */
bool top_view_key(struct top_view *view, struct key *key, bool *hung_up);

/* Has the next top_view_draw() send all. */
void top_view_renew(struct top_view *view);

#endif /* READER_TOP_VIEW_H */
