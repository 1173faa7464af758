/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text in pictures.
 */
#ifndef READER_SVG_H
#define READER_SVG_H

#include <stdio.h>

/* Writes the untrusted @text as the content of an XML element or of an attribute. */
void svg_text(FILE *out, const char *text);

#endif /* READER_SVG_H */
