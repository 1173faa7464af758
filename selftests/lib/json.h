/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers in the JSON of the reader, which has no blanks. */
#ifndef _JSON_H
#define _JSON_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/pages.h"

/* The number of the first @key in @text, which has it; -1: null. */
static inline int64_t json_number(const char *text, const char *key)
{
	char name[64];
	const char *at;

	snprintf(name, sizeof(name), "\"%s\":", key);
	at = strstr(text, name);
	need(at, name);
	at += strlen(name);
	return strncmp(at, "null", 4) ? strtoll(at, NULL, 10) : -1;
}

#endif /* _JSON_H */
