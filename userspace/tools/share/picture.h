/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'share --by --picture': what groups have in common, as a heat map.
 */
#ifndef READER_SHARE_PICTURE_H
#define READER_SHARE_PICTURE_H

#include <stdio.h>

#include "model/columns.h"

/*
 * Draws the groups with the most frames, and what each two have in common, as an SVG file.
 * @what: how the groups are called.  Names are untrusted: they are only text.  The caller
 * checks the stream for errors.
 */
void share_picture(const struct view *view, const char *what, FILE *out);

#endif /* READER_SHARE_PICTURE_H */
