/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of a scene as words: NAME, NAME=VALUE, { and }. scene-text.h says what they mean.
 */
#ifndef READER_SCENE_WORDS_H
#define READER_SCENE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct word - NAME, NAME=VALUE, { or }
 * @name: of the text
 * @value: without quotes and escapes; NULL: none
 * @len: bytes of @value
 * @bytes: the value is bytes:
 * @first: it begins a message
 * @line: in the file, from 1
 */
struct word {
	char *name;
	char *value;
	size_t len;
	bool bytes;
	bool first;
	unsigned int line;
};

/**
 * struct text - the text of a scene
 * @name: its file is golden/NAME
 * @words: all of them
 * @n: number of @words
 */
struct text {
	const char *name;
	struct word *words;
	size_t n;
};

/* Words of a text from @from to before @to */
struct range {
	size_t from;
	size_t to;
};

/* Adds the words of the file's content @buf, into which they point, up to the first output. */
void text_read(struct text *text, char *buf);

/* Says what is wrong at word @at, with its line, and ends the program. */
void __attribute__((format(printf, 3, 4), noreturn))
text_wrong(const struct text *text, size_t at, const char *format, ...);

/* The message that begins at word @at. */
struct range text_message(const struct text *text, size_t at);

/* What is in the braces after word @at, of @all; empty if there are none. */
struct range text_braces(const struct text *text, size_t at, struct range all);
/* The word after attribute @at and its braces. */
size_t text_after(const struct text *text, size_t at, struct range all);
/* The attribute of @all that is named as word @at; @all.to: there is none. */
size_t text_find(const struct text *text, size_t at, struct range all);

/* As realloc(), but never NULL. */
void *text_grown(void *array, size_t bytes);

#endif /* READER_SCENE_WORDS_H */
