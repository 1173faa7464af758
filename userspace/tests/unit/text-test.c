// SPDX-License-Identifier: GPL-2.0
/* Display of text and sizes. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "tap.h"

static void check_text(const char *text, const char *expected)
{
	char *got = text_printable(text);

	if (!ok(got && !strcmp(got, expected), "text '%s'", expected))
		printf("# got '%s'\n", got);
	free(got);
}

static void check_texts(void)
{
	static const char text[] = "Name:\tTgid: 7\nTgid:\t42\nTgid:\t43\n";

	ok(text_value(text, "Tgid:") == strchr(text, '4') - 1, "the first line with a key");
	ok(text_value(text, "Name:") == text + 5, "the first line of all");
	ok(!text_value(text, "Pid:") && !text_value("", "Pid:"), "no line with a key");
	ok(text_path_within("/a/b", "/a", 2) && text_path_within("/a", "/a", 2) &&
	   text_path_within("/a/b", "/a/b/c", 2), "a path within another one");
	ok(!text_path_within("/ab", "/a", 2) && !text_path_within("/", "/a", 2),
	   "one that only begins so, and one above");
}

static void check_path(const char *text, const char *expected)
{
	char *got = text_clean_path(text, strlen(text));

	ok(!strcmp(got, expected), "path '%s' is '%s'", text, expected);
	free(got);
}

static void check_paths(void)
{
	const char *list = "//a.slice/,/b//c,d";
	char *first = text_next_path(&list), *second = text_next_path(&list);

	ok(first && !strcmp(first, "/a.slice") && second && !strcmp(second, "/b/c,d") &&
	   !text_next_path(&list), "a list of paths");
	free(first);
	free(second);
	check_path("/", "/");
	check_path("///", "/");
	check_path("", "");
	check_path("/a/b", "/a/b");
	check_path("//a///b//", "/a/b");
	check_path("a//", "a");
}

static void check_break(const char *text, size_t width, const char *expected)
{
	const size_t n = text_break(text, ';', width);

	if (!ok(n == strlen(expected) && !strncmp(text, expected, n), "'%s' in %zu is '%s'", text,
		width, expected))
		printf("# got %zu bytes\n", n);
}

static void check_size(double bytes, const char *expected)
{
	char got[NUMBER_SIZE];

	text_size(got, bytes);
	if (!ok(!strcmp(got, expected), "%.0f bytes are %s", bytes, expected))
		printf("# got '%s'\n", got);
}

static void check_fit(const char *text, size_t width, size_t bytes, size_t cells)
{
	size_t got_cells, got = text_fit(text, width, &got_cells);

	if (!ok(got == bytes && got_cells == cells, "'%s' in %zu cells", text, width))
		printf("# got %zu bytes in %zu cells\n", got, got_cells);
}

int main(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		puts("1..0 # SKIP no locale C.UTF-8");
		return 0;
	}
	check_text("plain", "plain");
	check_text("", "");
	check_text("a\nb\tc", "a\\nb\\tc");
	check_text("a\\nb", "a\\\\nb");
	check_text("\x1b[2J\x7f", "\\x1b[2J\\x7f");
	check_text("\xc3\xa9", "\xc3\xa9");
	check_text("\xc3", "\\xc3");
	check_text("\xc0\xaf", "\\xc0\\xaf");
	check_text("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	check_text("\xed\xa0\x80", "\\xed\\xa0\\x80");
	check_text("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	check_text("\xc2\x9b", "\\xc2\\x9b");
	check_text("\xe2\x80\xae", "\\xe2\\x80\\xae");
	/* What a terminal does not show: zero width space, soft hyphen, tag, variation, filler. */
	check_text("a\xe2\x80\x8bz", "a\\xe2\\x80\\x8bz");
	check_text("a\xc2\xad", "a\\xc2\\xad");
	check_text("a\xf3\xa0\x81\x81", "a\\xf3\\xa0\\x81\\x81");
	check_text("a\xef\xb8\x8f", "a\\xef\\xb8\\x8f");
	check_text("\xe3\x85\xa4", "\\xe3\\x85\\xa4");
	check_text("\xe2\x81\xa6\xe2\x80\xa8\xef\xbb\xbf",
		   "\\xe2\\x81\\xa6\\xe2\\x80\\xa8\\xef\\xbb\\xbf");
	/* Accents, wide characters, and those from right to left are. */
	check_text("e\xcc\x81x", "e\xcc\x81x");
	check_text("\xe5\x86\x85\xe5\xad\x98", "\xe5\x86\x85\xe5\xad\x98");
	check_text("\xd7\xa9\xd7\x9c nb\xc2\xa0sp", "\xd7\xa9\xd7\x9c nb\xc2\xa0sp");
	check_text("\xf0\x9f\x90\x8d", "\xf0\x9f\x90\x8d");

	check_fit("plain", 9, 5, 5);
	check_fit("plain", 3, 3, 3);
	check_fit("plain", 0, 0, 0);
	check_fit("\xc3\xa9t\xc3\xa9", 2, 3, 2);
	/* Wide characters take two cells and are not split. */
	check_fit("\xf0\x9f\x90\xa7x", 3, 5, 3);
	check_fit("\xf0\x9f\x90\xa7x", 1, 0, 0);
	/* A combining accent takes no cell and stays with its letter. */
	check_fit("e\xcc\x81x", 1, 3, 1);

	check_break("main;read;malloc", SIZE_MAX, "main;read;malloc");
	check_break("main;read;malloc", 16, "main;read;malloc");
	check_break("main;read;malloc", 15, "main;read;");
	check_break("main;read;malloc", 10, "main;read;");
	check_break("main;read;malloc", 9, "main;");
	/* A part that is too long has a line of its own. */
	check_break("main;read;malloc", 3, "main;");
	check_break("malloc", 3, "malloc");
	check_break("\xc3\xa9t\xc3\xa9;x", 4, "\xc3\xa9t\xc3\xa9;");
	check_break("", 4, "");

	check_texts();
	check_paths();

	check_size(0, "0");
	check_size(501, "0.5K");
	check_size(-300, "-0.3K");
	check_size(1023, "1.0K");
	check_size(1024, "1.0K");
	check_size(1536, "1.5K");
	check_size(-1536, "-1.5K");
	check_size(1024.0 * 1024 - 1, "1.0M");
	check_size(1073741824.0, "1.0G");
	check_size(18446744073709551615.0, "16.0E");
	return tap_done();
}
