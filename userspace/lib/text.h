/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Formats untrusted text and numbers for output.
 */
#ifndef READER_TEXT_H
#define READER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Buffer size that is enough for any number formatted here. */
#define NUMBER_SIZE	48

/*
 * Reads one UTF-8 character at the NUL-terminated @s into @c.  Returns its
 * length, or 0 if it is not valid UTF-8.
 */
size_t utf8_get(const char *s, uint32_t *c);

/*
 * Whether a terminal only prints @c: @c is no control character, does not change the text
 * direction, and is visible by itself or with the character before it.
 */
bool utf8_is_plain(uint32_t c);

/*
 * Returns @text for a terminal: backslashes are doubled, newline and tab become
 * \n and \t; each byte of other control characters, of invalid UTF-8 and of what the
 * locale cannot print becomes \xNN.  The caller frees it.
 */
char *text_printable(const char *text);

/*
 * Returns how many bytes of @text, as made by text_printable(), fit in @width
 * terminal cells.  *@cells: the cells they take, which is @width - 1 if a wide
 * character does not fit.
 */
size_t text_fit(const char *text, size_t width, size_t *cells);

/*
 * Returns how many bytes of @text to put on a line of @width cells that breaks behind a character
 * @after: all if they fit; else as many such parts as fit, or the first one.
 */
size_t text_break(const char *text, char after, size_t width);

/* Whether the @len bytes at @text end with @end, and have more before it. */
bool text_ends(const char *text, size_t len, const char *end);

/* Whether the path @path is the first @len bytes of @top, or below that. */
bool text_path_within(const char *path, const char *top, size_t len);

/*
 * The first @len bytes of the path @text with one / where several follow each other, and none at
 * the end but that of "/"; the caller frees it.
 */
char *text_clean_path(const char *text, size_t len);

/* The next path of *@list, "/one,/two", as text_clean_path(); *@list is the rest.  NULL: none. */
char *text_next_path(const char **list);

/* What follows @key where it begins a line of @text; NULL: no line does. */
const char *text_value(const char *text, const char *key);

/* Parses the @len bytes at @text, decimal digits only; false if they are no uint64_t. */
bool text_number(const char *text, size_t len, uint64_t *number);

/*
 * Parses seconds, or a number with one of @units ("smhd"), into ns; false if it is none, or
 * not in @min to @max seconds.
 */
bool text_duration(const char *text, const char *units, double min, double max, uint64_t *ns);

/*
 * Parses "0-3,8", as the kernel writes lists of CPUs and nodes, into bits of @words, @n of 64.
 * Returns where the list ends, also if it is empty; NULL: it has a number beyond @words, or a range
 * that runs backwards.
 */
const char *text_list(const char *text, uint64_t *words, size_t n);

/*
 * Reads @fd, and closes it, into @text of @size bytes: truncated and NUL-terminated, "" without a
 * file.  Returns the length.
 */
size_t text_of_file(int fd, char *text, size_t size);

/* Reads the first line of the file @path, without its end; false if there is none. */
bool text_line(const char *path, char *line, size_t size);

/* Bytes as 512, 1.5K, 12.3M, 1.0G ...  @buf holds NUMBER_SIZE. */
void text_size(char *buf, double bytes);

#endif /* READER_TEXT_H */
