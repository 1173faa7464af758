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
