// SPDX-License-Identifier: GPL-2.0
/* The text of a scene as words. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene-words.h"

void text_wrong(const struct text *text, size_t at, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "golden/%s:%u: ", text->name, text->words[at].line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(99);
}

void *text_grown(void *array, size_t bytes)
{
	array = realloc(array, bytes);
	if (!array)
		abort();
	return array;
}

static char escaped(char **at)
{
	char byte[3] = { 0 };

	switch (*(*at)++) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'x':
		memcpy(byte, *at, strnlen(*at, 2));
		*at += strlen(byte);
		return (char)strtoul(byte, NULL, 16);
	default:
		return (*at)[-1];
	}
}

/* Removes the quotes and escapes of a value; its end in the line. */
static char *unquote(const struct text *text, struct word *word, char *at)
{
	bool quoted = false;
	char *to = at;

	word->bytes = !strncmp(at, "bytes:\"", 7);
	if (word->bytes)
		at += 6;
	word->value = to;
	while (*at && (quoted || !strchr(" \t", *at))) {
		if (*at == '"') {
			quoted = !quoted;
			at++;
		} else if (*at == '\\' && at[1]) {
			at++;
			*to++ = escaped(&at);
		} else {
			*to++ = *at++;
		}
	}
	if (quoted)
		text_wrong(text, text->n - 1, "%s has no second quote", word->name);
	if (*at)
		at++;
	*to = 0;
	word->len = to - word->value;
	return at;
}

/* Adds the words of a line without its "<". */
static void add_words(struct text *text, char *at, unsigned int line)
{
	bool first = *at == ' ';
	struct word *word;

	for (;;) {
		at += strspn(at, " \t");
		if (!*at || *at == '#')
			return;
		text->words = text_grown(text->words, (text->n + 1) * sizeof(*word));
		word = memset(&text->words[text->n++], 0, sizeof(*word));
		word->first = first;
		word->line = line;
		word->name = at;
		first = false;
		at += strcspn(at, " \t=");
		if (*at == '=') {
			*at++ = 0;
			at = unquote(text, word, at);
		} else if (*at) {
			*at++ = 0;
		}
	}
}

void text_read(struct text *text, char *buf)
{
	unsigned int number = 0;
	char *line;

	while ((line = strsep(&buf, "\n")) && strncmp(line, "# ", 2)) {
		number++;
		if (line[0] == '<' && line[1])
			add_words(text, line + 1, number);
	}
}

struct range text_braces(const struct text *text, size_t at, struct range all)
{
	struct range in = { at + 1, at + 1 };
	size_t i, depth = 0;

	if (at + 1 >= all.to || strcmp(text->words[at + 1].name, "{"))
		return in;
	in.from = at + 2;
	for (i = at + 1; i < all.to; i++) {
		depth += !strcmp(text->words[i].name, "{");
		depth -= !strcmp(text->words[i].name, "}");
		if (!depth) {
			in.to = i;
			return in;
		}
	}
	text_wrong(text, at, "%s has no }", text->words[at].name);
}

size_t text_after(const struct text *text, size_t at, struct range all)
{
	const struct range in = text_braces(text, at, all);

	return in.from == at + 1 ? at + 1 : in.to + 1;
}

size_t text_find(const struct text *text, size_t at, struct range all)
{
	size_t i;

	for (i = all.from; i < all.to; i = text_after(text, i, all))
		if (!strcmp(text->words[i].name, text->words[at].name))
			return i;
	return all.to;
}

struct range text_message(const struct text *text, size_t at)
{
	struct range all = { at, at + 1 };

	while (all.to < text->n && !text->words[all.to].first)
		all.to++;
	return all;
}
