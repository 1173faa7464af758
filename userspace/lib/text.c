// SPDX-License-Identifier: GPL-2.0
/* Formats untrusted text and numbers for output. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "lib/memory.h"
#include "lib/text.h"

size_t utf8_get(const char *s, uint32_t *c)
{
	/* Smallest character of each length: longer encodings are invalid. */
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t len, i;

	if (u[0] < 0x80) {
		*c = u[0];
		return 1;
	}
	if (u[0] >= 0xc2 && u[0] < 0xe0)
		len = 2;
	else if (u[0] >= 0xe0 && u[0] < 0xf0)
		len = 3;
	else if (u[0] >= 0xf0 && u[0] < 0xf5)
		len = 4;
	else
		return 0;

	*c = u[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (u[i] & 0x3f);
	}
	if (*c < smallest[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return len;
}

bool utf8_is_plain(uint32_t c)
{
	/* Controls; then what Unicode calls Default_Ignorable_Code_Point, and its neighbours. */
	static const uint32_t ranges[][2] = {
		{ 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x61c, 0x61c },
		{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c <= ranges[i][1])
			return c < ranges[i][0];
	return true;
}

static bool can_print(uint32_t c)
{
	static int utf8 = -1;

	if (c < 0x80)
		return utf8_is_plain(c);
	if (utf8 < 0)
		utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	return utf8 && utf8_is_plain(c) && iswprint(c);
}

/* Return: number of characters at the start of @text, each of one byte and one cell. */
static size_t plain_length(const char *text)
{
	const char *c = text;

	while (*c >= ' ' && *c < 0x7f && *c != '\\')
		c++;
	return (size_t)(c - text);
}

char *text_printable(const char *text)
{
	const size_t plain = plain_length(text);
	char *out, *o;
	size_t len, i;
	uint32_t c;

	if (!text[plain])
		return xstrdup(text);
	out = xcalloc(4 * strlen(text) + 1, 1);
	o = mempcpy(out, text, plain);
	for (text += plain; *text; text += len) {
		len = utf8_get(text, &c);
		if (*text == '\\' || *text == '\n' || *text == '\t') {
			*o++ = '\\';
			*o++ = *text == '\n' ? 'n' : *text == '\t' ? 't' : '\\';
		} else if (len && can_print(c)) {
			o = mempcpy(o, text, len);
		} else {
			len = len ? len : 1;
			for (i = 0; i < len; i++)
				o += sprintf(o, "\\x%02x", (unsigned char)text[i]);
		}
	}
	return out;
}

size_t text_fit(const char *text, size_t width, size_t *cells)
{
	const size_t plain = plain_length(text);
	size_t used = plain < width ? plain : width, len;
	mbstate_t state = { 0 };
	wchar_t c;
	int w;

	for (*cells = used; text[used]; used += len) {
		len = mbrtowc(&c, text + used, MB_CUR_MAX, &state);
		if (len == (size_t)-1 || len == (size_t)-2)
			break;
		w = wcwidth(c);
		if (*cells + (w > 0 ? w : 0) > width)
			break;
		*cells += w > 0 ? w : 0;
	}
	return used;
}

size_t text_break(const char *text, char after, size_t width)
{
	size_t cells, fits = text_fit(text, width, &cells), n;
	const char *end;

	if (!text[fits])
		return fits;
	for (n = fits; n && text[n - 1] != after; n--)
		continue;
	if (n)
		return n;
	end = strchr(text, after);
	return end ? (size_t)(end - text) + 1 : strlen(text);
}

bool text_ends(const char *text, size_t len, const char *end)
{
	const size_t n = strlen(end);

	return len > n && !memcmp(text + len - n, end, n);
}

bool text_path_within(const char *path, const char *top, size_t len)
{
	return !strncmp(path, top, len) && (!path[len] || path[len] == '/');
}

char *text_clean_path(const char *text, size_t len)
{
	char *path = xasprintf("%.*s", (int)len, text), *to = path;
	const char *from;

	for (from = path; *from; from++)
		if (*from != '/' || to == path || to[-1] != '/')
			*to++ = *from;
	if (to - path > 1 && to[-1] == '/')
		to--;
	*to = '\0';
	return path;
}

char *text_next_path(const char **list)
{
	const char *end = strstr(*list, ",/");
	const size_t len = end ? (size_t)(end - *list) : strlen(*list);
	char *path = len ? text_clean_path(*list, len) : NULL;

	*list += len + !!end;
	return path;
}

const char *text_value(const char *text, const char *key)
{
	const size_t len = strlen(key);

	while (strncmp(text, key, len)) {
		text = strchr(text, '\n');
		if (!text++)
			return NULL;
	}
	return text + len;
}

bool text_number(const char *text, size_t len, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return isdigit((unsigned char)*text) && end == text + len && !errno;
}

bool text_duration(const char *text, const char *units, double min, double max, uint64_t *ns)
{
	static const double sizes[] = { ['s'] = 1, ['m'] = 60, ['h'] = 3600, ['d'] = 86400 };
	double seconds;
	char *end;

	seconds = strtod(text, &end);
	if (*end && strchr(units, *end))
		seconds *= sizes[(unsigned char)*end++];
	if (*end || end == text || !(seconds >= min && seconds <= max))
		return false;
	*ns = (uint64_t)(seconds * 1e9);
	return true;
}

size_t text_of_file(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (fd >= 0 && len < size - 1 && n > 0) {
		n = read(fd, text + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		close(fd);
	text[len] = '\0';
	return len;
}

const char *text_list(const char *text, uint64_t *words, size_t n)
{
	unsigned long from, to;
	char *end;

	memset(words, 0, n * sizeof(*words));
	while (*text >= '0' && *text <= '9') {
		from = strtoul(text, &end, 10);
		to = *end == '-' ? strtoul(end + 1, &end, 10) : from;
		if (from > to || to >= n * 64)
			return NULL;
		for (; from <= to; from++)
			words[from / 64] |= 1ULL << from % 64;
		text = end + (*end == ',');
	}
	return text;
}

bool text_line(const char *path, char *line, size_t size)
{
	const size_t len = text_of_file(open(path, O_RDONLY | O_CLOEXEC), line, size);

	line[strcspn(line, "\n")] = '\0';
	return len;
}

void text_size(char *buf, double bytes)
{
	static const char units[] = "KMGTPE";
	double size = bytes < 0 ? -bytes : bytes;
	const char *unit = units;

	if (!size) {
		strcpy(buf, "0");
		return;
	}
	/* Never print 1024.0: use the next unit. */
	for (size /= 1024; size >= 1023.95 && unit[1]; unit++)
		size /= 1024;
	snprintf(buf, NUMBER_SIZE, "%s%.1f%c", bytes < 0 ? "-" : "", size, *unit);
}
