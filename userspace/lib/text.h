/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Untrusted text, and numbers, for output.
 */
#ifndef READER_TEXT_H
#define READER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room that any number formatted here needs. */
#define NUMBER_SIZE	48

/*
 * Reads one character of UTF-8 at @s, which ends in a NUL, into @c.  Its
 * length, or 0 where it is not valid UTF-8.
 */
size_t utf8_get(const char *s, uint32_t *c);

/*
 * Whether @c is only printed by a terminal: no control
 * character, nothing that turns the direction of writing.
 */
bool utf8_is_plain(uint32_t c);

/*
 * @text for a terminal: a backslash doubled, newline and tab as \n
 * and \t, other control characters, what is not valid and what the locale
 * cannot print as \xNN for each byte.  NULL without memory; the caller frees.
 */
char *text_printable(const char *text);

/*
 * How many bytes at the beginning of @text, as text_printable() made it, fit
 * in @width cells of a terminal; *@cells: how many they take, which is one less
 * than @width where a wide character is cut.
 */
size_t text_fit(const char *text, size_t width, size_t *cells);

/* Bytes as 512, 1.5K, 12.3M, 1.0G ...  @buf holds NUMBER_SIZE. */
void text_size(char *buf, double bytes);

#endif /* READER_TEXT_H */
