// SPDX-License-Identifier: GPL-2.0
/* Text in pictures. */
#include <string.h>

#include "lib/svg.h"
#include "lib/text.h"

void svg_text(FILE *out, const char *text)
{
	size_t len, i;
	uint32_t c;

	for (; *text; text += len) {
		len = utf8_get(text, &c);
		/* XML forbids U+FFFE and U+FFFF, and any text hides what changes direction. */
		if (!len || !utf8_is_plain(c) || (c & 0xfffe) == 0xfffe) {
			len = len ? len : 1;
			for (i = 0; i < len; i++)
				fprintf(out, "\\x%02x", (unsigned char)text[i]);
		} else if (strchr("<>&\"'", (int)c) && c < 0x80) {
			fprintf(out, "&#%u;", c);
		} else {
			fwrite(text, 1, len, out);
		}
	}
}

void svg_begin(FILE *out, size_t width, size_t height, const char *title)
{
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%zu\" viewBox=\"0 0 %zu %zu\" font-family=\"monospace\" font-size=\"11\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
		"<text x=\"10\" y=\"24\" font-size=\"15\">%s</text>\n",
		width, height, width, height, title);
}
