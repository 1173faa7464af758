/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A folded tree as a picture.
 */
#ifndef READER_FLAME_SVG_H
#define READER_FLAME_SVG_H

#include "tools/flame/tree.h"

/**
 * struct flame_look - the words around the picture
 * @lines: further lines below the title, up to a NULL
 * @remainder: name of nodes that are no frames: what has no stack; drawn grey
 */
struct flame_look {
	const char *title;
	const char *lines[8];
	const char *remainder;
};

/*
 * Draws a summed tree as one SVG file with its own script: search, zoom, titles.  Names are
 * untrusted: they are only text, never markup or script.  The caller checks the stream for
 * errors.
 */
void flame_svg(const struct flame_node *root, const struct flame_look *look, FILE *out);

#endif /* READER_FLAME_SVG_H */
